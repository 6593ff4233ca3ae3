// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "decode/counters.hpp"

#include <string>

// Returns the counts and the throughput as text, without the counts that are zero.
[[nodiscard]] std::string summary_text(const counters& counted, double seconds);

// Returns the same as one JSON object, with every type and every error code.
[[nodiscard]] std::string summary_json(const counters& counted, double seconds);
