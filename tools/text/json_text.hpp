// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/detail/json/writer.hpp>
#include <signhook/timestamp.hpp>

#include <array>
#include <chrono>
#include <iterator>
#include <string>
#include <string_view>

// Appends text, which must be UTF-8, as a JSON string.
inline void write_json_string(std::string& to, std::string_view text) {
  to += '"';
  signhook::detail::write_escaped(std::back_inserter(to), text);
  to += '"';
}

// Formats a time to the millisecond, or as 1970 if RFC 3339 cannot express it.
[[nodiscard]] inline std::string time_text(std::chrono::system_clock::time_point time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  const auto rest = std::chrono::floor<std::chrono::milliseconds>(time - second);
  std::array<char, signhook::timestamp::max_text_size> text{};
  const auto made = signhook::timestamp::from(second, rest).value_or(signhook::timestamp());
  return {text.data(), made.write_to(text.data())};
}
