// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/detail/json/writer.hpp>
#include <signhook/timestamp.hpp>

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

// The library's writer, into a string. Texts must be UTF-8.
using json_text_writer = signhook::detail::json_writer<std::back_insert_iterator<std::string>>;

// Returns a JSON object, whose members `write(json_text_writer&)` writes.
template <class Write>
[[nodiscard]] std::string json_object(const Write& write) {
  std::string text;
  json_text_writer to(std::back_inserter(text));
  to.begin_object();
  write(to);
  to.end_object();
  return text;
}

[[nodiscard]] inline std::string json_string(std::string_view text) {
  std::string made;
  json_text_writer(std::back_inserter(made)).string(text);
  return made;
}

// Writes a member whose value is a count, which may have more bits than `std::size_t`.
inline void write_count(json_text_writer& to, std::string_view name, std::uint64_t count) {
  to.key(name);
  to.raw(fmt::format("{}", count));
}

// Writes a member whose value is a number with this many decimals.
inline void write_decimal(json_text_writer& to, std::string_view name, double value, int decimals) {
  to.key(name);
  to.raw(fmt::format("{:.{}f}", value, decimals));
}

// Formats a time to the millisecond, or as 1970 if RFC 3339 cannot express it.
[[nodiscard]] inline std::string time_text(std::chrono::system_clock::time_point time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  const auto rest = std::chrono::floor<std::chrono::milliseconds>(time - second);
  std::array<char, signhook::timestamp::max_text_size> text{};
  const auto made = signhook::timestamp::from(second, rest).value_or(signhook::timestamp());
  return {text.data(), made.write_to(text.data())};
}
