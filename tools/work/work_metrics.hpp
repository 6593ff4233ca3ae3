// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "inbox/inbox_connection.hpp"
#include "text/histogram.hpp"
#include "work/attempt.hpp"
#include <signhook/timestamp/time_point.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

// The counters and gauges of a worker, in the text format of Prometheus. Thread-safe.
class work_metrics {
 public:
  explicit work_metrics(std::size_t concurrency) : concurrency_(concurrency) {}

  void add(const attempt& one, attempt_outcome outcome);

  // Deliveries whose lease another worker had by then.
  void add_lost_leases(std::size_t count);

  void set_in_flight(std::size_t count);
  void set_paused(bool is_paused);
  void set_inbox_works(bool works);
  void set_status(const std::optional<inbox_status>& status, signhook::time_point now);

  [[nodiscard]] bool inbox_works() const;
  [[nodiscard]] std::string text() const;

 private:
  static constexpr histogram<14>::bounds attempt_bounds() {
    using ms = std::chrono::milliseconds;
    return {ms(1),   ms(2),    ms(5),    ms(10),   ms(25),    ms(50),    ms(100),
            ms(250), ms(1000), ms(2500), ms(5000), ms(15000), ms(30000), ms(60000)};
  }
  static constexpr histogram<14>::bounds latency_bounds() {
    using ms = std::chrono::milliseconds;
    return {ms(5),     ms(10),    ms(25),     ms(50),     ms(100),     ms(250),      ms(1000),
            ms(10000), ms(60000), ms(300000), ms(900000), ms(3600000), ms(21600000), ms(86400000)};
  }

  const std::size_t concurrency_;
  mutable std::mutex guard_;  // of what follows
  std::array<std::uint64_t, attempt_outcomes> by_outcome_{};
  std::map<int, std::uint64_t> by_status_;
  std::uint64_t lost_leases_ = 0;
  histogram<14> attempts_{attempt_bounds()};
  histogram<14> latency_{latency_bounds()};
  std::size_t in_flight_ = 0;
  bool is_paused_ = false;
  bool inbox_works_ = true;
  std::optional<inbox_status> status_;
  std::chrono::milliseconds oldest_age_{};  // 0 if no event is due
};
