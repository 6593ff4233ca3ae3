// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "exit_code.hpp"
#include <signhook/decoder_options.hpp>

#include <string>
#include <vector>

struct decode_request {
  signhook::decoder_options options;
  bool lines = false;  // a body a line
  bool json = false;   // events in the form on the wire
  bool all = false;    // every finding, not only the first
  bool draw = false;   // the source of a refusal below it
  std::vector<std::string> files;
};

[[nodiscard]] exit_code decode(const decode_request& request);
