// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "http/stream.hpp"
#include "inspect/inspected_delivery.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

// The last deliveries, and the streams of server-sent events that tell browsers of them. A stream has a place in the
// log and no buffer of its own: a browser that does not read costs nobody anything, and misses what the log forgets
// meanwhile. Thread-safe.
class delivery_log : public std::enable_shared_from_this<delivery_log> {
 public:
  static constexpr std::size_t max_deliveries = 500;
  static constexpr std::size_t max_bytes = std::size_t{32} << 20U;
  static constexpr std::size_t max_streams = 16;

  // Gives the delivery its number.
  void push(inspected_delivery one);

  // Returns null if there is none with this number.
  [[nodiscard]] std::shared_ptr<const inspected_delivery> find(std::uint64_t number) const;

  // Returns a stream that begins with `first`, an event, and goes on with what came after the delivery `last`; null if
  // there are `max_streams`.
  [[nodiscard]] std::shared_ptr<http_stream> open_stream(std::string first, std::uint64_t last);

 private:
  class stream;
  struct news {
    std::uint64_t skipped = 0;
    std::vector<std::shared_ptr<const inspected_delivery>> deliveries;
  };

  // Returns what came after `last`, and otherwise lets `asking` sleep.
  [[nodiscard]] news after(std::uint64_t last, stream& asking);
  void wake_all();

  mutable std::mutex guard_;
  std::deque<std::shared_ptr<const inspected_delivery>> kept_;
  std::size_t bytes_ = 0;
  std::uint64_t last_ = 0;
  std::vector<stream*> streams_;
};
