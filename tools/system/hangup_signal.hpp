// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <functional>
#include <thread>

// Calls a function from a separate thread on each SIGHUP, of which some that arrive together may be one. Only one
// object may exist at a time.
class hangup_signal {
 public:
  explicit hangup_signal(std::function<void()> each);
  ~hangup_signal();
  hangup_signal(const hangup_signal&) = delete;
  hangup_signal& operator=(const hangup_signal&) = delete;

 private:
  std::thread waiting_;
};
