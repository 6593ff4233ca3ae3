// SPDX-License-Identifier: BSL-1.0
#include "system/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>

progress::progress(bool is_shown, std::optional<std::uint64_t> total, progress_unit unit)
    : is_shown_(is_shown), total_(total), unit_(unit) {}

void progress::advance(std::uint64_t count) {
  done_ += count;
  const clock::time_point now = clock::now();
  if (!is_shown_ || now < next_) return;
  draw(now);
  is_drawn_ = true;
  next_ = now + std::chrono::milliseconds(100);
}

void progress::clear() {
  if (!is_drawn_) return;
  static_cast<void>(std::fputs("\r\x1b[K", stderr));  // called by the destructor: does not throw
  is_drawn_ = false;
}

// [##########..............................]  25 %  256/1024 MB  812 MB/s
void progress::draw(clock::time_point now) const {
  const bool is_bytes = unit_ == progress_unit::bytes;
  const std::uint64_t unit = is_bytes ? 1'000'000 : 1;
  const char* const name = is_bytes ? "MB" : "deliveries";
  const double seconds = std::chrono::duration<double>(now - begin_).count();
  const double rate = static_cast<double>(done_) / static_cast<double>(unit) / seconds;
  if (!total_) {
    fmt::print(stderr, "\r{0} {1}  {2:.0f} {1}/s\x1b[K", done_ / unit, name, rate);
    return;
  }
  constexpr int width = 40;
  const double part = static_cast<double>(done_) / static_cast<double>(*total_);
  fmt::print(stderr, "\r[{:.<{}}] {:3.0f} %  {}/{} {}  {:.0f} {}/s\x1b[K",
             fmt::format("{:#<{}}", "", std::min(width, static_cast<int>(part * width))), width,
             100 * part, done_ / unit, *total_ / unit, name, rate, name);
}
