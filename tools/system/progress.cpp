// SPDX-License-Identifier: BSL-1.0
#include "system/progress.hpp"

#include "system/output.hpp"
#include "system/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
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
// One column stays free, after which some terminals would wrap. Where there is little room, there is less of
// a bar, then none, and then less text.
void progress::draw(clock::time_point now) const {
  const bool is_bytes = unit_ == progress_unit::bytes;
  const std::uint64_t unit = is_bytes ? 1'000'000 : 1;
  const char* const name = is_bytes ? "MB" : "deliveries";
  const double seconds = std::chrono::duration<double>(now - begin_).count();
  const double rate = static_cast<double>(done_) / static_cast<double>(unit) / seconds;
  const std::size_t columns = terminal_columns(stderr) - 1;
  std::string text;
  if (total_) {
    constexpr std::size_t widest = 40;
    constexpr std::size_t narrowest = 5;
    const double part =
        *total_ == 0 ? 1 : static_cast<double>(done_) / static_cast<double>(*total_);
    text = fmt::format("{:3.0f} %  {}/{} {}  {:.0f} {}/s", 100 * part, done_ / unit, *total_ / unit,
                       name, rate, name);
    const std::size_t room = columns - std::min(columns, text.size());
    if (room >= narrowest + 3) {
      const std::size_t width = std::min(widest, room - 3);
      const auto filled = static_cast<std::size_t>(part * static_cast<double>(width));
      std::string bar(width, '.');
      bar.replace(0, std::min(filled, width), std::min(filled, width), '#');
      text = fmt::format("[{}] {}", bar, text);
    }
  } else {
    text = fmt::format("{0} {1}  {2:.0f} {1}/s", done_ / unit, name, rate);
  }
  print_error("\r{:.{}}\x1b[K", text, columns);
}
