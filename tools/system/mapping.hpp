// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdio>
#include <optional>
#include <string_view>
#include <utility>

// A file in memory, without a copy.
class mapping {
 public:
  // None of what is no file, is empty or does not fit, and none on systems that are not POSIX.
  //
  // Should somebody cut the file meanwhile, the process says so and ends with `exit_code::failed`.
  [[nodiscard]] static std::optional<mapping> of(std::FILE* file);

  mapping(mapping&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  mapping& operator=(mapping&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  mapping(const mapping&) = delete;
  mapping& operator=(const mapping&) = delete;
  ~mapping();

  [[nodiscard]] std::string_view bytes() const { return bytes_; }

  // A part that has been used no longer takes memory; to use it again reads it again.
  void forget(std::string_view part) const;

 private:
  explicit mapping(std::string_view bytes) : bytes_(bytes) {}

  std::string_view bytes_;
};
