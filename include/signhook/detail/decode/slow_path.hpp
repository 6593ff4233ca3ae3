// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder_options.hpp>
#include <signhook/detail/decode/canonical_form.hpp>
#include <signhook/detail/decode/emplace_event.hpp>
#include <signhook/detail/decode/fields.hpp>
#include <signhook/detail/decode/scalar.hpp>
#include <signhook/detail/json/escape.hpp>
#include <signhook/detail/json/grammar.hpp>
#include <signhook/detail/json/token_index.hpp>
#include <signhook/error.hpp>
#include <signhook/event.hpp>
#include <signhook/result.hpp>
#include <signhook/schema.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace signhook::inline SIGNHOOK_ABI::detail {

// The slow path through a body: one strict walk over its tokens, in any member order, that judges
// every value and every key. What the members are is only noted on the way, since the type may come
// last; then the event is built of it, or the first thing that is wrong with it is found.
//
// Each step takes the token it begins at and returns the one behind what it read, or null where the
// body is no JSON.
class slow_path {
 public:
  // `scratch` has room for the body.
  slow_path(const decoder_options& options, char* scratch) noexcept
      : options_(options), scratch_(scratch) {}

  enum class outcome : std::uint8_t {
    event,     // it is filled
    rejected,  // the body is an object of JSON, but no event: `violation()` is why
    not_json,  // or not an object; where it stops being one is for others to say
  };

  // Fills `into` where the body is an event. Behind the body are `SIMDJSON_PADDING` bytes that can be
  // read.
  [[nodiscard]] outcome decode(token_index& index, std::string_view body,
                               result<event>& into) noexcept {
    if (!index.build(body)) return outcome::not_json;
    body_ = body.data();
    end_ = index.end();
    slots_[root].value = *index.begin();
    if (first_of(index.begin()) != '{' || walk_object(index.begin(), root, 1) != end_)
      return outcome::not_json;
    if (build(into)) return outcome::event;
    return have_valid_escapes(present_) ? outcome::rejected : outcome::not_json;
  }

  // The violation that stands first, and of two at one place the first by the table.
  [[nodiscard]] error violation() noexcept {
    const event_nodes nodes = tree.events[find_event()];
    error first{{}, ~std::uint32_t{0}, {}};
    const auto consider = [&first](errc code, node_index node, std::uint32_t offset) {
      if (offset < first.offset) first = {code, offset, pointer_of(node)};
    };
    const bool rejects_others = options_.members == unknown_members::reject;
    if (rejects_others && has_others_) consider(errc::unknown_member, others_in_, others_at_);
    for (node_index node = 1; node != tree.size; ++node) {
      const node_index parent = tree.nodes[node].parent;
      const slot& there = slots_[node];
      if (is_in(present_, node)) {
        if (!is_in(nodes.known, node)) {
          if (rejects_others) consider(errc::unknown_member, parent, there.key);
          continue;
        }
        if (is_in(repeated_, node)) consider(errc::duplicate_member, node, there.key_again);
        if (is_in(mistyped_, node)) {
          consider(errc::wrong_type, node, there.value);
        } else if (!tree.nodes[node].is_object()) {
          const auto code = tree.nodes[node].judge(unescape(text_of(node), scratch_), options_);
          if (code && !is_warning(*code, options_)) consider(*code, node, there.value);
        }
      } else if (is_in(nodes.required, node) && is_object_there(parent)) {
        consider(errc::missing_member, node, slots_[parent].value);
      }
    }
    return first;
  }

 private:
  using token = std::uint32_t;  // the offset that it begins at

  // What stands at a node, by its offsets.
  struct slot {
    std::uint32_t key;
    std::uint32_t key_again;  // where the member occurs again
    std::uint32_t value;
    std::uint32_t size;  // of a string's text, between its quotes
  };

  [[nodiscard]] static constexpr bool is_in(node_set set, node_index node) noexcept {
    return (set & only(node)) != 0;
  }

  [[nodiscard]] bool is_object_there(node_index node) const noexcept {
    return node == root || is_in(present_ & ~mistyped_, node);
  }

  // Of a string that is there.
  [[nodiscard]] std::string_view text_of(node_index node) const noexcept {
    return {body_ + slots_[node].value + 1, slots_[node].size};
  }

  // ---- Tokens ----

  [[nodiscard]] char first_of(const token* t) const noexcept { return body_[*t]; }

  // From a string's quote to the next token, which there is. The index has seen where the string ends,
  // but not what stands between there and the next token: that is white space.
  [[nodiscard]] SIGNHOOK_HOT std::string_view string_at(const token* t) const noexcept {
    const char* const text = body_ + t[0] + 1;
    const char* quote = body_ + t[1] - 1;
    while (*quote != '"') --quote;
    return {text, static_cast<std::size_t>(quote - text)};
  }

  // ---- Values: at a token behind which there is another ----

  // Calls `walk(value, key)` at each value of an object; it returns the token behind the value.
  template <class F>
  [[nodiscard]] SIGNHOOK_HOT const token* walk_members(const token* t, std::uint32_t depth,
                                                       F walk) noexcept {
    if (depth > options_.max_depth) return nullptr;
    ++t;
    if (first_of(t) == '}') return t + 1;
    while (true) {
      // A key, a colon, a value, and what follows it.
      if (end_ - t < 4 || first_of(t) != '"' || first_of(t + 1) != ':') return nullptr;
      t = walk(t + 2, string_at(t));
      if (t == nullptr || t == end_) return nullptr;
      const char behind = first_of(t);
      ++t;
      if (behind == '}') return t;
      if (behind != ',') return nullptr;
    }
  }

  // An object whose members the tree may know.
  [[nodiscard]] const token* walk_object(const token* t, node_index of,
                                         std::uint32_t depth) noexcept {
    if (t + 1 == end_) return nullptr;
    return walk_members(t, depth, [=, this](const token* value, std::string_view key) noexcept {
      node_index node = names.child(of, key);
      if (node == no_node && has_escape(key)) {
        if (!has_valid_escapes(key)) return static_cast<const token*>(nullptr);
        node = tree.child(of, unescape(key, scratch_));
      }
      const token key_at = value[-2];
      if (node != no_node) return walk_known(value, node, key_at, depth);
      if (!has_others_) {
        has_others_ = true;
        others_in_ = of;
        others_at_ = key_at;
      }
      return consume(value, depth);
    });
  }

  [[nodiscard]] SIGNHOOK_HOT const token* walk_known(const token* t, node_index node, token key,
                                                     std::uint32_t depth) noexcept {
    slot& into = slots_[node];
    if (is_in(present_, node)) {
      if (!is_in(repeated_, node)) into.key_again = key;
      repeated_ |= only(node);
      return consume(t, depth);
    }
    present_ |= only(node);
    into.key = key;
    into.value = *t;
    const bool is_object = tree.nodes[node].is_object();
    if (first_of(t) != (is_object ? '{' : '"')) {
      mistyped_ |= only(node);
      return consume(t, depth);
    }
    if (is_object) return walk_object(t, node, depth + 1);
    into.size = static_cast<std::uint32_t>(string_at(t).size());
    return t + 1;
  }

  // Any value, of which nothing is kept.
  [[nodiscard]] const token* consume(const token* t, std::uint32_t depth) noexcept {
    switch (first_of(t)) {
      case '{':
        return walk_members(t, depth + 1,
                            [=, this](const token* value, std::string_view key) noexcept {
                              return has_valid_escapes(key) ? consume(value, depth + 1) : nullptr;
                            });
      case '[': return consume_array(t, depth + 1);
      case '"': return has_valid_escapes(string_at(t)) ? t + 1 : nullptr;
      default: return is_scalar(body_ + t[0], body_ + t[1]) ? t + 1 : nullptr;
    }
  }

  [[nodiscard]] const token* consume_array(const token* t, std::uint32_t depth) noexcept {
    if (depth > options_.max_depth) return nullptr;
    ++t;
    if (first_of(t) == ']') return t + 1;
    while (true) {
      if (end_ - t < 2) return nullptr;
      t = consume(t, depth);
      if (t == nullptr || t == end_) return nullptr;
      const char behind = first_of(t);
      ++t;
      if (behind == ']') return t;
      if (behind != ',') return nullptr;
    }
  }

  // The index judges neither literals nor numbers.
  [[nodiscard]] static bool is_scalar(const char* p, const char* end) noexcept {
    token_read read{p, false};
    if (*p == 't' || *p == 'f' || *p == 'n') read = read_literal(p, end);
    if (*p == '-' || is_digit(*p)) read = read_number(p, end);
    return read.whole && skip_space(read.at, end) == end;
  }

  // ---- The event ----

  // By the type's text; `known_count` where there is none.
  [[nodiscard]] std::size_t find_event() noexcept {
    if (!is_in(present_ & ~mistyped_, type_node)) return known_count;
    const std::string_view raw = text_of(type_node);
    const std::size_t likely = types_by_hash.find(raw.data());
    if (likely != known_count && raw == event_types[likely]) return likely;
    return has_valid_escapes(raw) ? find_type(unescape(raw, scratch_)) : known_count;
  }

  [[nodiscard]] bool build(result<event>& into) noexcept {
    const std::size_t index = find_event();
    if (index == known_count && options_.types == unknown::reject) return false;
    if (!judge_others(tree.events[index].known)) return false;
    return build_at(index, into, std::make_index_sequence<std::variant_size_v<event>>{});
  }

  // The members that are not this event's, though they may be another one's.
  [[nodiscard]] bool judge_others(node_set known) const noexcept {
    if (((mistyped_ | repeated_) & known) != 0) return false;
    const node_set others = present_ & ~known;
    if (options_.members == unknown_members::reject && (has_others_ || others != 0)) return false;
    return have_valid_escapes(others);
  }

  // Of those of the nodes that are strings.
  [[nodiscard]] bool have_valid_escapes(node_set nodes) const noexcept {
    for (nodes &= ~mistyped_; nodes != 0; nodes &= nodes - 1) {
      const auto node = static_cast<node_index>(std::countr_zero(nodes));
      if (!tree.nodes[node].is_object() && !detail::has_valid_escapes(text_of(node))) return false;
    }
    return true;
  }

  template <std::size_t... I>
  [[nodiscard]] bool build_at(std::size_t index, result<event>& into,
                              std::index_sequence<I...>) noexcept {
    bool built = false;
    (void)((I == index && (built = build_object<root>(emplace_event<I>(into)), true)) || ...);
    return built;
  }

  template <node_index At, class Object>
  [[nodiscard]] bool build_object(Object& object) noexcept {
    constexpr auto& members = schema<Object>::members;
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return (
          build_member<tree.child(At, std::get<I>(members).name)>(object, std::get<I>(members)) &&
          ...);
    }
    (std::make_index_sequence<std::tuple_size_v<std::remove_cvref_t<decltype(members)>>>{});
  }

  template <node_index At, class Object, class Value>
  [[nodiscard]] bool build_member(Object& object, const member<Object, Value>& member) noexcept {
    using form = required_form<Value>;
    auto& into = object.*member.pointer;
    if ((present_ & only(At)) == 0) return !form::is_required;
    if constexpr (!form::is_required) {
      return build_value<At>(into.emplace());
    } else {
      return build_value<At>(into);
    }
  }

  // A type that is missing is no known one, so it has chosen the event.
  template <node_index At, class Object>
  [[nodiscard]] bool build_member(Object&, const type_member&) const noexcept {
    return true;
  }

  template <node_index At, class Value>
  [[nodiscard]] bool build_value(Value& into) noexcept {
    if constexpr (wire_object<Value>) {
      return build_object<At>(into);
    } else {
      const std::string_view raw = text_of(At);
      if (read_known(raw, into)) return true;
      auto read = scalar<Value>::read(raw);
      // What may hold a backslash, or was rejected for one.
      if ((!read || !is_known(*read)) && has_escape(raw)) {
        if (!has_valid_escapes(raw)) return false;
        read = scalar<Value>::read(unescape(raw, scratch_));
      }
      if (!read || !is_allowed(*read)) return false;
      into = *read;
      return true;
    }
  }

  // Reads a known state, which is most of them, without a branch for each.
  template <class Value>
  [[nodiscard]] static bool read_known(std::string_view, Value&) noexcept {
    return false;
  }
  template <class Known>
  [[nodiscard]] static bool read_known(std::string_view raw, open_state<Known>& into) noexcept {
    const char* p = raw.data();
    const Known state = state_words<Known>::read(p, p + simdjson::SIMDJSON_PADDING);
    if (state != Known::other) into = state;
    return state != Known::other;
  }

  // Whether a value leaves no doubt about its text.
  template <class Value>
  [[nodiscard]] static bool is_known(const Value&) noexcept {
    return true;
  }
  template <class Known>
  [[nodiscard]] static bool is_known(const open_state<Known>& state) noexcept {
    return state.is_known();
  }
  [[nodiscard]] static bool is_known(const type_text&) noexcept { return false; }

  template <class Value>
  [[nodiscard]] bool is_allowed(const Value&) const noexcept {
    return true;
  }
  template <class Known>
  [[nodiscard]] bool is_allowed(const open_state<Known>& state) const noexcept {
    return state.is_known() || options_.states == unknown::keep;
  }

  const decoder_options& options_;
  char* scratch_;
  const char* body_ = nullptr;
  const token* end_ = nullptr;         // of the tokens
  std::array<slot, tree.size> slots_;  // filled where `present_` has the node; the root's `value`
  node_set present_ = 0;
  node_set repeated_ = 0;
  node_set mistyped_ = 0;
  bool has_others_ = false;  // members that no event has: the first of them
  node_index others_in_ = root;
  token others_at_ = 0;
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
