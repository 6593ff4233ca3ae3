// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/text/vectors.hpp>

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
// The bytes at even places of both vectors. GCC has `__builtin_shufflevector` since version 12.
[[nodiscard]] inline byte_vector every_second_byte(byte_vector first, byte_vector last) noexcept {
#if defined(__clang__) || __GNUC__ >= 12
  return __builtin_shufflevector(first, last, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28,
                                 30);
#else
  return __builtin_shuffle(first, last,
                           byte_vector{0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30});
#endif
}

// 16 bytes from 32 digits; false where one is no hexadecimal digit, or where something else is wrong.
[[nodiscard]] inline bool read_hex(byte_vector first, byte_vector last, byte_vector wrong,
                                   std::array<std::uint8_t, 16>& into) noexcept {
  // The values of digits, and 16 or more for what is none. Each of the two sums is least, or greatest,
  // where it would otherwise wrap around into the values of digits.
  const auto values = [](byte_vector text) {
    const byte_vector from_9 = text + (0xff - '9');  // 0xf6 to 0xff for a decimal digit
    const byte_vector from_a = (text & 0xdf) - 'A';
    const byte_vector decimal = (from_9 > 6 ? from_9 : byte_vector{} + 6) - 0xf6;
    const byte_vector letter = (from_a < 0xf5 ? from_a : byte_vector{} + 0xf5) + 10;
    return decimal < letter ? decimal : letter;
  };
  // Of each pair the first digit is the upper half of the byte, which comes to stand in the pair's
  // first place.
  const auto joined = [](byte_vector value) {
    const auto pairs = std::bit_cast<short_vector>(value);
    constexpr bool is_little = std::endian::native == std::endian::little;
    return std::bit_cast<byte_vector>(pairs << 4U | (is_little ? pairs >> 8U : pairs << 8U));
  };
  const byte_vector upper = values(first);
  const byte_vector lower = values(last);
  const byte_vector bytes = every_second_byte(joined(upper), joined(lower));
  const auto any_wrong = std::bit_cast<long_vector>(((upper | lower) & 0xf0) | wrong);
  into = std::bit_cast<std::array<std::uint8_t, 16>>(bytes);
  return (any_wrong[0] | any_wrong[1]) == 0;
}
#endif

}  // namespace signhook::inline SIGNHOOK_ABI::detail
