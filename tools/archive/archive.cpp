// SPDX-License-Identifier: BSL-1.0
#include "archive/archive.hpp"

#include "system/report.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// A new file survives a crash only if its directory is synchronized too.
void keep_name(const std::string& path) {
  const std::string folder = std::filesystem::absolute(path).parent_path();
  const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) fail("cannot open " + folder);
  const bool is_kept = fsync(opened) == 0;
  ::close(opened);
  if (!is_kept) fail("cannot synchronize " + path);
}

}  // namespace

archive::archive(const std::string& path, durability keep,
                 const std::function<void(std::string_view)>& line)
    : path_(path), keep_(keep) {
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file_ < 0) fail("cannot open " + path);
  try {
    if (flock(file_, LOCK_EX | LOCK_NB) != 0) fail("cannot lock " + path);
    keep_name(path);
    recover(line);
  } catch (...) {
    ::close(file_);
    throw;
  }
  writer_ = std::thread([this] { run(); });
}

archive::~archive() {
  {
    const std::lock_guard lock(guard_);
    is_ending_ = true;
  }
  more_.notify_one();
  writer_.join();
  ::close(file_);
}

void archive::append(std::string_view line, std::function<void(bool)> done) {
  {
    const std::lock_guard lock(guard_);
    if (waiting_.empty() || keep_ == durability::each) waiting_.emplace_back();
    waiting_.back().lines += line;
    waiting_.back().done.push_back(std::move(done));
  }
  more_.notify_one();
}

bool archive::is_working() const {
  const std::lock_guard lock(guard_);
  return is_working_;
}

archive::counts archive::counted() const {
  const std::lock_guard lock(guard_);
  return counts_;
}

void archive::recover(const std::function<void(std::string_view)>& line) {
  std::array<char, std::size_t{64} * 1024> chunk{};
  std::string rest;
  for (;;) {
    const ssize_t size = ::read(file_, chunk.data(), chunk.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) fail("cannot read " + path_);
    if (size == 0) break;
    std::string_view read(chunk.data(), static_cast<std::size_t>(size));
    for (auto end = read.find('\n'); end != std::string_view::npos; end = read.find('\n')) {
      rest += read.substr(0, end);
      read.remove_prefix(end + 1);
      line(rest);
      size_ += static_cast<std::int64_t>(rest.size()) + 1;
      rest.clear();
    }
    rest += read;
  }
  if (!rest.empty()) quarantine_torn(rest);
}

void archive::quarantine_torn(std::string_view torn) {
  const std::string path = quarantine();
  const int aside = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (aside < 0) fail("cannot open " + path);
  const std::string line = std::string(torn) + '\n';
  const ssize_t written = ::write(aside, line.data(), line.size());
  const bool is_kept = written == static_cast<ssize_t>(line.size()) && fsync(aside) == 0;
  ::close(aside);
  if (!is_kept) fail("cannot write " + path);
  if (ftruncate(file_, size_) != 0 || fsync(file_) != 0) fail("cannot repair " + path_);
  was_torn_ = true;
}

// The lines that arrive while a batch is written form the next one.
void archive::run() {
  std::unique_lock lock(guard_);
  for (;;) {
    more_.wait(lock, [&] { return is_ending_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const batch next = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    const bool is_kept = write(next.lines);
    lock.lock();
    if (is_kept != is_working_) {
      report("{} {}", path_,
             is_kept ? "can be written again" : "cannot be written: requests are answered 503");
    }
    is_working_ = is_kept;
    counts_.lines += is_kept ? next.done.size() : 0;
    ++(is_kept ? counts_.writes : counts_.failures);
    lock.unlock();
    for (const auto& done : next.done) done(is_kept);
    lock.lock();
  }
}

bool archive::write(std::string_view lines) {
  if (is_unknown_ || !is_in_place()) return false;
  bool is_kept = write_all(lines);
  if (is_kept && keep_ != durability::none && fdatasync(file_) != 0) {
    // After a failed fdatasync it is unknown what is on the disk (fsync(2), "Errors").
    is_unknown_ = true;
    return false;
  }
  if (!is_kept) {
    // A partial line would be joined with the next one.
    is_unknown_ = ftruncate(file_, size_) != 0;
    return false;
  }
  size_ += static_cast<std::int64_t>(lines.size());
  return true;
}

bool archive::write_all(std::string_view lines) const {
  while (!lines.empty()) {
    const ssize_t written = ::write(file_, lines.data(), lines.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    lines.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// Returns whether the path still names the open file, which may have been moved or deleted.
bool archive::is_in_place() const {
  struct stat ours {};
  struct stat named {};
  return fstat(file_, &ours) == 0 && stat(path_.c_str(), &named) == 0 &&
         ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
}
