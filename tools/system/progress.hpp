// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

// The unit of progress.
enum class progress_unit : std::uint8_t { bytes, deliveries };

// Draws a progress bar on standard error once the work takes longer than half a second.
class progress {
 public:
  // `total` is the amount of work, if it is known. Does nothing unless `is_shown`.
  progress(bool is_shown, std::optional<std::uint64_t> total,
           progress_unit unit = progress_unit::bytes);
  ~progress() { clear(); }
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  // Adds to the work done.
  void advance(std::uint64_t count);

  // Removes the bar so that other output can be printed; the next `advance` draws it again.
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
