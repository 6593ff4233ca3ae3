// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "archive/archive.hpp"
#include "http/rejection.hpp"
#include "http/server.hpp"
#include "listen/request_store.hpp"
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
  void add(const request_store::received& one);
  void add(const http_rejection& one);

  [[nodiscard]] std::string text(const request_store& of, const http_server_counts& server) const;

 private:
  static constexpr std::size_t verdicts = static_cast<std::size_t>(request_verdict::failed) + 1;
  // Upper bounds of the decode time, in microseconds.
  static constexpr std::array<std::uint32_t, 8> bounds = {1, 2, 5, 10, 25, 100, 1000, 10000};

  mutable std::mutex guard_;
  std::array<std::uint64_t, verdicts> by_verdict_{};
  std::array<std::uint64_t, std::variant_size_v<signhook::event>> by_type_{};
  std::map<int, std::uint64_t> by_status_;
  std::map<std::string_view, std::uint64_t> by_reason_;
  std::array<std::uint64_t, bounds.size() + 1> by_time_{};
  std::chrono::nanoseconds decoding_{};
};
