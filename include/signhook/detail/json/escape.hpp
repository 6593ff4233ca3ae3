// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/text/hex.hpp>
#include <signhook/detail/text/utf8.hpp>

#include <cstddef>
#include <string_view>

// The escapes in the strings of JSON (RFC 8259, section 7).

namespace signhook::inline SIGNHOOK_ABI::detail {

// Returns the character of a short escape, or NUL.
[[nodiscard]] constexpr char short_escape(char letter) noexcept {
  switch (letter) {
    case '"':
    case '\\':
    case '/': return letter;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return '\0';
  }
}

// The four hexadecimal digits at `p`.
[[nodiscard]] constexpr char32_t read_code_unit(const char* p) noexcept {
  char32_t unit = 0;
  for (int i = 0; i < 4; ++i) unit = unit << 4U | hex_value(p[i]);
  return unit;
}

[[nodiscard]] constexpr bool has_escape(std::string_view raw) noexcept {
  return raw.find('\\') != std::string_view::npos;
}

// The characters that `raw`, the text between the quotes of a valid string, stands for: `raw` itself
// where it has no escape, else in `scratch`, which has room for as many bytes as `raw` has: no escape
// stands for more bytes than it takes.
[[nodiscard]] constexpr std::string_view unescape(std::string_view raw, char* scratch) noexcept {
  if (!has_escape(raw)) return raw;
  const char* p = raw.data();
  const char* const end = p + raw.size();
  char* to = scratch;
  while (p != end) {
    if (*p != '\\') {
      *to++ = *p++;
    } else if (p[1] != 'u') {
      *to++ = short_escape(p[1]);
      p += 2;
    } else {
      char32_t c = read_code_unit(p + 2);
      p += 6;
      if (c >= 0xd800 && c <= 0xdbff) {
        c = 0x10000 + ((c - 0xd800) << 10U) + (read_code_unit(p + 2) - 0xdc00);
        p += 6;
      }
      to = write_utf8(to, c);
    }
  }
  return {scratch, static_cast<std::size_t>(to - scratch)};
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail
