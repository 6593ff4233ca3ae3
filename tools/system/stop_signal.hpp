// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <functional>
#include <thread>

// Calls a function from a separate thread on the first SIGTERM or SIGINT. Only one object may exist at a
// time.
class stop_signal {
 public:
  explicit stop_signal(std::function<void()> stop);
  ~stop_signal();
  stop_signal(const stop_signal&) = delete;
  stop_signal& operator=(const stop_signal&) = delete;

 private:
  std::thread waiting_;
};
