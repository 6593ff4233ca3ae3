// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdio>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

// Gives lines to a command of the shell, in their order.
class forwarder {
 public:
  // Throws std::system_error where there is no shell.
  explicit forwarder(const std::string& command);
  ~forwarder();
  forwarder(const forwarder&) = delete;
  forwarder& operator=(const forwarder&) = delete;

  // From any thread. Waits where the command is many lines behind; does nothing once it has ended.
  void put(std::string line);

  // Gives it the rest, and waits for its end: whether it took all and ended with 0.
  [[nodiscard]] bool finish();

 private:
  static constexpr std::size_t most_waiting = 4096;

  void run();

  std::FILE* pipe_;
  std::mutex guard_;
  std::condition_variable more_;
  std::condition_variable room_;
  std::deque<std::string> waiting_;
  bool is_ending_ = false;
  bool has_failed_ = false;
  std::thread writer_;
};
