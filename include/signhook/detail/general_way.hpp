// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder_options.hpp>
#include <signhook/detail/escape.hpp>
#include <signhook/detail/grammar.hpp>
#include <signhook/detail/leaf.hpp>
#include <signhook/detail/token_index.hpp>
#include <signhook/detail/tree.hpp>
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

// The general way through a body: one strict walk over its tokens, in any member order, that judges
// every value and every key. It accepts or it does not; why not is for others to say.
class general_way {
 public:
  // `scratch` has room for the body.
  general_way(const decoder_options& options, char* scratch) noexcept
      : options_(options), scratch_(scratch) {}

  enum class outcome {
    event,     // it is filled
    json,      // the body is JSON, but no event
    anything,  // or not JSON at all
  };

  // Fills `into` where the body is an event. Behind the body are `SIMDJSON_PADDING` bytes that can be
  // read.
  [[nodiscard]] outcome decode(token_index& index, std::string_view body, event& into) noexcept {
    if (!index.build(body)) return outcome::anything;
    body_ = body;
    next_ = index.begin();
    end_ = index.end();
    if (first_of_next() != '{' || !walk_object(root, 1) || next_ != end_) return outcome::anything;
    if (build(into)) return outcome::event;
    return have_valid_escapes(present_) ? outcome::json : outcome::anything;
  }

 private:
  // What stands at a node: of a string the text between its quotes.
  struct slot {
    const char* text = nullptr;
    std::size_t size = 0;

    [[nodiscard]] std::string_view view() const noexcept { return {text, size}; }
  };

  // ---- Tokens ----

  // The first byte of the next token, or NUL behind the last, which begins no token.
  [[nodiscard]] char first_of_next() const noexcept { return next_ == end_ ? '\0' : body_[*next_]; }

  // The next token, up to the one behind it.
  std::string_view take() noexcept {
    const std::size_t begin = *next_++;
    const std::size_t end = next_ == end_ ? body_.size() : *next_;
    return body_.substr(begin, end - begin);
  }

  [[nodiscard]] bool pass(char token) noexcept {
    if (first_of_next() != token) return false;
    ++next_;
    return true;
  }

  // Of a token that begins with a quote. The index has seen where it ends, but not what stands between
  // there and the next token: that is white space.
  [[nodiscard]] std::string_view take_string() noexcept {
    std::string_view token = take();
    while (token.back() != '"') token.remove_suffix(1);
    return token.substr(1, token.size() - 2);
  }

  // ---- Values ----

  // Calls `value(key)` at each value of the object that is next.
  template <class F>
  [[nodiscard]] bool for_each_member(std::uint32_t depth, F value) noexcept {
    if (depth > options_.max_depth) return false;
    ++next_;
    if (pass('}')) return true;
    do {
      if (first_of_next() != '"') return false;
      const std::string_view key = take_string();
      if (!pass(':') || !value(key)) return false;
    } while (pass(','));
    return pass('}');
  }

  // An object whose members the tree may know.
  [[nodiscard]] bool walk_object(node_index of, std::uint32_t depth) noexcept {
    return for_each_member(depth, [&](std::string_view key) noexcept {
      node_index node = names.child(of, key);
      if (node == no_node && has_escape(key)) {
        if (!has_valid_escapes(key)) return false;
        node = tree.child(of, unescape(key, scratch_));
      }
      return walk_member(node, depth);
    });
  }

  [[nodiscard]] bool walk_member(node_index node, std::uint32_t depth) noexcept {
    if (node == no_node) {
      has_others_ = true;
      return consume(depth);
    }
    if ((present_ & only(node)) != 0) {
      repeated_ |= only(node);
      return consume(depth);
    }
    present_ |= only(node);
    const bool is_object = tree.nodes[node].is_object();
    if (first_of_next() != (is_object ? '{' : '"')) {
      mistyped_ |= only(node);
      return consume(depth);
    }
    if (is_object) return walk_object(node, depth + 1);
    const std::string_view text = take_string();
    slots_[node] = {text.data(), text.size()};
    return true;
  }

  // Any value, of which nothing is kept.
  [[nodiscard]] bool consume(std::uint32_t depth) noexcept {
    switch (first_of_next()) {
      case '{':
        return for_each_member(depth + 1, [&](std::string_view key) noexcept {
          return has_valid_escapes(key) && consume(depth + 1);
        });
      case '[': return consume_array(depth + 1);
      case '"': return has_valid_escapes(take_string());
      case '\0': return false;
      default: return is_scalar(take());
    }
  }

  [[nodiscard]] bool consume_array(std::uint32_t depth) noexcept {
    if (depth > options_.max_depth) return false;
    ++next_;
    if (pass(']')) return true;
    do {
      if (!consume(depth)) return false;
    } while (pass(','));
    return pass(']');
  }

  // The index judges neither literals nor numbers.
  [[nodiscard]] static bool is_scalar(std::string_view token) noexcept {
    const char* const end = token.data() + token.size();
    const char first = token.front();
    token_read read{token.data(), false};
    if (first == 't' || first == 'f' || first == 'n') read = read_literal(token.data(), end);
    if (first == '-' || is_digit(first)) read = read_number(token.data(), end);
    return read.whole && skip_space(read.at, end) == end;
  }

  [[nodiscard]] bool build(event& into) noexcept {
    const std::string_view raw_type = slots_[type_node].view();
    if (!has_valid_escapes(raw_type)) return false;
    const std::size_t index = find_type(unescape(raw_type, scratch_));
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

  [[nodiscard]] bool have_valid_escapes(node_set nodes) const noexcept {
    for (; nodes != 0; nodes &= nodes - 1) {
      if (!has_valid_escapes(slots_[static_cast<std::size_t>(std::countr_zero(nodes))].view())) {
        return false;
      }
    }
    return true;
  }

  template <std::size_t... I>
  [[nodiscard]] bool build_at(std::size_t index, event& into, std::index_sequence<I...>) noexcept {
    bool built = false;
    (void)((I == index && (built = build_object<root>(into.emplace<I>()), true)) || ...);
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
      const std::string_view raw = slots_[At].view();
      auto read = leaf<Value>::read(raw);
      // What may hold a backslash, or was refused for one.
      if ((!read || !is_known(*read)) && has_escape(raw)) {
        if (!has_valid_escapes(raw)) return false;
        read = leaf<Value>::read(unescape(raw, scratch_));
      }
      if (!read || !is_allowed(*read)) return false;
      into = *read;
      return true;
    }
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
  std::string_view body_;
  const std::uint32_t* next_ = nullptr;  // what the tokens that are left begin at
  const std::uint32_t* end_ = nullptr;
  std::array<slot, max_nodes> slots_{};
  node_set present_ = 0;
  node_set repeated_ = 0;
  node_set mistyped_ = 0;
  bool has_others_ = false;  // members that no event has
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
