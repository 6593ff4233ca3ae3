// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

// Writes lines to a file descriptor in a thread of its own, so that a reader that is slow or has stopped
// makes nobody else wait. All functions but the constructor are thread-safe.
class line_writer {
 public:
  using clock = std::chrono::steady_clock;

  // The descriptor must stay open. At most `max_bytes` wait to be written.
  line_writer(int descriptor, std::size_t max_bytes);
  ~line_writer();
  line_writer(const line_writer&) = delete;
  line_writer& operator=(const line_writer&) = delete;

  // Queues a line, to which it adds LF. Calls `done`, if there is one, once the line is written or will not be:
  // in the thread that writes, or at once if there is no room or a write has failed.
  void push(std::string_view line, std::function<void()> done = {});

  // Lets the lines that wait be written until then at the latest.
  void end_by(clock::time_point last);

  // Waits for that. Returns whether all lines were written.
  [[nodiscard]] bool finish();

  struct counts {
    std::uint64_t written = 0;
    std::uint64_t lost = 0;  // not written for want of room, or after a failure
    std::size_t waiting = 0;
    int error = 0;                   // of errno, if a write has failed
    std::chrono::seconds blocked{};  // time since the last progress, while lines wait
  };
  [[nodiscard]] counts counted() const;

 private:
  struct batch {
    std::string text;
    std::size_t lines = 0;
    std::vector<std::function<void()>> done;
  };

  void run();
  [[nodiscard]] bool write(std::string_view text);
  [[nodiscard]] bool wait_for_room();

  const int descriptor_;
  const std::size_t max_bytes_;
  const bool is_file_;
  mutable std::mutex guard_;
  std::condition_variable more_;
  batch waiting_;
  std::size_t in_write_ = 0;  // lines
  counts counts_;
  clock::time_point progress_ = clock::now();
  clock::time_point last_ = clock::time_point::max();
  bool is_ending_ = false;
  std::thread writer_;
};
