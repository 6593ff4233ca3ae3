// SPDX-License-Identifier: BSL-1.0
#include "deliver/socket_watchdog.hpp"

#include <sys/socket.h>

#include <algorithm>

socket_watchdog::~socket_watchdog() {
  {
    const std::lock_guard lock(guard_);
    is_over_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void socket_watchdog::guard(int socket, std::chrono::steady_clock::time_point deadline) {
  {
    const std::lock_guard lock(guard_);
    socket_ = socket;
    deadline_ = deadline;
    stop_at_.reset();
    verdict_ = verdict::none;
  }
  changed_.notify_one();
}

void socket_watchdog::release() {
  const std::lock_guard lock(guard_);
  socket_ = -1;
}

socket_watchdog::verdict socket_watchdog::last_verdict() {
  const std::lock_guard lock(guard_);
  return verdict_;
}

void socket_watchdog::run() {
  constexpr std::chrono::milliseconds interval{50};
  constexpr std::chrono::milliseconds grace{500};  // as requests over HTTP have it
  std::unique_lock lock(guard_);
  while (!is_over_) {
    if (socket_ < 0) {
      changed_.wait(lock, [this] { return is_over_ || socket_ >= 0; });
      continue;
    }
    const auto now = std::chrono::steady_clock::now();
    if (is_stopping_ && !stop_at_) stop_at_ = now + grace;
    const bool is_late = now >= deadline_;
    if (is_late || (stop_at_ && now >= *stop_at_)) {
      verdict_ = is_late ? verdict::timed_out : verdict::interrupted;
      ::shutdown(socket_, SHUT_RDWR);
      socket_ = -1;
      continue;
    }
    changed_.wait_until(lock, std::min(deadline_, now + interval));
  }
}
