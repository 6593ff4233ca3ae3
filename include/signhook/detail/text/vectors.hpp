// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/text/word.hpp>

#include <bit>
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

}  // namespace signhook::inline SIGNHOOK_ABI::detail

#endif
