// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

// What is counted.
enum class progress_unit : std::uint8_t { bytes, deliveries };

// A bar on standard error, for work that takes longer than half a second.
class progress {
 public:
  // `total` where it is known. One that is not shown does nothing.
  progress(bool is_shown, std::optional<std::uint64_t> total,
           progress_unit unit = progress_unit::bytes);
  ~progress() { clear(); }
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  // So many more are done.
  void advance(std::uint64_t count);

  // Makes room for what else is to be printed; the next `advance` draws it again.
  void clear();

 private:
  using clock = std::chrono::steady_clock;

  void draw(clock::time_point now) const;

  bool is_shown_;
  bool is_drawn_ = false;
  std::optional<std::uint64_t> total_;
  progress_unit unit_;
  std::uint64_t done_ = 0;
  clock::time_point begin_ = clock::now();
  clock::time_point next_ = begin_ + std::chrono::milliseconds(500);
};
