// SPDX-License-Identifier: BSL-1.0
#include "archive/archive.hpp"

#include "archive/backward_lines.hpp"
#include "system/report.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
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

// No line of an archive is longer: a body has at most 64 MiB, and a byte of it at most six characters in JSON.
constexpr std::size_t max_line = std::size_t{512} << 20U;

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool ends_a_line(int file, std::int64_t size) {
  char last = 0;
  return ::pread(file, &last, 1, size - 1) == 1 && last == '\n';
}

std::int64_t size_of(int file, const std::string& path) {
  struct stat found {};
  if (fstat(file, &found) != 0) fail("cannot read " + path);
  return found.st_size;
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

archive::archive(std::string path, durability keep, const line_reader& line)
    : path_(std::move(path)), keep_(keep) {
  open();
  try {
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

void archive::reopen() {
  const std::lock_guard lock(guard_);
  is_to_reopen_ = true;
}

bool archive::is_working() const {
  const std::lock_guard lock(guard_);
  return is_working_;
}

archive::counts archive::counted() const {
  const std::lock_guard lock(guard_);
  return counts_;
}

void archive::open() {
  const int opened = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (opened < 0) fail("cannot open " + path_);
  try {
    if (flock(opened, LOCK_EX | LOCK_NB) != 0) fail("cannot lock " + path_);
    keep_name(path_);
  } catch (...) {
    ::close(opened);
    throw;
  }
  if (file_ >= 0) ::close(file_);
  file_ = opened;
}

void archive::recover(const line_reader& line) {
  std::int64_t size = size_of(file_, path_);
  if (size != 0 && !ends_a_line(file_, size)) {
    backward_lines torn(file_, size, max_line);
    static_cast<void>(torn.next());
    quarantine_torn(torn.offset(), size);
    size = torn.offset();
  }
  read_.bytes = size;
  backward_lines lines(file_, size, max_line);
  for (bool is_to_read = true; is_to_read;) {
    const auto one = lines.next();
    if (!one) break;
    is_to_read = line(*one);
  }
  read_.bytes_read = size - lines.offset();
}

// Moves what follows the last line that ends, in pieces, to a file of its own.
void archive::quarantine_torn(std::int64_t from, std::int64_t to) {
  const std::string path = quarantine();
  const int aside = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (aside < 0) fail("cannot open " + path);
  std::vector<char> piece(std::size_t{64} * 1024);
  bool is_kept = true;
  for (std::int64_t at = from; at < to && is_kept;) {
    const ssize_t size = ::pread(file_, piece.data(), piece.size(), at);
    is_kept = size > 0 && write_all(aside, {piece.data(), static_cast<std::size_t>(size)});
    at += size;
  }
  is_kept = is_kept && write_all(aside, "\n") && fsync(aside) == 0;
  ::close(aside);
  if (!is_kept) fail("cannot write " + path);
  if (ftruncate(file_, from) != 0 || fsync(file_) != 0) fail("cannot repair " + path_);
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
    const bool is_to_reopen = std::exchange(is_to_reopen_, false);
    lock.unlock();
    const bool is_open = !is_to_reopen || try_reopen();
    const bool is_kept = is_open && write(next.lines);
    lock.lock();
    is_to_reopen_ = is_to_reopen_ || !is_open;
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
  // Whatever somebody did to the file since the last write: the lines begin where it ends now.
  const auto size = size_in_place();
  if (is_unknown_ || !size) return false;
  const bool is_torn = *size != 0 && !ends_a_line(file_, *size);
  if ((is_torn && !write_all(file_, "\n")) || !write_all(file_, lines)) {
    // A partial line would be joined with the next one.
    is_unknown_ = ftruncate(file_, *size) != 0;
    return false;
  }
  if (keep_ != durability::none && fdatasync(file_) != 0) {
    // What is on the disk is unknown, and a second call may succeed all the same (fsync(2), "Errors"). The
    // lines are answered with 503, and come again.
    is_unknown_ = true;
    return false;
  }
  return true;
}

// Returns the file's size, if the path still names it: it may have been moved or deleted.
std::optional<std::int64_t> archive::size_in_place() const {
  struct stat ours {};
  struct stat named {};
  const bool is_same = fstat(file_, &ours) == 0 && stat(path_.c_str(), &named) == 0 &&
                       ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
  return is_same ? std::optional<std::int64_t>(ours.st_size) : std::nullopt;
}

bool archive::try_reopen() {
  try {
    // An open file is closed first, as the path may name the file that is locked already.
    ::close(std::exchange(file_, -1));
    open();
    is_unknown_ = false;
  } catch (const std::system_error& error) {
    report("{}", error.what());
    return false;
  }
  return true;
}
