// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "inbox/inbox_address.hpp"
#include "inbox/inbox_connection.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

// Looks after an inbox from a thread and a connection of its own: forgets old ids in small batches, as any number of
// processes may at the same time, and counts what is in it.
class inbox_keeper {
 public:
  // Throws std::runtime_error if the address cannot be used. The database may be down.
  explicit inbox_keeper(const inbox_address& address);
  ~inbox_keeper();
  inbox_keeper(const inbox_keeper&) = delete;
  inbox_keeper& operator=(const inbox_keeper&) = delete;

  struct report {
    std::optional<inbox_status> status;  // the latest one
    std::chrono::seconds oldest_age{};   // of the event that waits longest
    std::uint64_t pruned = 0;
  };
  [[nodiscard]] report latest() const;

  // The time between two looks.
  static constexpr std::chrono::seconds interval{5};

 private:
  void run();
  void look(signhook::time_point at);
  [[nodiscard]] bool wait(std::chrono::milliseconds time);

  const std::unique_ptr<inbox_connection> connection_;
  mutable std::mutex guard_;
  std::condition_variable ending_;
  bool is_ending_ = false;
  report latest_;
  std::string reported_;
  std::thread thread_;
};
