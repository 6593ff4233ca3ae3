// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

namespace fuzz {

// Bytes, as a row of choices. Where none is left the first of all is chosen.
class choices {
 public:
  explicit choices(std::string_view bytes) noexcept : left_(bytes) {}

  [[nodiscard]] bool is_empty() const noexcept { return left_.empty(); }

  std::size_t byte() noexcept {
    if (left_.empty()) return 0;
    const auto next = static_cast<unsigned char>(left_.front());
    left_.remove_prefix(1);
    return next;
  }

  // Less than `count`, which is at most 65536.
  std::size_t below(std::size_t count) noexcept {
    if (count <= 1) return 0;
    const std::size_t low = byte();
    return (count <= 256 ? low : low * 256 + byte()) % count;
  }

  // True once in `count` times; not where nothing is left.
  bool one_in(std::size_t count) noexcept { return below(count) == count - 1; }

  template <class Array>
  const auto& one_of(const Array& array) noexcept {
    return array[below(std::size(array))];
  }

 private:
  std::string_view left_;
};

}  // namespace fuzz
