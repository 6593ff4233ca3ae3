// SPDX-License-Identifier: BSL-1.0
#include "values.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace reference {
namespace {

// The seconds since 1970 of a date and time of day in UTC, by timegm(); none where there is no such
// date, which timegm() would make another one of.
std::optional<std::time_t> seconds_of(int year, int month, int day, int hour, int minute,
                                      int second) {
  std::tm fields{};
  fields.tm_year = year - 1900;
  fields.tm_mon = month - 1;
  fields.tm_mday = day;
  fields.tm_hour = hour;
  fields.tm_min = minute;
  fields.tm_sec = second;
  const std::time_t seconds = timegm(&fields);
  if (fields.tm_mon != month - 1 || fields.tm_mday != day) return std::nullopt;
  return seconds;
}

}  // namespace

std::optional<signhook::uuid> read_uuid(const std::string& text) {
  // RFC 9562, section 4.
  const std::string form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != form.size()) return std::nullopt;
  std::string digits;
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (form[i] == '-' && text[i] != '-') return std::nullopt;
    if (form[i] == 'x' &&
        std::string("0123456789abcdefABCDEF").find(text[i]) == std::string::npos) {
      return std::nullopt;
    }
    if (form[i] == 'x') digits += text[i];
  }
  signhook::uuid read;
  for (std::size_t i = 0; i < 16; ++i) {
    read.bytes[i] =
        static_cast<std::uint8_t>(std::strtoul(digits.substr(2 * i, 2).c_str(), nullptr, 16));
  }
  return read;
}

std::optional<signhook::timestamp> read_timestamp(const std::string& text) {
  // RFC 3339, section 5.6, field by field.
  std::size_t at = 0;
  bool good = true;
  const auto digits = [&](std::size_t count) {
    int value = 0;
    for (; count > 0; --count, ++at) {
      if (at >= text.size() || text[at] < '0' || text[at] > '9') {
        good = false;
        return 0;
      }
      value = value * 10 + (text[at] - '0');
    }
    return value;
  };
  const auto one_of = [&](const std::string& allowed) {
    if (at >= text.size() || allowed.find(text[at]) == std::string::npos) {
      good = false;
      return '\0';
    }
    return text[at++];
  };
  const int year = digits(4);
  one_of("-");
  const int month = digits(2);
  one_of("-");
  const int day = digits(2);
  one_of("Tt");
  const int hour = digits(2);
  one_of(":");
  const int minute = digits(2);
  one_of(":");
  const int second = digits(2);
  std::string fraction;
  if (good && at < text.size() && text[at] == '.') {
    ++at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') fraction += text[at++];
    if (fraction.empty()) return std::nullopt;
  }
  const char sign = one_of("Zz+-");
  int offset = 0;
  if (sign == '+' || sign == '-') {
    const int hours = digits(2);
    one_of(":");
    const int minutes = digits(2);
    if (hours > 23 || minutes > 59) return std::nullopt;
    offset = (hours * 60 + minutes) * (sign == '-' ? -1 : 1);
  }
  if (!good || at != text.size()) return std::nullopt;
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 60)
    return std::nullopt;

  const auto local = seconds_of(year, month, day, hour, minute, std::min(second, 59));
  if (!local) return std::nullopt;
  const std::time_t seconds = *local - offset * 60;
  if (second == 60) {
    // Section 5.7: at the end of a month in UTC.
    const std::time_t following = seconds + 1;
    std::tm fields{};
    gmtime_r(&following, &fields);
    if (fields.tm_mday != 1 || fields.tm_hour != 0 || fields.tm_min != 0 || fields.tm_sec != 0) {
      return std::nullopt;
    }
  }
  fraction.resize(9, '0');
  const auto made = signhook::timestamp::from(
      std::chrono::sys_seconds(std::chrono::seconds(seconds)),
      std::chrono::nanoseconds(std::strtol(fraction.c_str(), nullptr, 10)),
      std::chrono::minutes(offset));
  if (!made) std::abort();
  const bool is_leap = second == 60;
  const bool is_unknown_offset = sign == '-' && offset == 0;
  if (!is_leap && !is_unknown_offset) return made;

  // `from` cannot make these: parse the text, and compare with what was computed here.
  const auto read = signhook::timestamp::parse(text);
  if (!read || read->time() != made->time() || read->subsecond() != made->subsecond() ||
      read->offset() != made->offset() || read->is_leap_second() != is_leap ||
      read->knows_offset() == is_unknown_offset) {
    std::abort();
  }
  return read;
}

}  // namespace reference
