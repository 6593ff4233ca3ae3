// SPDX-License-Identifier: BSL-1.0
#include "deliver/retry_after.hpp"

#include "http/date_names.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <system_error>

namespace {

using std::chrono::seconds;

constexpr seconds longest_wait = std::chrono::hours(365 * 24);

bool are_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Takes a number of exactly this many digits from the front; a blank stands for a leading zero where one may.
std::optional<int> take_number(std::string_view& from, std::size_t digits,
                               bool may_have_blank = false) {
  if (from.size() < digits) return std::nullopt;
  std::string_view text = from.substr(0, digits);
  if (may_have_blank && text.starts_with(' ')) text.remove_prefix(1);
  if (!are_digits(text)) return std::nullopt;
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  from.remove_prefix(digits);
  return value;
}

bool skip(std::string_view& from, std::string_view text) {
  if (!from.starts_with(text)) return false;
  from.remove_prefix(text.size());
  return true;
}

// Returns the place of the name that `from` begins with, from 1, or 0.
template <std::size_t Size>
unsigned take_name(std::string_view& from, const std::array<std::string_view, Size>& names) {
  for (unsigned i = 0; i < Size; ++i) {
    if (skip(from, names[i])) return i + 1;
  }
  return 0;
}

constexpr std::array<std::string_view, 7> long_days{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                    "Friday", "Saturday", "Sunday"};
std::optional<seconds> take_time(std::string_view& from) {
  const auto hour = take_number(from, 2);
  if (!hour || !skip(from, ":")) return std::nullopt;
  const auto minute = take_number(from, 2);
  if (!minute || !skip(from, ":")) return std::nullopt;
  const auto second = take_number(from, 2);
  if (!second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + seconds(*second);
}

std::optional<std::chrono::sys_seconds> at(int year, unsigned month, int day, seconds time) {
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_seconds(std::chrono::sys_days(date)) + time;
}

// Sun, 06 Nov 1994 08:49:37 GMT
std::optional<std::chrono::sys_seconds> from_imf_fixdate(std::string_view text) {
  if (take_name(text, short_days) == 0 || !skip(text, ", ")) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day || !skip(text, " ")) return std::nullopt;
  const unsigned month = take_name(text, short_months);
  if (month == 0 || !skip(text, " ")) return std::nullopt;
  const auto year = take_number(text, 4);
  if (!year || !skip(text, " ")) return std::nullopt;
  const auto time = take_time(text);
  if (!time || text != " GMT") return std::nullopt;
  return at(*year, month, *day, *time);
}

// Sunday, 06-Nov-94 08:49:37 GMT
std::optional<std::chrono::sys_seconds> from_rfc850_date(std::string_view text,
                                                         std::chrono::sys_seconds now) {
  if (take_name(text, long_days) == 0 || !skip(text, ", ")) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day || !skip(text, "-")) return std::nullopt;
  const unsigned month = take_name(text, short_months);
  if (month == 0 || !skip(text, "-")) return std::nullopt;
  const auto year = take_number(text, 2);
  if (!year || !skip(text, " ")) return std::nullopt;
  const auto time = take_time(text);
  if (!time || text != " GMT") return std::nullopt;
  // A year that would be more than 50 years ahead is one of the past.
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now));
  const int this_year = static_cast<int>(today.year());
  int full = this_year / 100 * 100 + *year;
  if (full > this_year + 50) full -= 100;
  if (full <= this_year - 50) full += 100;
  return at(full, month, *day, *time);
}

// Sun Nov  6 08:49:37 1994
std::optional<std::chrono::sys_seconds> from_asctime_date(std::string_view text) {
  if (take_name(text, short_days) == 0 || !skip(text, " ")) return std::nullopt;
  const unsigned month = take_name(text, short_months);
  if (month == 0 || !skip(text, " ")) return std::nullopt;
  const auto day = take_number(text, 2, true);
  if (!day || !skip(text, " ")) return std::nullopt;
  const auto time = take_time(text);
  if (!time || !skip(text, " ")) return std::nullopt;
  const auto year = take_number(text, 4);
  if (!year || !text.empty()) return std::nullopt;
  return at(*year, month, *day, *time);
}

}  // namespace

std::optional<seconds> parse_retry_after(std::string_view text,
                                         std::chrono::system_clock::time_point now) {
  if (are_digits(text)) {
    std::chrono::seconds::rep count = 0;
    const auto error = std::from_chars(text.data(), text.data() + text.size(), count).ec;
    return error == std::errc() ? std::min(seconds(count), longest_wait) : longest_wait;
  }
  const auto second = std::chrono::floor<seconds>(now);
  auto when = from_imf_fixdate(text);
  if (!when) when = from_rfc850_date(text, second);
  if (!when) when = from_asctime_date(text);
  if (!when) return std::nullopt;
  // In nanoseconds the difference to the year 9999 would overflow.
  const auto wait = *when - std::chrono::floor<std::chrono::milliseconds>(now);
  return std::clamp(std::chrono::ceil<seconds>(wait), seconds(0), longest_wait);
}
