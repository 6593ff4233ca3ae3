// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

// When a line counts as kept.
enum class durability : std::uint8_t {
  group,  // once it is on the disk; lines that wait at the same time go there together
  each,   // the same, one by one
  none,   // once the system has it: it outlives the program, but not the machine
};

// A file of lines to which a line is appended, or is not: also when the disk is full or the program is
// killed, no part of one stays that `append` did not tell to be kept, but for the last line, whose
// writer may never have learned of it.
class archive {
 public:
  // Opens or makes the file, for this process alone. The beginning of a line that has no end, which a
  // crash leaves, goes to the file `set_aside()`; every other line is given to `line`. Throws
  // std::system_error.
  archive(const std::string& path, durability keep,
          const std::function<void(std::string_view)>& line);
  ~archive();
  archive(const archive&) = delete;
  archive& operator=(const archive&) = delete;

  // Keeps a line, which ends with LF, and returns when it is kept; false where it cannot be.
  // From any thread.
  [[nodiscard]] bool append(std::string_view line);

  // Whether the last that was to be kept is, or nothing was yet.
  [[nodiscard]] bool is_working() const;

  struct counts {
    std::uint64_t lines = 0;
    std::uint64_t writes = 0;  // of one line or more
    std::uint64_t failures = 0;
  };
  [[nodiscard]] counts counted() const;

  [[nodiscard]] std::string set_aside() const { return path_ + ".torn"; }
  [[nodiscard]] bool was_torn() const { return was_torn_; }

 private:
  // Lines that are kept together, or not.
  struct batch {
    std::string lines;
    std::uint64_t count = 0;
    bool is_done = false;
    bool is_kept = false;
  };

  void recover(const std::function<void(std::string_view)>& line);
  void put_aside(std::string_view torn);
  void run();
  [[nodiscard]] bool write(std::string_view lines);
  [[nodiscard]] bool write_all(std::string_view lines) const;
  [[nodiscard]] bool is_in_place() const;

  std::string path_;
  durability keep_;
  int file_ = -1;
  bool was_torn_ = false;
  bool is_unknown_ = false;  // what the file holds
  std::int64_t size_ = 0;    // of what is kept

  mutable std::mutex guard_;
  std::condition_variable more_;
  std::condition_variable done_;
  std::deque<std::shared_ptr<batch>> waiting_;
  bool is_ending_ = false;
  bool is_working_ = true;
  counts counts_;
  std::thread writer_;
};
