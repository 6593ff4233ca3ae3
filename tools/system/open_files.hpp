// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

// Raises this process's limit on open files to `wanted` as far as the system allows, and returns how many of
// those it allows. Throws std::system_error.
[[nodiscard]] std::size_t raise_open_files(std::size_t wanted);
