// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "http/connection_limits.hpp"
#include "listen/forwarder.hpp"
#include "listen/group_committer.hpp"
#include "listen/request_store.hpp"
#include "system/exit_code.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

struct listen_request {
  std::string host = "127.0.0.1";
  int port = 8080;
  std::string certificate;
  std::string key;
  bool plain = false;  // allow HTTP without TLS on addresses that other machines can reach
  connection_limits limits;
  request_store_options with;
  std::optional<group_committer_options> inbox;            // in place of an archive
  std::function<std::vector<std::string>()> read_secrets;  // again; throws std::runtime_error
  std::chrono::seconds drain{};  // from the signal to stop until it accepts no connection
  forward_options forward;
  bool metrics = false;
  std::optional<int> inspect;  // port of the inspector on 127.0.0.1
  bool json = false;
  bool quiet = false;
};

// Receives until SIGTERM or SIGINT, then finishes the requests in flight.
[[nodiscard]] exit_code listen(const listen_request& request);
