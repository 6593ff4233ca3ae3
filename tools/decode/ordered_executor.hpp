// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

// Runs functions of several threads one at a time, in the order of their numbers.
class ordered_executor {
 public:
  // Waits until the functions of all lower numbers, from 0, have run, and calls `f`. If `f` returns
  // false, or after `stop`, no other function is called.
  template <class F>
  void run(std::uint64_t number, const F& f) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return is_stopped_ || next_ == number; });
    if (is_stopped_) return;
    is_stopped_ = !f();
    ++next_;
    changed_.notify_all();
  }

  // Lets every waiting thread go on without a call.
  void stop() {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
    changed_.notify_all();
  }

  [[nodiscard]] bool is_stopped() {
    const std::lock_guard lock(mutex_);
    return is_stopped_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t next_ = 0;
  bool is_stopped_ = false;
};
