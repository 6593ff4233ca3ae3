// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "deliver/target.hpp"
#include <signhook/inbox/queue.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

// An event that was taken from the inbox and is to be delivered.
struct taken_event {
  signhook::queue_lease lease;
  std::string body;
};

// The end of an attempt, as the inbox knows it.
enum class attempt_outcome : std::uint8_t {
  delivered,
  scheduled,    // it failed and comes again
  dead_letter,  // kept for a person
  unrecorded,   // the inbox knows nothing of its end: it comes again when its lease ends
};
inline constexpr std::size_t attempt_outcomes = 4;

// An attempt that has ended.
struct attempt {
  signhook::queue_lease lease;
  std::string id;
  std::string type;
  std::string dossier;  // empty if it has none
  std::string traceparent;
  delivery_report report;
  std::chrono::system_clock::time_point begin{};
  std::chrono::nanoseconds duration{};
  std::optional<std::chrono::system_clock::time_point> due;  // of the next one, if it is known
};
