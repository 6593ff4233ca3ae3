// SPDX-License-Identifier: BSL-1.0
#include "archive/archive.hpp"

#include "archive/archive_entry.hpp"
#include "archive/backward_lines.hpp"
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

// Returns the time of the file's first line, which is now if there is none.
std::chrono::system_clock::time_point begin_of(int file) {
  std::array<char, 64> text{};
  const auto now = std::chrono::system_clock::now();
  const ssize_t size = ::pread(file, text.data(), text.size(), 0);
  if (size <= 0) return now;
  const auto time = time_of_line({text.data(), static_cast<std::size_t>(size)});
  // A clock that was ahead does not put the rotation off.
  return std::min(time.value_or(now), now);
}

// A new file and a new name survive a crash only if their directory is synchronized too.
void keep_name(const std::string& path) {
  const std::string folder = std::filesystem::absolute(path).parent_path();
  const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) fail("cannot open " + folder);
  const bool is_kept = fsync(opened) == 0;
  ::close(opened);
  if (!is_kept) fail("cannot synchronize " + path);
}

}  // namespace

archive::archive(std::string path, durability keep, const line_reader& line, const rotation& when)
    : path_(std::move(path)), keep_(keep), rotation_(when) {
  open();
  try {
    recover(line);
    remove_oldest();
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
  begin_ = begin_of(file_);
}

void archive::recover(const line_reader& line) {
  std::int64_t size = size_of(file_, path_);
  if (size != 0 && !ends_a_line(file_, size)) {
    backward_lines torn(file_, size, max_line);
    static_cast<void>(torn.next());
    quarantine_torn(torn.offset(), size);
    size = torn.offset();
  }
  bool is_to_read = read_part(file_, size, line);
  for (const std::string& path : rotated_files(path_)) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) fail("cannot open " + path);
    try {
      ++read_.rotated;
      const std::int64_t all = size_of(file, path);
      if (is_to_read) {
        is_to_read = read_part(file, all, line);
      } else {
        read_.bytes += all;
      }
    } catch (...) {
      ::close(file);
      throw;
    }
    ::close(file);
  }
}

// Returns whether to read what is before.
bool archive::read_part(int file, std::int64_t size, const line_reader& line) {
  backward_lines lines(file, size, max_line);
  bool is_to_read = true;
  while (is_to_read) {
    const auto one = lines.next();
    if (!one) break;
    is_to_read = line(*one);
  }
  read_.bytes += size;
  read_.bytes_read += size - lines.offset();
  return is_to_read;
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
    wait_for_lines(lock);
    if (waiting_.empty()) return;
    const batch next = std::move(waiting_.front());
    waiting_.pop_front();
    const bool is_to_reopen = std::exchange(is_to_reopen_, false);
    lock.unlock();
    const bool is_open = is_to_reopen ? try_reopen() : !is_to_rotate(next.lines.size()) || rotate();
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

// Rotates by age meanwhile, also if nothing arrives.
void archive::wait_for_lines(std::unique_lock<std::mutex>& lock) {
  const auto is_over = [this] { return is_ending_ || !waiting_.empty(); };
  if (rotation_.max_age.count() == 0) return more_.wait(lock, is_over);
  while (!more_.wait_for(lock, time_to_rotation(), is_over)) {
    lock.unlock();
    const bool is_open = !is_to_rotate(0) || rotate();
    lock.lock();
    is_to_reopen_ = is_to_reopen_ || !is_open;
  }
}

// Returns the time after which to look at the file's age. The clock may be set meanwhile, and an old file may be empty
// or not be renamed, so that it is neither long nor nothing.
std::chrono::milliseconds archive::time_to_rotation() const {
  using std::chrono::milliseconds;
  constexpr milliseconds least{1000};
  constexpr milliseconds most{60'000};
  const auto oldest = std::chrono::system_clock::now() - rotation_.max_age;
  if (begin_ <= oldest) return least;
  return std::clamp(std::chrono::ceil<milliseconds>(begin_ - oldest), least, most);
}

bool archive::write(std::string_view lines) {
  // Whatever somebody did to the file since the last write: the lines begin where it ends now.
  const auto size = size_in_place();
  if (is_unknown_ || !size) return false;
  if (*size == 0) begin_ = std::chrono::system_clock::now();
  const bool is_torn = *size != 0 && !ends_a_line(file_, *size);
  if ((is_torn && !write_all(file_, "\n")) || !write_all(file_, lines)) {
    // A partial line would be joined with the next one.
    is_unknown_ = ftruncate(file_, *size) != 0;
    return false;
  }
  if (keep_ != durability::none && fdatasync(file_) != 0) {
    // The kernel may have dropped the pages, and a second call can succeed without them (fsync(2), "Errors"): the
    // file is not written again until it is reopened. The lines are answered with 503, and come again.
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

// Returns whether a write of `more` bytes is for a new file. An empty file is never renamed, nor one whose content
// is unknown.
bool archive::is_to_rotate(std::size_t more) const {
  if (!rotation_.is_on() || is_unknown_) return false;
  constexpr std::chrono::seconds interval(10);  // after a failure
  if (rotation_failed_ && std::chrono::steady_clock::now() - *rotation_failed_ < interval) {
    return false;
  }
  const auto size = size_in_place();
  if (!size || *size == 0) return false;
  const bool is_too_large =
      rotation_.max_bytes != 0 && static_cast<std::uint64_t>(*size) + more > rotation_.max_bytes;
  // In this order, because the difference of two times may be too large for nanoseconds in 64 bits.
  const bool is_too_old = rotation_.max_age.count() != 0 &&
                          begin_ <= std::chrono::system_clock::now() - rotation_.max_age;
  return is_too_large || is_too_old;
}

// Renames the file and creates a new one. Killed in between, the program finds no file at its next start and
// creates one. Returns whether a file is open: without the new one nothing can be written.
bool archive::rotate() {
  try {
    const std::string to = next_rotated_file(path_, std::chrono::system_clock::now());
    if (std::rename(path_.c_str(), to.c_str()) != 0) fail("cannot rename " + path_);
  } catch (const std::system_error& error) {
    // The lines go where they went before.
    if (!rotation_failed_) report("{}", error.what());
    rotation_failed_ = std::chrono::steady_clock::now();
    return true;
  }
  rotation_failed_.reset();
  if (!try_reopen()) return false;
  remove_oldest();
  const std::lock_guard lock(guard_);
  ++counts_.rotations;
  return true;
}

void archive::remove_oldest() const {
  try {
    remove_rotated_files(path_, rotation_);
  } catch (const std::system_error& error) {
    // The next rotation tries again.
    report("{}", error.what());
  }
}
