// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <string_view>

// The names in the dates of header fields (RFC 9110, section 5.6.7).
inline constexpr std::array<std::string_view, 7> short_days{"Sun", "Mon", "Tue", "Wed",
                                                            "Thu", "Fri", "Sat"};
inline constexpr std::array<std::string_view, 12> short_months{
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
