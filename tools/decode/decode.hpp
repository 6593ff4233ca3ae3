// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "system/exit_code.hpp"
#include <signhook/decoder/options.hpp>
#include <signhook/encoder/cloudevents.hpp>

#include <cstddef>
#include <string>
#include <vector>

struct decode_request {
  signhook::decoder_options options;
  bool lines = false;                   // each line is a body
  std::size_t jobs = 1;                 // worker threads for lines, at least one
  bool json = false;                    // print events as JSON
  bool cloud_events = false;            // print events as CloudEvents in JSON
  signhook::cloud_event_source source;  // of these
  bool escapes = false;                 // escape control characters in the bodies of CloudEvents
  bool all = false;                     // print every diagnostic, not only the first
  bool summary = false;                 // print counts instead of events
  bool draw = false;                    // print the source of an error below it
  bool draw_progress = false;           // draw a progress bar
  std::vector<std::string> files;
};

// Decodes the files and prints their events, diagnostics or summary.
[[nodiscard]] exit_code decode(const decode_request& request);
