// SPDX-License-Identifier: BSL-1.0
// The two functions of POSIX that the reference decoder uses. Those of Windows know the years from 1970
// to 3000 only, so the year is moved by whole cycles of the Gregorian calendar.
#pragma once

#include <ctime>

inline constexpr int cycle_years = 400;
inline constexpr std::time_t cycle_seconds = 146097LL * 24 * 60 * 60;

inline std::time_t timegm(std::tm* fields) {
  const int year = fields->tm_year + 1900;
  const int cycles = (year >= 0 ? year / cycle_years : -1) - 2000 / cycle_years;
  fields->tm_year -= cycles * cycle_years;
  const std::time_t seconds = _mkgmtime(fields) + cycles * cycle_seconds;
  fields->tm_year += cycles * cycle_years;
  return seconds;
}

inline std::tm* gmtime_r(const std::time_t* time, std::tm* fields) {
  std::time_t seconds = *time;
  int cycles = 0;
  for (; seconds < 0; seconds += cycle_seconds) --cycles;
  for (; seconds >= cycle_seconds; seconds -= cycle_seconds) ++cycles;
  if (_gmtime64_s(fields, &seconds) != 0) return nullptr;
  fields->tm_year += cycles * cycle_years;
  return fields;
}
