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

// Some whole lines of an input.
struct line_block {
  std::uint64_t number = 0;  // of blocks before it
  std::uint64_t size = 0;    // in the input
  std::string_view bytes;    // of a mapping, or of `room`
  std::vector<char> room = {};
};

[[nodiscard]] std::uint64_t count_lines(const line_block& block);

// An input in blocks of about a MiB, or of what a pipe has to give. Of a line that is much longer than
// a body may be it gives no more than shows that.
class line_blocks {
 public:
  line_blocks(input& from, std::size_t max_bytes);

  // The next block; false at the end. May be called by several threads.
  [[nodiscard]] bool next(line_block& into);

  // The block's bytes are no longer needed. May be called by several threads.
  void done_with(const line_block& block) const;

  // Of all blocks, where it is known.
  [[nodiscard]] std::optional<std::uint64_t> size() const;

 private:
  [[nodiscard]] bool cut(line_block& into);
  [[nodiscard]] bool read(line_block& into);

  std::mutex guard_;
  input& from_;
  std::optional<mapping> mapped_;
  std::size_t position_ = 0;  // in what is mapped
  std::size_t longest_line_;  // that is kept
  std::string begun_;         // the line that the last block has not whole
  bool is_at_end_ = false;
  std::uint64_t blocks_ = 0;
};
