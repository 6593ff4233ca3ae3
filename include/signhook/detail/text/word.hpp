// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>
#include <utility>

// Text a word at a time. A word has the bytes in the order of memory, whatever the machine's.

namespace signhook::inline SIGNHOOK_ABI::detail {

template <class Word>
[[nodiscard]] SIGNHOOK_HOT inline Word load(const char* p) noexcept {
  Word word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

// The bits of a number that a size holds, which are all of them where sizes have 64 bits.
[[nodiscard]] constexpr std::size_t low_bits(std::uint64_t of) noexcept {
  return of & (std::numeric_limits<std::size_t>::max)();
}

// The word that begins with `text` and is filled up with `filler`.
[[nodiscard]] constexpr std::uint64_t word_of(std::string_view text, char filler = '\0') noexcept {
  std::array<char, 8> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = i < text.size() ? text[i] : filler;
  return std::bit_cast<std::uint64_t>(bytes);
}

// All bits of the first `size` bytes of a word.
[[nodiscard]] constexpr std::uint64_t first_bytes(std::size_t size) noexcept {
  std::array<unsigned char, 8> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = i < size ? 0xff : 0;
  return std::bit_cast<std::uint64_t>(bytes);
}

// Returns the number of equal bytes of two words before the first that differs.
[[nodiscard]] constexpr std::size_t equal_bytes(std::uint64_t a, std::uint64_t b) noexcept {
  const int bits = std::endian::native == std::endian::little ? std::countr_zero(a ^ b)
                                                              : std::countl_zero(a ^ b);
  return static_cast<std::size_t>(bits) / 8;
}

// Returns the number of bytes of a word before the first of which `bits` has a bit.
[[nodiscard]] constexpr std::size_t bytes_before(std::uint64_t bits) noexcept {
  return equal_bytes(bits, 0);
}

template <const auto& Text, std::size_t... I>
[[nodiscard]] SIGNHOOK_HOT inline bool begins_with_words(const char* p,
                                                         std::index_sequence<I...>) noexcept {
  constexpr std::string_view text(Text.data(), Text.size());
  constexpr std::size_t last = text.size() - 8;
  return ((load<std::uint64_t>(p + last) ^ word_of(text.substr(last))) | ... |
          (load<std::uint64_t>(p + 8 * I) ^ word_of(text.substr(8 * I)))) == 0;
}

// Returns true if the bytes at `p`, at least as many as `Text` has, begin with `Text`, a constant array of
// characters. Compilers call memcmp for sizes other than 1, 2, 4 and 8.
template <const auto& Text>
[[nodiscard]] SIGNHOOK_HOT inline bool begins_with(const char* p) noexcept {
  if constexpr (Text.size() < 8) {
    return std::memcmp(p, Text.data(), Text.size()) == 0;
  } else {
    return begins_with_words<Text>(p, std::make_index_sequence<(Text.size() - 1) / 8>{});
  }
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail
