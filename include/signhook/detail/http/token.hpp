// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/timestamp.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>

// Names as HTTP has them.

namespace signhook::inline SIGNHOOK_ABI::detail {

[[nodiscard]] constexpr bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

[[nodiscard]] constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Of ASCII, as HTTP compares names (RFC 9110, section 5.1).
[[nodiscard]] constexpr bool equal_without_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return to_lower(x) == to_lower(y); });
}

// RFC 9110, section 5.6.2.
[[nodiscard]] constexpr bool is_token_character(char c) noexcept {
  return is_letter(c) || is_digit(c) ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

// The part of `text` from `at` on that is a token; empty where there is none.
[[nodiscard]] constexpr std::string_view token_at(std::string_view text, std::size_t at) noexcept {
  std::size_t end = at;
  while (end < text.size() && is_token_character(text[end])) ++end;
  return text.substr(at, end - at);
}

[[nodiscard]] constexpr bool is_token(std::string_view text) noexcept {
  return !text.empty() && token_at(text, 0).size() == text.size();
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail
