// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdio>
#include <optional>
#include <string_view>
#include <utility>

// A file mapped into memory.
class mapping {
 public:
  // Returns no mapping for anything but a regular file, for one that is empty or too large, and on
  // systems without POSIX. If the file is truncated later, the process prints an error and exits with
  // `exit_code::failed`.
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

  // Frees the memory of a part; using it again reads it again.
  void release(std::string_view part) const;

 private:
  explicit mapping(std::string_view bytes) : bytes_(bytes) {}

  std::string_view bytes_;
};
