// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/text/ascii.hpp>

#include <cstdint>
#include <string_view>

namespace signhook::inline SIGNHOOK_ABI::detail {

// The types of values (RFC 8259, section 3), as a set of them.
enum class json_type : std::uint8_t {
  none = 0,
  object = 1,
  array = 2,
  string = 4,
  number = 8,
  boolean = 16,
  null = 32,
};

[[nodiscard]] constexpr json_type operator|(json_type a, json_type b) noexcept {
  return static_cast<json_type>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}

[[nodiscard]] constexpr bool contains(json_type set, json_type one) noexcept {
  return (static_cast<unsigned>(set) & static_cast<unsigned>(one)) != 0;
}

// The type of the value that begins with a character; `none` where no value does.
[[nodiscard]] constexpr json_type type_of_value(char first) noexcept {
  switch (first) {
    case '{': return json_type::object;
    case '[': return json_type::array;
    case '"': return json_type::string;
    case 't':
    case 'f': return json_type::boolean;
    case 'n': return json_type::null;
    default: break;
  }
  return first == '-' || is_digit(first) ? json_type::number : json_type::none;
}

// The type in words, with its article.
[[nodiscard]] constexpr std::string_view describe(json_type one) noexcept {
  switch (one) {
    case json_type::object: return "an object";
    case json_type::array: return "an array";
    case json_type::string: return "a string";
    case json_type::number: return "a number";
    case json_type::boolean: return "a boolean";
    case json_type::null: return "null";
    case json_type::none: break;
  }
  return "a value";
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail
