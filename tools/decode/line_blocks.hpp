// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "system/input.hpp"
#include "system/mapping.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A number of whole lines of an input.
struct line_block {
  std::uint64_t number = 0;  // counts the blocks of the input from 0
  std::uint64_t size = 0;    // bytes of the input
  std::string_view bytes;    // a part of a mapping, or of `buffer`
  std::vector<char> buffer = {};
};

[[nodiscard]] std::uint64_t count_lines(const line_block& block);

// Splits an input into blocks of about 1 MiB, or of what a pipe delivers at once. A line that is longer
// than a body may be is cut: what remains is just too long to be accepted.
class line_blocks {
 public:
  line_blocks(input& from, std::size_t max_bytes);

  // Reads the next block; returns false at the end. Thread-safe.
  [[nodiscard]] bool next(line_block& into);

  // Releases the block's bytes. Thread-safe.
  void release(const line_block& block) const;

  // Returns the size of the input, if it is known.
  [[nodiscard]] std::optional<std::uint64_t> size() const;

 private:
  [[nodiscard]] bool cut(line_block& into);
  [[nodiscard]] bool read(line_block& into);

  std::mutex mutex_;
  input& from_;
  std::optional<mapping> mapped_;
  std::size_t position_ = 0;   // in the mapping
  std::size_t max_line_size_;  // longer lines are cut
  std::string partial_;        // the line that the last block ended in
  bool is_at_end_ = false;
  std::uint64_t blocks_ = 0;
};
