// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "send/sender.hpp"
#include "system/exit_code.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

struct send_request {
  sending_options how;
  std::chrono::milliseconds first_delay{60'000};
  double factor = 4;
  std::vector<std::string> types;    // event types of the samples; all if empty
  std::string file;                  // bodies, one per line, instead of samples
  std::optional<std::size_t> count;  // number of samples; one of each type by default
  double duplicate = 0;
  double unknown = 0;
  double corrupt = 0;
  bool shuffle = false;
  std::optional<std::uint64_t> seed;
  bool json = false;
};

// Delivers bodies as CM.com does and prints a report.
[[nodiscard]] exit_code send(const send_request& request);

// Does the same with the given bodies.
[[nodiscard]] exit_code send_bodies(std::vector<outgoing> bodies, const send_request& request);
