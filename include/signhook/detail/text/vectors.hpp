// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/text/word.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>

// Vectors of 16 bytes. Without them the portable way is taken, and so it is by constant evaluation everywhere.
#if defined(SIGNHOOK_VECTORS)

namespace signhook::inline SIGNHOOK_ABI::detail {

using byte_vector [[gnu::vector_size(16)]] = unsigned char;
using short_vector [[gnu::vector_size(16)]] = std::uint16_t;
using int_vector [[gnu::vector_size(16)]] = std::uint32_t;
using long_vector [[gnu::vector_size(16)]] = std::uint64_t;

[[nodiscard]] inline byte_vector load_bytes(const char* p) noexcept { return load<byte_vector>(p); }

// Four bytes and four, as one word.
[[nodiscard]] inline std::uint64_t load_twice(const char* p, const char* q) noexcept {
  return std::bit_cast<long_vector>(
      int_vector{load<std::uint32_t>(p), load<std::uint32_t>(q), 0, 0})[0];
}

#if defined(__SSE2__)
#define SIGNHOOK_STRING_WINDOW 1

// The bytes of a string that are looked at together: all of most strings.
inline constexpr std::ptrdiff_t string_window = 48;

// A bit for each of the bytes at `p` that does not stand for itself in a string of JSON, or is not ASCII.
[[nodiscard]] SIGNHOOK_HOT inline std::uint64_t special_bytes(const char* p) noexcept {
  using char_vector [[gnu::vector_size(16)]] = char;
  const auto bits = [p](int at) -> std::uint64_t {
    const byte_vector text = load_bytes(p + at);
    const byte_vector special = std::bit_cast<byte_vector>(text == '"') |
                                std::bit_cast<byte_vector>(text == '\\') | (text - ' ') | text;
    return static_cast<std::uint32_t>(
        __builtin_ia32_pmovmskb128(std::bit_cast<char_vector>(special)));
  };
  return bits(0) | bits(16) << 16U | bits(32) << 32U;
}
#endif

}  // namespace signhook::inline SIGNHOOK_ABI::detail

#endif
