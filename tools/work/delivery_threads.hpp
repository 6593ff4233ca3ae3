// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "deliver/target.hpp"
#include "work/attempt.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

// Threads that deliver events, each to a target of its own. Thread-safe.
class delivery_threads {
 public:
  // Throws std::runtime_error if a target cannot be made.
  delivery_threads(const target_options& to, std::size_t count);
  ~delivery_threads();
  delivery_threads(const delivery_threads&) = delete;
  delivery_threads& operator=(const delivery_threads&) = delete;

  // Delivers an event as soon as a thread is free.
  void push(taken_event one);

  // Returns the attempts that have ended since the last call, after waiting for one, or for `wake`, until then.
  [[nodiscard]] std::vector<attempt> wait_until(std::chrono::steady_clock::time_point last);

  // Ends a wait, now or the next one.
  void wake();

  // Lets the deliveries that have not ended soon do so as interrupted.
  void interrupt() { is_stopping_ = true; }

 private:
  void run(target& to);

  std::atomic<bool> is_stopping_ = false;
  std::mutex guard_;  // of what follows
  std::condition_variable more_;
  std::condition_variable ended_;
  std::deque<taken_event> waiting_;
  std::vector<attempt> done_;
  bool is_woken_ = false;
  bool is_over_ = false;
  std::vector<std::unique_ptr<target>> targets_;
  std::vector<std::thread> threads_;
};
