// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// Every target includes this header. A target returns 0 or stops; it is linked with a fuzzing engine, or with
// main.cpp, which runs files.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace fuzz {

[[nodiscard]] inline std::string_view input(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Prints what was wrong and the bytes it was wrong with, and aborts.
[[noreturn]] void stop(std::string_view bytes, const std::string& why);

}  // namespace fuzz
