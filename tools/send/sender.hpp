// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "http/client.hpp"
#include "system/progress.hpp"
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

// A body to deliver.
struct outgoing {
  std::string body;
  std::optional<signhook::event_id> id;  // none if the body is not an event
};

// The requests that were not answered for one reason.
struct unanswered {
  std::uint64_t count = 0;
  std::string detail;  // of the first
};

struct sending_options {
  http_url to = {};
  http_client_options client;
  http_headers headers;
  std::size_t connections = 4;
  double rate = 0;                                   // first deliveries per second; 0 is no limit
  std::optional<signhook::retry_schedule> schedule;  // none: no retries
  double time_scale = 1;                             // retries are this many times faster
  bool retry_undocumented = false;  // also statuses for which no behaviour is documented
  std::string attempts;             // file that logs each attempt; no log if empty
  bool draw_progress = false;
};

// The outcome of all deliveries.
struct sending_report {
  std::uint64_t deliveries = 0;
  std::uint64_t delivered = 0;
  std::uint64_t dropped = 0;
  std::uint64_t unknown = 0;  // no behaviour is documented for their status
  std::uint64_t undone = 0;   // not finished when the program was stopped
  std::uint64_t retries = 0;
  std::map<int, std::uint64_t> by_status;  // 0: no answer
  std::map<transport_error, unanswered> by_error;
  double seconds = 0;
  double median = 0;  // seconds from request to answer
  double slowest_in_hundred = 0;
  signhook::health health{};
  std::uint32_t failures = 0;
  std::optional<signhook::time_point> disabled_from;  // if every delivery fails from now on
  std::string attempts_failure;  // why the log of the attempts, and so the sending, ended early
};

// Delivers as CM.com does, on a clock that may run faster: bodies answered 5xx are retried by the schedule
// and dropped after the last attempt. On SIGTERM or SIGINT it stops after the requests in flight are
// answered, or half a second later without the answers. Throws std::runtime_error.
[[nodiscard]] sending_report send_all(std::vector<outgoing> all, const sending_options& options);
