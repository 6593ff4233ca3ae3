// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder_options.hpp>
#include <signhook/detail/escape.hpp>
#include <signhook/detail/grammar.hpp>
#include <signhook/detail/leaf.hpp>
#include <signhook/detail/simdjson.hpp>
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

namespace signhook::inline SIGNHOOK_ABI::detail::inline SIGNHOOK_SIMDJSON_ABI {

// The general way through a body: one strict walk with On-Demand, in any member order, that consumes
// every value and unescapes every key, because On-Demand judges only what is looked at. It accepts
// or it does not; why not is for others to say.
class general_way {
 public:
  // `scratch` has room for the body.
  general_way(const decoder_options& options, char* scratch) noexcept
      : options_(options), scratch_(scratch) {}

  // Fills `into` and returns true where the body is an event. The parser has room for the body.
  [[nodiscard]] bool decode(simdjson::ondemand::parser& parser, simdjson::padded_string_view body,
                            event& into) noexcept {
    simdjson::ondemand::document document;
    simdjson::ondemand::object top;
    if (parser.iterate(body).get(document) != simdjson::SUCCESS ||
        document.get_object().get(top) != simdjson::SUCCESS) {
      return false;
    }
    return walk_object(top, root, 1) && is_at_end(document) && build(into);
  }

 private:
  // What stands at a node: of a string the text between its quotes.
  struct slot {
    const char* text = nullptr;
    std::size_t size = 0;

    [[nodiscard]] std::string_view view() const noexcept { return {text, size}; }
  };

  // Of a token that begins with a quote, up to the next token.
  [[nodiscard]] static std::string_view between_quotes(std::string_view token) noexcept {
    while (token.back() != '"') token.remove_suffix(1);
    return token.substr(1, token.size() - 2);
  }

  // The key of a member whose value begins at `value`: On-Demand has seen a string, white space, a
  // colon and white space before it.
  [[nodiscard]] static std::string_view key_before(const char* value, const char* key) noexcept {
    const char* quote = value - 1;
    while (*quote != '"') --quote;
    return {key, static_cast<std::size_t>(quote - key)};
  }

  // An object whose members the tree may know.
  [[nodiscard]] bool walk_object(simdjson::ondemand::object object, node_index at,
                                 std::uint32_t depth) noexcept {
    if (depth > options_.max_depth) return false;
    for (auto read : object) {
      simdjson::ondemand::field field;
      if (std::move(read).get(field) != simdjson::SUCCESS) return false;
      simdjson::ondemand::value value = field.value();
      const std::string_view token = value.raw_json_token();
      if (token.empty()) return false;
      const std::string_view raw_key = key_before(token.data(), field.key().raw());
      if (!has_valid_escapes(raw_key)) return false;
      const node_index node = tree.child(at, unescape(raw_key, scratch_));
      if (!walk_member(value, token, node, depth)) return false;
    }
    return true;
  }

  [[nodiscard]] bool walk_member(simdjson::ondemand::value& value, std::string_view token,
                                 node_index node, std::uint32_t depth) noexcept {
    if (node == no_node) {
      if (options_.members == unknown_members::reject) return false;
      return consume(value, token, depth);
    }
    if ((present_ & only(node)) != 0) {
      repeated_ |= only(node);
      return consume(value, token, depth);
    }
    present_ |= only(node);
    const bool is_object = tree.nodes[node].is_object();
    if (token.front() != (is_object ? '{' : '"')) {
      mistyped_ |= only(node);
      return consume(value, token, depth);
    }
    if (is_object) {
      simdjson::ondemand::object object;
      return value.get_object().get(object) == simdjson::SUCCESS &&
             walk_object(object, node, depth + 1);
    }
    const std::string_view text = between_quotes(token);
    slots_[node] = {text.data(), text.size()};
    return value.get_raw_json_string().error() == simdjson::SUCCESS;
  }

  // Any value, of which nothing is kept.
  [[nodiscard]] bool consume(simdjson::ondemand::value& value, std::string_view token,
                             std::uint32_t depth) const noexcept {
    switch (token.front()) {
      case '{': {
        simdjson::ondemand::object object;
        return value.get_object().get(object) == simdjson::SUCCESS &&
               consume_object(object, depth + 1);
      }
      case '[': {
        simdjson::ondemand::array array;
        return value.get_array().get(array) == simdjson::SUCCESS && consume_array(array, depth + 1);
      }
      case '"':
        // On-Demand must take it for a string, not for the key of what may follow.
        return value.get_raw_json_string().error() == simdjson::SUCCESS &&
               has_valid_escapes(between_quotes(token));
      default: return is_scalar(token);
    }
  }

  [[nodiscard]] bool consume_object(simdjson::ondemand::object& object,
                                    std::uint32_t depth) const noexcept {
    if (depth > options_.max_depth) return false;
    for (auto read : object) {
      simdjson::ondemand::field field;
      if (std::move(read).get(field) != simdjson::SUCCESS) return false;
      simdjson::ondemand::value value = field.value();
      const std::string_view token = value.raw_json_token();
      if (token.empty() || !has_valid_escapes(key_before(token.data(), field.key().raw())) ||
          !consume(value, token, depth)) {
        return false;
      }
    }
    return true;
  }

  [[nodiscard]] bool consume_array(simdjson::ondemand::array& array,
                                   std::uint32_t depth) const noexcept {
    if (depth > options_.max_depth) return false;
    for (auto read : array) {
      simdjson::ondemand::value value;
      if (std::move(read).get(value) != simdjson::SUCCESS) return false;
      const std::string_view token = value.raw_json_token();
      if (token.empty() || !consume(value, token, depth)) return false;
    }
    return true;
  }

  // On-Demand leaves literals and numbers to be judged by who reads them. A token reaches up to the
  // next one.
  [[nodiscard]] static bool is_scalar(std::string_view token) noexcept {
    const char* const end = token.data() + token.size();
    const char first = token.front();
    token_read read{token.data(), false};
    if (first == 't' || first == 'f' || first == 'n') read = read_literal(token.data(), end);
    if (first == '-' || is_digit(first)) read = read_number(token.data(), end);
    return read.whole && skip_space(read.at, end) == end;
  }

  // simdjson has at_end() since 3.1.7; before, an error says that there is no further location.
  template <class Document>
  [[nodiscard]] static bool is_at_end(Document& document) noexcept {
    if constexpr (requires { document.at_end(); }) {
      return document.at_end();
    } else {
      return document.current_location().error() != simdjson::SUCCESS;
    }
  }

  [[nodiscard]] bool build(event& into) noexcept {
    const std::string_view raw_type = slots_[type_node].view();
    std::size_t index = find_type(raw_type);
    if (index == known_count && has_escape(raw_type)) {
      if (!has_valid_escapes(raw_type)) return false;
      index = find_type(unescape(raw_type, scratch_));
    }
    if (index == known_count && options_.types == unknown::reject) return false;
    if (!judge_others(tree.events[index].known)) return false;
    return build_at(index, into, std::make_index_sequence<std::variant_size_v<event>>{});
  }

  // The members that this event does not have, but another one has.
  [[nodiscard]] bool judge_others(node_set known) const noexcept {
    if (((mistyped_ | repeated_) & known) != 0) return false;
    node_set others = present_ & ~known;
    if (others != 0 && options_.members == unknown_members::reject) return false;
    for (; others != 0; others &= others - 1) {
      if (!has_valid_escapes(slots_[static_cast<std::size_t>(std::countr_zero(others))].view())) {
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

  template <node_index At, class Object>
  [[nodiscard]] bool build_member(Object&, const type_member&) const noexcept {
    return (present_ & only(At)) != 0;
  }

  template <node_index At, class Value>
  [[nodiscard]] bool build_value(Value& into) noexcept {
    if constexpr (wire_object<Value>) {
      return build_object<At>(into);
    } else {
      const std::string_view raw = slots_[At].view();
      if (!has_valid_escapes(raw)) return false;
      const auto read = leaf<Value>::read(unescape(raw, scratch_));
      if (!read || !is_allowed(*read)) return false;
      into = *read;
      return true;
    }
  }

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
  std::array<slot, max_nodes> slots_{};
  node_set present_ = 0;
  node_set repeated_ = 0;
  node_set mistyped_ = 0;
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail::inline SIGNHOOK_SIMDJSON_ABI
