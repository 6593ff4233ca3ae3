// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "exit_code.hpp"
#include <signhook/decoder_options.hpp>

#include <cstddef>
#include <string>
#include <vector>

struct decode_request {
  signhook::decoder_options options;
  bool lines = false;    // a body a line
  std::size_t jobs = 1;  // threads, at least one, for lines
  bool json = false;     // events in the form on the wire
  bool all = false;      // every diagnostic, not only the first
  bool summary = false;  // counts in the place of events
  bool draw = false;     // the source of a rejection below it
  bool draw_progress = false;
  std::vector<std::string> files;
};

[[nodiscard]] exit_code decode(const decode_request& request);
