// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "send/send.hpp"
#include "system/exit_code.hpp"

#include <string>

struct replay_request {
  std::string archive;
  bool deliver = false;  // deliver the events as `with` says
  send_request with;
  bool json = false;
};

// Decodes the requests of an archive again, prints the verdicts that differ, and may deliver the events.
[[nodiscard]] exit_code replay(const replay_request& request);
