// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/vectors.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace signhook::inline SIGNHOOK_ABI::detail {

inline constexpr std::string_view hex_digits = "0123456789abcdef";

// The value of a hexadecimal digit, or 0xff.
inline constexpr auto hex_values = [] {
  std::array<std::uint8_t, 256> values{};
  for (auto& value : values) value = 0xff;
  for (std::uint8_t i = 0; i < 10; ++i) values[static_cast<std::size_t>('0' + i)] = i;
  for (std::uint8_t i = 0; i < 6; ++i) {
    values[static_cast<std::size_t>('a' + i)] = static_cast<std::uint8_t>(10 + i);
    values[static_cast<std::size_t>('A' + i)] = static_cast<std::uint8_t>(10 + i);
  }
  return values;
}();

[[nodiscard]] constexpr std::uint8_t hex_value(char digit) noexcept {
  return hex_values[static_cast<unsigned char>(digit)];
}

#if defined(SIGNHOOK_VECTORS)
// 16 bytes from 32 digits, in words as in memory; false where one is no hexadecimal digit.
[[nodiscard]] inline bool read_hex(std::uint64_t a, std::uint64_t b, std::uint64_t c,
                                   std::uint64_t d, std::array<std::uint8_t, 16>& into) noexcept {
  byte_vector wrong{};
  const auto values = [&wrong](std::uint64_t low, std::uint64_t high) {
    const auto text = std::bit_cast<byte_vector>(long_vector{low, high});
    const byte_vector number = text - '0';
    const byte_vector letter = (text | 0x20) - 'a';
    const auto is_number = std::bit_cast<byte_vector>(number <= 9);
    const auto is_letter = std::bit_cast<byte_vector>(letter <= 5);
    wrong |= ~(is_number | is_letter);
    const byte_vector value = (number & is_number) | ((letter + 10) & is_letter);
    // Of each pair the first digit is the upper half of the byte, which comes to stand in the pair's
    // first place.
    const auto pairs = std::bit_cast<short_vector>(value);
    constexpr bool is_little = std::endian::native == std::endian::little;
    return std::bit_cast<byte_vector>(pairs << 4U | (is_little ? pairs >> 8U : pairs << 8U));
  };
  const byte_vector first = values(a, b);
  const byte_vector bytes = __builtin_shufflevector(first, values(c, d), 0, 2, 4, 6, 8, 10, 12, 14,
                                                    16, 18, 20, 22, 24, 26, 28, 30);
  const auto any_wrong = std::bit_cast<long_vector>(wrong);
  into = std::bit_cast<std::array<std::uint8_t, 16>>(bytes);
  return (any_wrong[0] | any_wrong[1]) == 0;
}
#endif

}  // namespace signhook::inline SIGNHOOK_ABI::detail
