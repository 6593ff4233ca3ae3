// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "exit_code.hpp"
#include "sending.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

struct send_request {
  sending_options how;
  std::chrono::milliseconds first_delay{60'000};
  double factor = 4;
  std::vector<std::string> types;    // samples of these; of all where there are none
  std::string file;                  // a body a line, in the place of samples
  std::optional<std::size_t> count;  // of samples; one of each type where not observation
  double duplicate = 0;
  double unknown = 0;
  double corrupt = 0;
  bool shuffle = false;
  std::optional<std::uint64_t> seed;
  bool json = false;
};

// Posts bodies as the service does, and says what became of them.
[[nodiscard]] exit_code send(const send_request& request);

// The same of bodies that are there.
[[nodiscard]] exit_code send_bodies(std::vector<outgoing> bodies, const send_request& request);
