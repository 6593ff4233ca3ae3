// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "send/send.hpp"
#include "system/exit_code.hpp"

#include <string>
#include <vector>

struct replay_request {
  std::vector<std::string> archives;  // the oldest first
  bool deliver = false;               // deliver the events as `with` says
  send_request with;
  bool json = false;
};

// Decodes the requests of archives again, prints the verdicts that differ and the events that are on two lines, and
// may deliver the events.
[[nodiscard]] exit_code replay(const replay_request& request);
