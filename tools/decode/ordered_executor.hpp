// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

// Lets threads that work beside each other do something one by one, in the order of their numbers.
class turns {
 public:
  // Calls `f` when those with all lower numbers, from 0, have called theirs. It returns whether there
  // shall be another turn; once there shall not, none is called.
  template <class F>
  void take(std::uint64_t number, const F& f) {
    std::unique_lock lock(guard_);
    changed_.wait(lock, [&] { return is_over_ || next_ == number; });
    if (is_over_) return;
    is_over_ = !f();
    ++next_;
    changed_.notify_all();
  }

  // There shall be no other turn: nobody waits for one any more.
  void end() {
    const std::lock_guard lock(guard_);
    is_over_ = true;
    changed_.notify_all();
  }

  [[nodiscard]] bool are_over() {
    const std::lock_guard lock(guard_);
    return is_over_;
  }

 private:
  std::mutex guard_;
  std::condition_variable changed_;
  std::uint64_t next_ = 0;
  bool is_over_ = false;
};
