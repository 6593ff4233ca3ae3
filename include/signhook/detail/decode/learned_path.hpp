// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder/options.hpp>
#include <signhook/detail/decode/event_builder.hpp>
#include <signhook/detail/decode/fast_path_notes.hpp>
#include <signhook/detail/decode/fields.hpp>
#include <signhook/detail/decode/learned_order.hpp>
#include <signhook/detail/json/grammar.hpp>
#include <signhook/detail/json/locator.hpp>
#include <signhook/detail/json/walker.hpp>
#include <signhook/detail/text/uninitialized_array.hpp>
#include <signhook/error.hpp>
#include <signhook/event.hpp>
#include <signhook/result.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace signhook::inline SIGNHOOK_ABI::detail {

// The fast path through a body whose members have the order and the spelling of a body before. It decodes such a body
// as the slow path would, or declines. It compares keys and punctuation with text that the slow path has read, and
// notes where the values are; the builder parses all of them, so that no byte is left unchecked. Where all bodies have
// one other order and two new members, a body takes 2,290 instructions with it and 3,660 without.
class learned_path {
 public:
  using order_type = learned_order<event>;

  // `scratch` has the size of the body.
  learned_path(const decoder_options& options, std::string_view body, order_type& order,
               char* scratch) noexcept
      : options_(options),
        begin_(body.data()),
        end_(body.data() + body.size()),
        size_(static_cast<walker::token>(body.size())),
        order_(order),
        builder_(options, walker(begin_, &size_, options.max_depth), scratch) {}

  // Notes the warnings where `warnings` is not null.
  [[nodiscard]] bool decode(result<event>& into, noted_warnings* warnings) noexcept {
    const char* p = skip_space(begin_, end_);
    builder_.noted().note_warnings(warnings);
    p = object(p, root_field);
    if (p == nullptr || skip_space(p, end_) != end_) return false;
    return builder_.build(present_, into) == event_builder::outcome::event && note_others() &&
           builder_.noted().warnings() == warnings;
  }

 private:
  using kind = order_type::kind;

  // Where the key or the string of each field begins, and where it has ended.
  using places =
      uninitialized_array<walker::token, 2 * std::remove_cvref_t<decltype(event_fields)>::size>;

  [[nodiscard]] static walker::token* ends_of(places& of, field_id id) noexcept {
    return of.data() + std::size_t{2} * id;
  }

  [[nodiscard]] walker::token offset(const char* p) const noexcept {
    return static_cast<walker::token>(p - begin_);
  }

  // Skips the object at `p`, or returns null.
  [[nodiscard]] const char* object(const char* p, field_id of) noexcept {
    if (p == end_ || *p != '{') return nullptr;
    order_type::place* at = order_.first_in(of);
    while (true) {
      const order_type::member* const found = order_type::find(*at, p, end_);
      if (found == nullptr) return nullptr;
      const char* const value = p + found->size;
      if (found->value == kind::unknown) {
        p = unknown_member(of, p + found->key_at, value);
      } else if (present_.has(found->id)) {
        return nullptr;
      } else {
        present_.add(found->id);
        walker::token* const ends = ends_of(keys_, found->id);
        ends[0] = offset(p + found->key_at);
        ends[1] = offset(value) - 1;
        p = found->value == kind::object ? object(value, found->id) : string(value, found->id);
      }
      if (p == nullptr || p == end_) return nullptr;
      if (*p != ',') {
        p = skip_space(p, end_);
        if (p == end_) return nullptr;
        if (*p == '}') return p + 1;
        if (*p != ',') return nullptr;
      }
      at = order_.after(of, found->id);
    }
  }

  // Notes the fields that only other events have as unknown members. False if their strings, which nothing parses, are
  // not plain.
  [[nodiscard]] bool note_others() noexcept {
    const auto& known = builder_.document().known;
    for (auto others = present_.without(known); !others.empty();) {
      const field_id id = others.take_first();
      const field_id parent = event_fields[id].parent;
      if (parent == root_field || known.has(parent))
        builder_.noted().warn(errc::unknown_member, parent, ends_of(keys_, id));
      if (event_fields[id].has_fields()) continue;
      const walker::token* const ends = ends_of(strings_, id);
      if (skip_plain_text(begin_ + ends[0] + 1) != begin_ + ends[1] - 1) return false;
    }
    return true;
  }

  [[nodiscard]] const char* unknown_member(field_id of, const char* key,
                                           const char* value) noexcept {
    if (options_.members == unknown_members::reject) return nullptr;
    const std::array<walker::token, 2> ends = {offset(key), offset(value)};
    builder_.noted().unknown(of, ends.data());
    if (value != end_ && *value == '"') {
      const char* const quote = skip_plain_text(value + 1);
      if (quote != end_ && *quote == '"') return quote + 1;
    }
    return locator({begin_, static_cast<std::size_t>(end_ - begin_)}, options_.max_depth)
        .skip_value(value, event_fields[of].depth);
  }

  // The first byte from `p` on that is not plain. Most texts are looked at as a whole, because their sizes differ and a
  // loop would be mispredicted.
  [[nodiscard]] SIGNHOOK_HOT const char* skip_plain_text(const char* p) const noexcept {
#if defined(SIGNHOOK_STRING_WINDOW)
    if (end_ - begin_ >= string_window) {
      const char* const window = end_ - p < string_window ? end_ - string_window : p;
      const std::uint64_t special = special_bytes(window) >> (p - window);
      if (special != 0) return p + std::countr_zero(special);
    }
#endif
    p = skip_plain(p, end_);
    while (p != end_ && is_plain(*p)) ++p;
    return p;
  }

  // Notes the string from after its opening quote. One of the usual size may be no string, but then it does not parse.
  [[nodiscard]] SIGNHOOK_HOT const char* string(const char* p, field_id id) noexcept {
    const std::size_t usual = event_fields[id].usual_size;
    const char* quote = p + usual;
    if (usual == 0 || static_cast<std::size_t>(end_ - p) <= usual || *quote != '"') {
      quote = skip_plain_text(p);
      if (quote == end_ || *quote != '"') return nullptr;
    }
    walker::token* const ends = ends_of(strings_, id);
    ends[0] = offset(p - 1);
    ends[1] = offset(quote + 1);
    builder_.noted().value(id, ends);
    return quote + 1;
  }

  const decoder_options& options_;
  const char* begin_;
  const char* end_;
  walker::token size_;
  order_type& order_;
  event_builder builder_;
  fields_mask<event> present_{};
  places keys_{};
  places strings_{};
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
