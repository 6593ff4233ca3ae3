// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

// Counts allocations where all of them end: at malloc, by the hooks of a sanitizer that has a malloc
// of its own and otherwise in the place of glibc's.

namespace allocations {

// Whether this build can count; if not, the count stays 0.
[[nodiscard]] bool are_counted() noexcept;

// Those of the calling thread so far.
[[nodiscard]] std::size_t count() noexcept;

}  // namespace allocations
