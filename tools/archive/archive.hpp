// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "archive/rotation.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

// When a line counts as written.
enum class durability : std::uint8_t {
  group,  // once it is on the disk; waiting lines are written together
  each,   // once it is on the disk; each line is written alone
  none,   // once the system has it: survives a crash of the program, but not of the machine
};

// A file to which each line is appended completely or not at all, even if the disk is full or the program
// is killed. Only the last lines may be in the file without `done` having been called. A file that the next
// write would make too large is renamed before it, and one that is too old soon; the write goes to a new one.
class archive {
 public:
  // Receives a line, and returns whether to read the one before it, too.
  using line_reader = std::function<bool(std::string_view)>;

  // Opens or creates the file, locked for this process. Passes its lines from the last to the first, and then those
  // of the files that rotations have left, while `line` returns true. An incomplete last line, which a crash leaves, is moved to the file `quarantine()`. A line
  // that is longer than an archive's can be is passed as an empty one. Throws std::system_error.
  archive(std::string path, durability keep, const line_reader& line, const rotation& when = {});
  ~archive();
  archive(const archive&) = delete;
  archive& operator=(const archive&) = delete;

  // Appends a line, which ends with LF, and calls `done` in another thread when it is durable, or with false
  // if that fails. `done` must not throw, nor wait. Thread-safe.
  void append(std::string_view line, std::function<void(bool)> done);

  // Opens the path again before the next write, as after a rotation, and trusts the file again after an error.
  // Thread-safe.
  void reopen();

  // Returns whether the last write succeeded, or none was tried yet.
  [[nodiscard]] bool is_working() const;

  struct counts {
    std::uint64_t lines = 0;
    std::uint64_t writes = 0;  // of one line or more
    std::uint64_t failures = 0;
    std::uint64_t rotations = 0;
  };
  [[nodiscard]] counts counted() const;

  // The lines that were passed at the start.
  struct extent {
    std::int64_t bytes = 0;  // of all files
    std::int64_t bytes_read = 0;
    std::size_t rotated = 0;  // files
  };
  [[nodiscard]] const extent& read_at_start() const { return read_; }

  [[nodiscard]] std::string quarantine() const { return path_ + ".torn"; }
  [[nodiscard]] bool was_torn() const { return was_torn_; }

 private:
  // Lines that are written together.
  struct batch {
    std::string lines;
    std::vector<std::function<void(bool)>> done;  // one a line
  };

  void open();
  void recover(const line_reader& line);
  [[nodiscard]] bool read_part(int file, std::int64_t size, const line_reader& line);
  void quarantine_torn(std::int64_t from, std::int64_t to);
  void run();
  void wait_for_lines(std::unique_lock<std::mutex>& lock);
  [[nodiscard]] std::chrono::milliseconds time_to_rotation() const;
  [[nodiscard]] bool write(std::string_view lines);
  [[nodiscard]] std::optional<std::int64_t> size_in_place() const;
  [[nodiscard]] bool try_reopen();
  [[nodiscard]] bool is_to_rotate(std::size_t more) const;
  [[nodiscard]] bool rotate();
  void remove_oldest() const;

  std::string path_;
  durability keep_;
  rotation rotation_;
  std::chrono::system_clock::time_point begin_;  // time of the file's first line
  std::optional<std::chrono::steady_clock::time_point> rotation_failed_;
  int file_ = -1;
  bool was_torn_ = false;
  extent read_;
  bool is_unknown_ = false;  // the content of the file is unknown

  mutable std::mutex guard_;
  std::condition_variable more_;
  std::deque<batch> waiting_;
  bool is_ending_ = false;
  bool is_to_reopen_ = false;
  bool is_working_ = true;
  counts counts_;
  std::thread writer_;
};
