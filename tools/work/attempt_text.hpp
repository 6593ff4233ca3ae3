// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "work/attempt.hpp"

#include <string>

// A line of the log for an attempt.
[[nodiscard]] std::string text_of(const attempt& of, attempt_outcome outcome);
[[nodiscard]] std::string json_of(const attempt& of, attempt_outcome outcome);

[[nodiscard]] std::string_view name(attempt_outcome outcome);
