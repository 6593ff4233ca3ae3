// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The lines of a file from the last to the first. Reads no more of it than their blocks.
class backward_lines {
 public:
  // Starts at `end`; the file must stay open.
  backward_lines(int file, std::int64_t end, std::size_t max_line)
      : file_(file), begin_(end), max_line_(max_line) {}

  // Returns the line before the last one returned, without its LF, as a view until the next call, and nothing
  // before the first one. The last line need not end with LF. A line that is longer than `max_line` is returned as
  // an empty one. Throws std::system_error.
  [[nodiscard]] std::optional<std::string_view> next();

  // Returns where in the file that line begins.
  [[nodiscard]] std::int64_t offset() const { return begin_ + static_cast<std::int64_t>(left_); }

 private:
  void read_block();

  int file_;
  std::int64_t begin_;    // of the buffer, in the file
  std::size_t left_ = 0;  // bytes of the buffer before the line that was returned
  std::size_t max_line_;
  std::string buffer_;
};
