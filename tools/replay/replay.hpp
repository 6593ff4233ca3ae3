// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "send/send.hpp"
#include "system/exit_code.hpp"

#include <string>

struct replay_request {
  std::string archive;
  bool deliver = false;  // the events, by `with`
  send_request with;
  bool json = false;
};

// Decodes what an archive holds again, says what differs from then, and may deliver its events.
[[nodiscard]] exit_code replay(const replay_request& request);
