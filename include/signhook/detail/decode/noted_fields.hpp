// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/decode/fast_path_notes.hpp>
#include <signhook/detail/decode/fields.hpp>
#include <signhook/detail/decode/learned_order.hpp>
#include <signhook/detail/json/escape.hpp>
#include <signhook/detail/json/walker.hpp>
#include <signhook/detail/text/uninitialized_array.hpp>
#include <signhook/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace signhook::inline SIGNHOOK_ABI::detail {

// Notes where the fields of a document are, as a handler of `field_walk`: the document may tell only
// at its end which event it is.
template <class Root>
class noted_fields {
 public:
  using token = walker::token;
  static constexpr const auto& fields = fields_of<Root>;
  using mask = fields_mask<Root>;

  explicit noted_fields(const walker& tokens) noexcept : tokens_(tokens) {}

  [[nodiscard]] static constexpr bool knows(field_id) noexcept { return true; }
  [[nodiscard]] static constexpr bool done() noexcept { return false; }
  void enter(field_id object, const token* brace) noexcept {
    if (order_ == nullptr) return;
    if (object != root_field) learn_member(fields[object].parent, object, brace);
    places_[object] = order_->first_in(object);
  }
  void unknown(field_id object, const token* key) noexcept {
    has_unknown_ = true;
    warn(errc::unknown_member, object, key);
    if (order_ != nullptr) learn_member(object, no_field, key + 2);
  }
  void repeated(field_id id, const token* key) noexcept {
    if (repeated_.empty()) first_repeated_ = {id, key};
    repeated_.add(id);
    order_ = nullptr;  // it is no event
  }
  void mistyped(field_id id, const token*) noexcept {
    mistyped_.add(id);
    order_ = nullptr;
  }
  SIGNHOOK_HOT void value(field_id id, const token* value) noexcept {
    values_[id] = value;
    if (order_ != nullptr) learn_member(fields[id].parent, id, value);
  }

  // The value of a field that is there and of its type.
  [[nodiscard]] const token* value(field_id id) const noexcept { return values_[id]; }
  [[nodiscard]] std::string_view string(field_id id) const noexcept {
    return tokens_.string(values_[id]);
  }

  // Learns the order of the members from now on, where `order` is not null.
  void learn(learned_order<Root>* order) noexcept { order_ = order; }

  // Notes warnings from now on.
  void note_warnings(noted_warnings* into) noexcept { warnings_ = into; }
  void warn(errc code, field_id id, const token* source) noexcept {
    if (warnings_ != nullptr && !warnings_->insert(code, id, tokens_.quoted(source)))
      warnings_ = nullptr;
  }
  // The warnings, or null where they were not wanted or are too many.
  [[nodiscard]] const noted_warnings* warnings() const noexcept { return warnings_; }

  [[nodiscard]] bool has_unknown() const noexcept { return has_unknown_; }
  [[nodiscard]] const mask& mistyped() const noexcept { return mistyped_; }
  [[nodiscard]] const mask& repeated() const noexcept { return repeated_; }

  // The first of the members that were there before, where there is one.
  struct repeated_member {
    field_id id;
    const token* key;
  };
  [[nodiscard]] const repeated_member& first_repeated() const noexcept { return first_repeated_; }

  // False where one of these fields is a string with an escape that is not valid.
  [[nodiscard]] bool have_valid_escapes(mask of) const noexcept {
    for (of = of.without(mistyped_); !of.empty();) {
      const field_id id = of.take_first();
      const bool is_string = fields[id].opens == '"' && tokens_.first(values_[id]) == '"';
      if (is_string && !detail::has_valid_escapes(string(id))) return false;
    }
    return true;
  }

 private:
  // Learns the member of an object by its value; the tokens before that are a colon, the key, and a comma or brace.
  SIGNHOOK_COLD void learn_member(field_id object, field_id id, const token* value) noexcept {
    using kind = typename learned_order<Root>::kind;
    const bool is_string = id != no_field && tokens_.first(value) == '"';
    const kind is = is_string ? kind::string : id != no_field ? kind::object : kind::unknown;
    const token* const before = value - 3;
    const std::string_view text(tokens_.at(*before), *value - *before + (is_string ? 1 : 0));
    order_->learn(*places_[object], text, before[1] - before[0], id, is);
    places_[object] = order_->after(object, id);
  }

  const walker& tokens_;
  uninitialized_array<const token*, fields.size> values_{};  // of scalars that are there
  mask repeated_{};
  repeated_member first_repeated_{root_field, nullptr};
  mask mistyped_{};
  noted_warnings* warnings_ = nullptr;
  learned_order<Root>* order_ = nullptr;
  uninitialized_array<typename learned_order<Root>::place*, fields.size>
      places_{};  // of the next member of each object, where the order is learned
  bool has_unknown_ = false;
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
