// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>

#include <cstddef>
#include <string_view>

namespace signhook::inline SIGNHOOK_ABI::detail {

// One step over a character of UTF-8: where it ended, and whether it was whole and well-formed.
struct utf8_step {
  const char* next;  // after the character, or the first invalid byte
  bool valid;
};

// Steps over the character at `p`, which lies before `end`, by table 3-7 of the Unicode Standard:
// the same as RFC 3629, section 4.
[[nodiscard]] constexpr utf8_step step_utf8(const char* p, const char* end) noexcept {
  const auto lead = static_cast<unsigned char>(*p);
  if (lead < 0x80) return {p + 1, true};
  std::size_t size = 0;
  unsigned char low = 0x80;
  unsigned char high = 0xbf;
  if (lead >= 0xc2 && lead <= 0xdf) {
    size = 2;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    size = 3;
    if (lead == 0xe0) low = 0xa0;   // else overlong
    if (lead == 0xed) high = 0x9f;  // else a surrogate
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    size = 4;
    if (lead == 0xf0) low = 0x90;   // else overlong
    if (lead == 0xf4) high = 0x8f;  // else beyond U+10FFFF
  } else {
    return {p, false};
  }
  const char* const last = p + size;
  for (++p; p != last; ++p) {
    if (p == end) return {p, false};
    const auto next = static_cast<unsigned char>(*p);
    if (next < low || next > high) return {p, false};
    low = 0x80;
    high = 0xbf;
  }
  return {p, true};
}

[[nodiscard]] constexpr bool is_utf8(std::string_view text) noexcept {
  const char* const end = text.data() + text.size();
  for (const char* p = text.data(); p != end;) {
    const auto [next, valid] = step_utf8(p, end);
    if (!valid) return false;
    p = next;
  }
  return true;
}

// Writes a code point that is no surrogate and at most U+10FFFF; returns the end, at most 4 on.
constexpr char* write_utf8(char* out, char32_t c) noexcept {
  const auto put = [&out](char32_t byte) { *out++ = static_cast<char>(byte); };
  const auto put_next = [&put](char32_t bits) { put(0x80U | (bits & 0x3fU)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0U | (c >> 6U));
    put_next(c);
  } else if (c < 0x10000) {
    put(0xe0U | (c >> 12U));
    put_next(c >> 6U);
    put_next(c);
  } else {
    put(0xf0U | (c >> 18U));
    put_next(c >> 12U);
    put_next(c >> 6U);
    put_next(c);
  }
  return out;
}

// The longest beginning of at most `size` bytes that does not cut a character of UTF-8.
[[nodiscard]] constexpr std::string_view utf8_prefix(std::string_view text,
                                                     std::size_t size) noexcept {
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80) --size;
  return text.substr(0, size);
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail
