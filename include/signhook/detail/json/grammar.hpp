// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/json/escape.hpp>
#include <signhook/detail/text/ascii.hpp>
#include <signhook/detail/text/hex.hpp>
#include <signhook/detail/text/utf8.hpp>
#include <signhook/detail/text/vectors.hpp>
#include <signhook/detail/text/word.hpp>
#include <signhook/error.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string_view>
#include <type_traits>

// The tokens of JSON (RFC 8259), read one by one from the left, so that a fault is found at the first
// byte that cannot continue the text.

namespace signhook::inline SIGNHOOK_ABI::detail {

// The result of reading a token. Whole: `at` is what follows it. Not whole: `at` is the first byte that
// cannot stand there, or the end, where the token is cut.
struct token_read {
  const char* at;
  bool whole;
  expectation expected = expectation::nothing;  // not whole: what may stand at `at`
  bool within_utf8 = false;                     // not whole, and `at` breaks a character
};

// RFC 8259, section 2.
[[nodiscard]] constexpr bool is_space(char c) noexcept {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

[[nodiscard]] constexpr const char* skip_space(const char* p, const char* end) noexcept {
  while (p != end && is_space(*p)) ++p;
  return p;
}

[[nodiscard]] constexpr std::string_view trim_space_end(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// RFC 8259, section 3: false, null or true, of one of which `p` is the first letter.
[[nodiscard]] constexpr token_read read_literal(const char* p, const char* end) noexcept {
  const std::string_view literal = *p == 't' ? "true" : *p == 'f' ? "false" : "null";
  for (const char c : literal) {
    if (p == end || *p != c) return {p, false, expectation::literal};
    ++p;
  }
  return {p, true};
}

// RFC 8259, section 6. Only the form of a number counts: 1e400 is one.
[[nodiscard]] constexpr token_read read_number(const char* p, const char* end) noexcept {
  const auto digits = [&p, end] {
    const char* const begin = p;
    while (p != end && is_digit(*p)) ++p;
    return p != begin;
  };
  if (*p == '-') ++p;
  if (p != end && *p == '0') {
    ++p;
  } else if (!digits()) {
    return {p, false, expectation::digit};
  }
  if (p != end && *p == '.') {
    ++p;
    if (!digits()) return {p, false, expectation::digit};
  }
  if (p != end && (*p == 'e' || *p == 'E')) {
    ++p;
    if (p != end && (*p == '+' || *p == '-')) ++p;
    if (!digits()) return {p, false, expectation::digit};
  }
  return {p, true};
}

// The rest of an escape, from after the backslash. Half of a surrogate pair stands for no
// character, so \ud8.. must go on with \udc.. to \udf.., and \udc.. may not begin.
[[nodiscard]] constexpr token_read read_escape(const char* p, const char* end) noexcept {
  // At most `count` hexadecimal digits.
  const auto hex = [&p, end](int count) {
    for (; count != 0 && p != end && hex_value(*p) <= 0x0f; --count) ++p;
    return count == 0;
  };
  const auto is_d = [&p, end] { return p != end && (*p == 'd' || *p == 'D'); };
  if (p == end) return {p, false, expectation::escape};
  if (*p != 'u') {
    if (short_escape(*p) == '\0') return {p, false, expectation::escape};
    return {p + 1, true};
  }
  ++p;
  if (!is_d()) {
    const bool whole = hex(4);
    return {p, whole, expectation::hexadecimal_digit};
  }
  ++p;
  if (p == end || hex_value(*p) > 0x0f) return {p, false, expectation::hexadecimal_digit};
  const unsigned second = hex_value(*p);
  if (second >= 0xc) return {p, false, expectation::hexadecimal_digit};
  if (second < 8) {
    const bool whole = hex(3);
    return {p, whole, expectation::hexadecimal_digit};
  }
  if (!hex(3)) return {p, false, expectation::hexadecimal_digit};
  for (const char c : {'\\', 'u'}) {
    if (p == end || *p != c) return {p, false, expectation::low_surrogate};
    ++p;
  }
  if (!is_d()) return {p, false, expectation::low_surrogate};
  ++p;
  if (p == end || hex_value(*p) > 0x0f || hex_value(*p) < 0xc)
    return {p, false, expectation::low_surrogate};
  const bool whole = hex(3);
  return {p, whole, expectation::hexadecimal_digit};
}

// True for a character that stands for itself in a string, and is ASCII.
[[nodiscard]] constexpr bool is_plain(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

#if defined(SIGNHOOK_VECTORS)
// Skips plain characters, 32 at a time; 31 may be left. Of a text of 60 KiB it takes half the time of single words.
[[nodiscard]] inline const char* skip_plain_vectors(const char* p, const char* end) noexcept {
  const auto special = [](byte_vector text) {
    return std::bit_cast<byte_vector>(text == '"') | std::bit_cast<byte_vector>(text == '\\') |
           std::bit_cast<byte_vector>(text - ' ' > 0x7f - ' ');
  };
  for (; end - p >= 32; p += 32) {
    const auto any =
        std::bit_cast<long_vector>(special(load_bytes(p)) | special(load_bytes(p + 16)));
    if ((any[0] | any[1]) != 0) break;
  }
  return p;
}
#endif

// Skips plain characters, eight at a time; up to seven may be left. Each sum has the top bit of a byte
// where that is not special, and carries from no byte to the next.
[[nodiscard]] constexpr const char* skip_plain(const char* p, const char* end) noexcept {
  if (std::is_constant_evaluated()) return p;
  constexpr std::uint64_t each = 0x0101010101010101U;
  constexpr std::uint64_t top = each * 0x80;
#if defined(SIGNHOOK_VECTORS)
  const char* const long_text = end - p > 32 ? p + 32 : end;
#endif
  for (; end - p >= 8; p += 8) {
#if defined(SIGNHOOK_VECTORS)
    if (p == long_text) {
      p = skip_plain_vectors(p, end);
      if (end - p < 8) break;
    }
#endif
    const auto word = load<std::uint64_t>(p);
    const std::uint64_t low = word & ~top;
    const std::uint64_t plain = (low + each * (0x80 - 0x20)) & ((low ^ each * '"') + each * 0x7f) &
                                ((low ^ each * '\\') + each * 0x7f) & ~word & top;
    if (plain != top) return p + bytes_before(plain ^ top);
  }
  return p;
}

// RFC 8259, section 7, from the opening quote.
[[nodiscard]] constexpr token_read read_string(const char* p, const char* end) noexcept {
  ++p;
  while (true) {
    p = skip_plain(p, end);
    if (p == end) return {p, false, expectation::string_character};
    const auto byte = static_cast<unsigned char>(*p);
    if (*p == '"') return {p + 1, true};
    if (byte < 0x20) return {p, false, expectation::string_character};
    if (*p == '\\') {
      const token_read escape = read_escape(p + 1, end);
      if (!escape.whole) return escape;
      p = escape.at;
    } else {
      const utf8_step step = step_utf8(p, end);
      if (!step.valid) return {step.next, false, expectation::string_character, true};
      p = step.next;
    }
  }
}

// True where all escapes of a string's text are valid, which is valid otherwise.
[[nodiscard]] constexpr bool has_valid_escapes(std::string_view raw) noexcept {
  const char* const end = raw.data() + raw.size();
  for (std::size_t at = raw.find('\\'); at != std::string_view::npos; at = raw.find('\\', at)) {
    const token_read escape = read_escape(raw.data() + at + 1, end);
    if (!escape.whole) return false;
    at = static_cast<std::size_t>(escape.at - raw.data());
  }
  return true;
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail
