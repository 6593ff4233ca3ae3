// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "http_client.hpp"
#include "progress.hpp"
#include <signhook/delivery.hpp>
#include <signhook/uuid.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <queue>
#include <string>
#include <vector>

// What is to be delivered.
struct outgoing {
  std::string body;
  std::optional<signhook::event_id> id;  // none where the body is no event
};

struct sending_options {
  http_url to = {};
  http_client_options client;
  httplib::Headers headers;
  std::size_t connections = 4;
  double rate = 0;  // first deliveries a second; 0 is as fast as can be
  std::optional<signhook::retry_schedule> schedule;  // none: nothing is sent again
  double time_scale = 1;                             // so many times as fast as the sender's clock
  bool retry_unstated = false;                       // also what the sender says nothing of
  std::string attempts;  // a file with a line for each; none where empty
  bool draw_progress = false;
};

// What became of it.
struct sending_report {
  std::uint64_t deliveries = 0;
  std::uint64_t delivered = 0;
  std::uint64_t dropped = 0;
  std::uint64_t unknown = 0;  // nothing is stated about what they were answered
  std::uint64_t undone = 0;   // when it was observation to end
  std::uint64_t retries = 0;
  std::map<int, std::uint64_t> by_status;  // 0: no answer
  double seconds = 0;
  double median = 0;  // seconds from request to answer
  double slowest_in_hundred = 0;
  signhook::health health{};
  std::uint32_t failures = 0;
  std::optional<signhook::time_point> disabled_from;  // if all fails from now on, where not working
};

// Delivers as the service does, on a clock that may run faster: what is answered 5xx comes again by the
// schedule, and is dropped after the last attempt. Told to end by SIGTERM or SIGINT it does so once what
// it sent is answered. Throws std::runtime_error.
[[nodiscard]] sending_report send_all(std::vector<outgoing> all, const sending_options& options);
