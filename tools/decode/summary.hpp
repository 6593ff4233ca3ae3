// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "decode/counters.hpp"

#include <string>

// A tally and how long it took, for people: what there was none of is left out.
[[nodiscard]] std::string summary_text(const tally& of, double seconds);

// The same as one JSON object, which has every type and every code.
[[nodiscard]] std::string summary_json(const tally& of, double seconds);
