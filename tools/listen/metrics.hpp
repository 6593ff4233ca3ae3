// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "archive/archive.hpp"
#include "listen/request_store.hpp"
#include <signhook/event.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <variant>

// What a listener counts, in the text format of Prometheus. From any thread.
class metrics {
 public:
  void add(const intake::taken& one);

  [[nodiscard]] std::string text(const intake& of) const;

 private:
  static constexpr std::size_t verdicts = static_cast<std::size_t>(request_verdict::failed) + 1;
  // Upper bounds of the decode time, in microseconds.
  static constexpr std::array<std::uint32_t, 8> bounds = {1, 2, 5, 10, 25, 100, 1000, 10000};

  mutable std::mutex guard_;
  std::array<std::uint64_t, verdicts> by_verdict_{};
  std::array<std::uint64_t, std::variant_size_v<signhook::event>> by_type_{};
  std::map<int, std::uint64_t> by_status_;
  std::array<std::uint64_t, bounds.size() + 1> by_time_{};
  std::chrono::nanoseconds decoding_{};
};
