// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdio>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

// Pipes lines to a shell command, in order.
class forwarder {
 public:
  // Throws std::system_error if the shell cannot be started.
  explicit forwarder(const std::string& command);
  ~forwarder();
  forwarder(const forwarder&) = delete;
  forwarder& operator=(const forwarder&) = delete;

  // Queues a line. Waits while the queue is full; does nothing after the command ended. Thread-safe.
  void push(std::string line);

  // Writes the rest and waits for the command. Returns whether it read everything and exited with 0.
  [[nodiscard]] bool finish();

 private:
  static constexpr std::size_t max_waiting = 4096;

  void run();

  std::FILE* pipe_;
  std::mutex guard_;
  std::condition_variable not_empty_;
  std::condition_variable not_full_;
  std::deque<std::string> waiting_;
  bool is_ending_ = false;
  bool has_failed_ = false;
  std::thread writer_;
};
