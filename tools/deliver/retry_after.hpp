// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

// Parses the value of Retry-After, a number of seconds or an HTTP-date in any of its three forms (RFC 9110, sections
// 10.2.3 and 5.6.7). Returns how long to wait, at most a year and 0 for a date that is over, or nothing where it is
// neither.
[[nodiscard]] std::optional<std::chrono::seconds> parse_retry_after(
    std::string_view text, std::chrono::system_clock::time_point now);
