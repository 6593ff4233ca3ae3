// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <functional>
#include <thread>
#include <vector>

// Calls a function from a separate thread on each arrival of the given signals, of which some that arrive together
// may be one. Only one object at a time may take a signal.
class signal_thread {
 public:
  signal_thread(std::vector<int> signals, std::function<void()> each);
  ~signal_thread();
  signal_thread(const signal_thread&) = delete;
  signal_thread& operator=(const signal_thread&) = delete;

 private:
  std::vector<int> signals_;
  std::array<int, 2> ends_{-1, -1};  // a pipe, to which a signal handler may write
  std::thread waiting_;
};
