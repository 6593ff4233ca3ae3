// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

// Counts durations by upper bounds.
template <std::size_t Size>
class histogram {
 public:
  using bounds = std::array<std::chrono::microseconds, Size>;

  // The bounds ascend.
  explicit constexpr histogram(const bounds& upper) : upper_(upper) {}

  void add(std::chrono::nanoseconds time) {
    const auto place = std::find_if(upper_.begin(), upper_.end(),
                                    [time](const auto& bound) { return time <= bound; });
    ++counts_[static_cast<std::size_t>(place - upper_.begin())];
    sum_ += time;
  }

  // Adds the durations of another histogram with the same bounds.
  void add(const histogram& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    sum_ += other.sum_;
  }

  // Calls `each` with each bound in seconds and the number of durations up to it.
  template <class Each>
  void for_each_bound(const Each& each) const {
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < Size; ++i) {
      below += counts_[i];
      each(std::chrono::duration<double>(upper_[i]).count(), below);
    }
  }

  [[nodiscard]] std::uint64_t count() const {
    std::uint64_t all = 0;
    for (const std::uint64_t one : counts_) all += one;
    return all;
  }

  // Returns the sum of the durations in seconds.
  [[nodiscard]] double sum() const { return std::chrono::duration<double>(sum_).count(); }

 private:
  bounds upper_;
  std::array<std::uint64_t, Size + 1> counts_{};
  std::chrono::nanoseconds sum_{};
};
