// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>

// Shuts a socket down when a library that blocks on it has had its time, or half a second after the program began to
// stop. Guards one socket at a time.
class socket_watchdog {
 public:
  enum class verdict : std::uint8_t { none, timed_out, interrupted };

  explicit socket_watchdog(const std::atomic<bool>& is_stopping)
      : is_stopping_(is_stopping), thread_([this] { run(); }) {}
  ~socket_watchdog();
  socket_watchdog(const socket_watchdog&) = delete;
  socket_watchdog& operator=(const socket_watchdog&) = delete;

  // The socket must stay open until `release` or the next `guard`.
  void guard(int socket, std::chrono::steady_clock::time_point deadline);
  void release();

  // Returns why the socket guarded last was shut down.
  [[nodiscard]] verdict last_verdict();

 private:
  void run();

  const std::atomic<bool>& is_stopping_;
  std::mutex guard_;  // of what follows
  std::condition_variable changed_;
  int socket_ = -1;
  std::chrono::steady_clock::time_point deadline_{};
  std::optional<std::chrono::steady_clock::time_point> stop_at_;
  verdict verdict_ = verdict::none;
  bool is_over_ = false;
  std::thread thread_;
};
