// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "connection.hpp"
#include "exit_code.hpp"
#include "intake.hpp"

#include <string>

struct listen_request {
  std::string host = "127.0.0.1";
  int port = 8080;
  std::string certificate;
  std::string key;
  bool plain = false;  // HTTP without TLS, also where others than this machine can reach it
  connection_limits limits;
  intake_options with;
  std::string forward;  // a command; none where empty
  bool metrics = false;
  bool json = false;
  bool quiet = false;
};

// Receives until it is observation to end by SIGTERM or SIGINT, and then finishes what it began.
[[nodiscard]] exit_code listen(const listen_request& request);
