// SPDX-License-Identifier: BSL-1.0
#include "body_reader.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

body_reader::body_reader(const std::string& path, std::size_t max_bytes)
    : name_(path == "-" ? "<stdin>" : path),
      max_bytes_(max_bytes),
      file_(path == "-" ? stdin : std::fopen(path.c_str(), "rb")) {
  if (!file_) failure_ = std::generic_category().message(errno);
}

// Reads on where all of the chunk has been used.
bool body_reader::fill() {
  if (used_ != chunk_.size()) return true;
  if (!file_ || failure_) return false;
  constexpr std::size_t chunk_size = std::size_t{64} * 1024;
  chunk_.resize(chunk_size);
  used_ = 0;
  chunk_.resize(std::fread(chunk_.data(), 1, chunk_size, file_.get()));
  if (std::ferror(file_.get()) != 0) failure_ = std::generic_category().message(errno);
  return !chunk_.empty() && !failure_;
}

std::string_view body_reader::read_all() {
  while (body_.size() <= max_bytes_ && fill()) {
    const std::size_t size = std::min(chunk_.size() - used_, max_bytes_ + 1 - body_.size());
    body_.append(chunk_, used_, size);
    used_ += size;
  }
  return body_;
}

std::optional<std::string_view> body_reader::read_line() {
  while (fill()) {
    body_.clear();
    bool ended = false;
    while (!ended && fill()) {
      const std::size_t end = std::min(chunk_.find('\n', used_), chunk_.size());
      body_.append(chunk_, used_, std::min(end - used_, max_bytes_ + 2 - body_.size()));
      ended = end != chunk_.size();
      used_ = end + (ended ? 1 : 0);
    }
    ++line_;
    if (body_.ends_with('\r')) body_.pop_back();
    if (!body_.empty()) return body_;
  }
  return std::nullopt;
}
