// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/error.hpp>
#include <signhook/event.hpp>
#include <signhook/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <variant>

// Counts of decoded and rejected bodies.
struct counters {
  // By the index of the event in the variant `event`.
  std::array<std::uint64_t, std::variant_size_v<signhook::event>> events = {};
  // By error code.
  std::array<std::uint64_t, signhook::enumerators<signhook::errc>.size() + 1> rejections = {};
  std::uint64_t bytes = 0;

  void add(const signhook::result<signhook::event>& decoded) {
    if (decoded) {
      ++events[decoded->index()];
    } else {
      ++rejections[static_cast<std::size_t>(decoded.error().code)];
    }
  }

  counters& operator+=(const counters& other) {
    for (std::size_t i = 0; i < events.size(); ++i) events[i] += other.events[i];
    for (std::size_t i = 0; i < rejections.size(); ++i) rejections[i] += other.rejections[i];
    bytes += other.bytes;
    return *this;
  }

  [[nodiscard]] std::uint64_t total_events() const {
    return std::accumulate(events.begin(), events.end(), std::uint64_t{0});
  }
  [[nodiscard]] std::uint64_t total_rejections() const {
    return std::accumulate(rejections.begin(), rejections.end(), std::uint64_t{0});
  }
};
