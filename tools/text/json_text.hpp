// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/detail/json/writer.hpp>
#include <signhook/timestamp.hpp>

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

// The library's writer, into a string. Texts must be UTF-8.
using json_text_writer = signhook::detail::json_writer<std::back_insert_iterator<std::string>>;

// Returns the length of the UTF-8 character that `text` begins with if a terminal or an editor may obey it
// instead of showing it, and otherwise 0: DEL and C1 controls, separators of lines, and the characters that
// change the direction of the text around them (Unicode Standard Annex 9, section 2).
[[nodiscard]] constexpr std::size_t control_size(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto last_within = [&](unsigned from, unsigned to) {
    return from <= byte(2) && byte(2) <= to;
  };
  switch (byte(0)) {
    case 0x7f: return 1;
    case 0xc2: return 0x80 <= byte(1) && byte(1) <= 0x9f ? 2 : 0;  // U+0080 to U+009F
    case 0xd8: return byte(1) == 0x9c ? 2 : 0;                     // U+061C
    case 0xe2:
      // U+200E and U+200F, U+2028 to U+202E
      if (byte(1) == 0x80) return last_within(0x8e, 0x8f) || last_within(0xa8, 0xae) ? 3 : 0;
      return byte(1) == 0x81 && last_within(0xa6, 0xa9) ? 3 : 0;  // U+2066 to U+2069
    default: return 0;
  }
}

// Returns false if the text has none of these for sure, at the speed of reading it.
[[nodiscard]] inline bool may_have_controls(std::string_view text) {
  unsigned all = 0;  // without an exit from the loop compilers vectorize it
  for (const char c : text) all |= static_cast<unsigned char>(c) >= 0x7f ? 1U : 0U;
  return all != 0;
}

// Escapes these characters in JSON text, which holds them in strings only. The value stays the same.
[[nodiscard]] inline std::string escape_controls(std::string json) {
  if (!may_have_controls(json)) return json;
  std::string escaped;
  for (std::string_view rest = json; !rest.empty();) {
    const std::size_t size = control_size(rest);
    if (size == 0) {
      escaped += rest.front();
      rest.remove_prefix(1);
      continue;
    }
    unsigned code = static_cast<unsigned char>(rest.front());
    if (size != 1) code &= size == 2 ? 0x1fU : 0x0fU;
    for (const char c : rest.substr(1, size - 1)) {
      code = code << 6U | (static_cast<unsigned char>(c) & 0x3fU);
    }
    fmt::format_to(std::back_inserter(escaped), "\\u{:04x}", code);
    rest.remove_prefix(size);
  }
  return escaped;
}

// Returns a JSON object, whose members `write(json_text_writer&)` writes.
template <class Write>
[[nodiscard]] std::string json_object(const Write& write) {
  std::string text;
  json_text_writer to(std::back_inserter(text));
  to.begin_object();
  write(to);
  to.end_object();
  return escape_controls(std::move(text));
}

[[nodiscard]] inline std::string json_string(std::string_view text) {
  std::string made;
  json_text_writer(std::back_inserter(made)).string(text);
  return escape_controls(std::move(made));
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
