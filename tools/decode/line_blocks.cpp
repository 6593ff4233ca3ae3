// SPDX-License-Identifier: BSL-1.0
#include "decode/line_blocks.hpp"

#include <algorithm>

namespace {

// Its events, printed, still lie in the caches.
constexpr std::size_t block_size = std::size_t{1} << 20U;

}  // namespace

line_blocks::line_blocks(input& from, std::size_t max_bytes)
    : from_(from),
      mapped_(from.map()),
      longest_line_(max_bytes + 2) {}  // one byte too many, and CR

std::optional<std::uint64_t> line_blocks::size() const {
  if (!mapped_) return std::nullopt;
  return mapped_->bytes().size();
}

bool line_blocks::next(line_block& into) {
  const std::lock_guard lock(guard_);
  into.number = blocks_;
  if (!(mapped_ ? cut(into) : read(into))) return false;
  ++blocks_;
  return true;
}

std::uint64_t count_lines(const line_block& block) {
  const auto ends = std::count(block.bytes.begin(), block.bytes.end(), '\n');
  return static_cast<std::uint64_t>(ends) + (block.bytes.ends_with('\n') ? 0 : 1);
}

void line_blocks::done_with(const line_block& block) const {
  if (mapped_) mapped_->forget(block.bytes);
}

bool line_blocks::cut(line_block& into) {
  const std::string_view rest = mapped_->bytes().substr(position_);
  std::size_t size = std::min(rest.size(), block_size);
  while (size < rest.size() && rest[size - 1] != '\n') {
    const std::string_view next = rest.substr(size, block_size);
    const std::size_t line_end = next.find('\n');
    size += line_end == std::string_view::npos ? next.size() : line_end + 1;
    if (line_end == std::string_view::npos) mapped_->forget(next);
  }
  into.bytes = rest.substr(0, std::min(size, block_size + longest_line_));
  into.size = size;
  position_ += size;
  return size != 0;
}

bool line_blocks::read(line_block& into) {
  std::vector<char>& room = into.room;
  std::size_t used = begun_.size();
  room.resize(std::max(room.size(), used + block_size));
  std::copy(begun_.begin(), begun_.end(), room.begin());
  into.size = 0;
  while (!is_at_end_) {
    room.resize(std::max(room.size(), used + block_size));
    const std::size_t size = from_.read(room.data() + used, block_size);
    into.size += size;
    is_at_end_ = size == 0;
    const std::string_view fresh(room.data() + used, size);
    const std::size_t line_end = fresh.rfind('\n');
    if (line_end != std::string_view::npos) {
      begun_ = fresh.substr(line_end + 1, longest_line_);
      into.bytes = {room.data(), used + line_end + 1};
      return true;
    }
    used = std::min(used + size, longest_line_);
  }
  // The last line has no end. Where reading failed it is not known whether it is whole.
  begun_.clear();
  into.bytes = {room.data(), used};
  return used != 0 && !from_.failure();
}
