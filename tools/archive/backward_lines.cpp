// SPDX-License-Identifier: BSL-1.0
#include "archive/backward_lines.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

std::optional<std::string_view> backward_lines::next() {
  if (left_ == 0 && begin_ == 0) return std::nullopt;
  if (left_ == 0) read_block();
  std::size_t after = buffer_[left_ - 1] == '\n' ? 1 : 0;  // bytes that follow the line
  bool is_too_long = false;
  for (;;) {
    const std::string_view text(buffer_.data(), left_ - after);
    const std::size_t before = text.rfind('\n');
    if (before != std::string_view::npos || begin_ == 0) {
      left_ = before == std::string_view::npos ? 0 : before + 1;
      const std::string_view line = text.substr(left_);
      return is_too_long || line.size() > max_line_ ? std::string_view() : line;
    }
    if (text.size() > max_line_) {
      is_too_long = true;
      left_ = after = 0;
    }
    read_block();
  }
}

// Blocks grow with the line, so that a long one is not copied for each.
void backward_lines::read_block() {
  constexpr std::size_t least = std::size_t{256} << 10U;
  constexpr std::size_t most = std::size_t{16} << 20U;
  const std::int64_t size =
      std::min(begin_, static_cast<std::int64_t>(std::clamp(left_, least, most)));
  std::string read(static_cast<std::size_t>(size) + left_, '\0');
  for (std::int64_t at = 0; at < size;) {
    const ssize_t got =
        ::pread(file_, read.data() + at, static_cast<std::size_t>(size - at), begin_ - size + at);
    if (got < 0 && errno == EINTR) continue;
    // A file that ends earlier was truncated meanwhile.
    const int why = got < 0 ? errno : EIO;
    if (got <= 0) throw std::system_error(why, std::generic_category(), "cannot read");
    at += got;
  }
  std::copy_n(buffer_.data(), left_, read.data() + size);
  buffer_ = std::move(read);
  begin_ -= size;
  left_ += static_cast<std::size_t>(size);
}
