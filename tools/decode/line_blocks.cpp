// SPDX-License-Identifier: BSL-1.0
#include "decode/line_blocks.hpp"

#include <algorithm>

namespace {

// Small enough for the events that are printed from it to stay in the cache.
constexpr std::size_t block_size = std::size_t{1} << 20U;

}  // namespace

line_blocks::line_blocks(input& from, std::size_t max_bytes)
    : from_(from),
      mapped_(from.map()),
      max_line_size_(max_bytes + 2) {}  // one byte more than allowed, and CR

std::optional<std::uint64_t> line_blocks::size() const {
  if (!mapped_) return std::nullopt;
  return mapped_->bytes().size();
}

bool line_blocks::next(line_block& into) {
  const std::lock_guard lock(mutex_);
  into.number = blocks_;
  if (!(mapped_ ? cut(into) : read(into))) return false;
  ++blocks_;
  return true;
}

std::uint64_t count_lines(const line_block& block) {
  const auto ends = std::count(block.bytes.begin(), block.bytes.end(), '\n');
  return static_cast<std::uint64_t>(ends) + (block.bytes.ends_with('\n') ? 0 : 1);
}

void line_blocks::release(const line_block& block) const {
  if (mapped_) mapped_->release(block.bytes);
}

bool line_blocks::cut(line_block& into) {
  const std::string_view rest = mapped_->bytes().substr(position_);
  std::size_t size = std::min(rest.size(), block_size);
  while (size < rest.size() && rest[size - 1] != '\n') {
    const std::string_view next = rest.substr(size, block_size);
    const std::size_t line_end = next.find('\n');
    size += line_end == std::string_view::npos ? next.size() : line_end + 1;
    if (line_end == std::string_view::npos) mapped_->release(next);
  }
  into.bytes = rest.substr(0, std::min(size, block_size + max_line_size_));
  into.size = size;
  position_ += size;
  return size != 0;
}

bool line_blocks::read(line_block& into) {
  std::vector<char>& buffer = into.buffer;
  std::size_t used = partial_.size();
  buffer.resize(std::max(buffer.size(), used + block_size));
  std::copy(partial_.begin(), partial_.end(), buffer.begin());
  into.size = 0;
  while (!is_at_end_) {
    buffer.resize(std::max(buffer.size(), used + block_size));
    const std::size_t size = from_.read(buffer.data() + used, block_size);
    into.size += size;
    is_at_end_ = size == 0;
    const std::string_view fresh(buffer.data() + used, size);
    const std::size_t line_end = fresh.rfind('\n');
    if (line_end != std::string_view::npos) {
      partial_ = fresh.substr(line_end + 1, max_line_size_);
      into.bytes = {buffer.data(), used + line_end + 1};
      return true;
    }
    used = std::min(used + size, max_line_size_);
  }
  // The last line has no line feed. After a read error it may be incomplete.
  partial_.clear();
  into.bytes = {buffer.data(), used};
  return used != 0 && !from_.failure();
}
