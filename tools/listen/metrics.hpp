// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "http/connection_limits.hpp"
#include "http/rejection.hpp"
#include "http/server.hpp"
#include "listen/forwarder.hpp"
#include "listen/inbox_store.hpp"
#include "listen/request_store.hpp"
#include "system/line_writer.hpp"
#include "text/histogram.hpp"
#include <signhook/event.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <variant>

// The counters of a listener, in the text format of Prometheus. Thread-safe.
class metrics {
 public:
  // Counts a request that is answered, with the time since its first byte.
  void add(const delivery_store::received& one, std::chrono::nanoseconds time);
  void add(const http_rejection& one, std::chrono::nanoseconds time);

  [[nodiscard]] std::string text(const http_server_counts& server, const connection_limits& limits,
                                 const line_writer::counts& printed) const;

  // Returns the counters of what is kept in an archive or in memory, and in an inbox.
  [[nodiscard]] static std::string keeping(const request_store& of);
  [[nodiscard]] static std::string storing(const inbox_store& of);

  // Returns the counters of what is passed on.
  [[nodiscard]] static std::string forwarding(const forward_counts& of);

 private:
  static constexpr std::size_t verdicts = static_cast<std::size_t>(request_verdict::failed) + 1;

  // Upper bounds in microseconds.
  static constexpr histogram<8>::bounds decode_bounds() {
    using us = std::chrono::microseconds;
    return {us(1), us(2), us(5), us(10), us(25), us(100), us(1000), us(10000)};
  }
  static constexpr histogram<14>::bounds request_bounds() {
    using us = std::chrono::microseconds;
    return {us(100),   us(250),   us(500),    us(1000),   us(2500),    us(5000),    us(10000),
            us(25000), us(50000), us(100000), us(250000), us(1000000), us(2500000), us(10000000)};
  }

  struct totals {
    void add(const totals& other);

    std::array<std::uint64_t, verdicts> by_verdict{};
    std::array<std::uint64_t, std::variant_size_v<signhook::event>> by_type{};
    std::map<int, std::uint64_t> by_status{};
    std::map<std::string_view, std::uint64_t> by_reason{};
    histogram<8> decoding{decode_bounds()};
    histogram<14> answering{request_bounds()};
  };

  // The part of some threads. Two of them do not share a cache line.
  struct alignas(64) shard {
    mutable std::mutex guard{};
    totals of{};
  };

  [[nodiscard]] shard& mine();
  [[nodiscard]] totals sum() const;

  // A thread that loses the processor while it counts makes no other one wait, as there are more shards than threads
  // that count.
  std::array<shard, 8> shards_{};
};
