// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "deliver/target.hpp"
#include "inbox/inbox_address.hpp"
#include "inbox/inbox_connection.hpp"
#include "system/exit_code.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

struct work_request {
  inbox_address inbox;
  inbox_settings settings;
  target_options to;
  std::size_t concurrency = 8;     // deliveries at the same time
  std::chrono::seconds grace{20};  // for deliveries in flight, after SIGTERM
  std::string metrics_host = "127.0.0.1";
  std::optional<int> metrics_port;
  bool json = false;
  bool quiet = false;
};

// Delivers the events of an inbox until SIGTERM or SIGINT, then finishes the deliveries in flight.
[[nodiscard]] exit_code work(const work_request& request);
