// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/load.hpp>

#include <cstdint>

// Vectors of 16 bytes, by the language extension that GCC and clang share, where the machine has such.
// Elsewhere the portable way is taken, and so it is by constant evaluation everywhere.
#if defined(__GNUC__) && (defined(__SSE2__) || defined(__ARM_NEON))
#define SIGNHOOK_VECTORS 1

namespace signhook::inline SIGNHOOK_ABI::detail {

using byte_vector [[gnu::vector_size(16)]] = unsigned char;
using short_vector [[gnu::vector_size(16)]] = std::uint16_t;
using long_vector [[gnu::vector_size(16)]] = std::uint64_t;

[[nodiscard]] inline byte_vector load_bytes(const char* p) noexcept { return load<byte_vector>(p); }

}  // namespace signhook::inline SIGNHOOK_ABI::detail

#endif
