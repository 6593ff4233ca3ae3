// SPDX-License-Identifier: BSL-1.0
// RFC 3339, Date and Time on the Internet: Timestamps.
#include "../catch.hpp"
#include "harness.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace {

using namespace conformance;
using signhook::errc;

struct time_row {
  std::string_view section;
  std::string_view text;
  std::int64_t
      seconds;  // since 1970, as `date -u -d TEXT +%s` prints them; of a leap second those before it
};

const time_row good[] = {
    {"5.6", "2026-01-01T00:00:00Z", 1767225600},
    {"5.6", "2026-01-01t00:00:00z", 1767225600},
    {"5.6", "2026-01-01T00:00:00+00:00", 1767225600},
    {"5.6", "2026-01-01T00:00:00.0Z", 1767225600},
    {"5.6", "2026-01-01T00:00:00.000000000000000000000000000000000000000000000001Z", 1767225600},
    {"5.6", "2026-01-01T23:59:00+23:59", 1767225600},
    {"5.6", "2025-12-31T00:01:00-23:59", 1767225600},
    {"4.3", "2026-01-01T00:00:00-00:00", 1767225600},
    {"5.8", "1985-04-12T23:20:50.52Z", 482196050},
    {"5.8", "1996-12-19T16:39:57-08:00", 851042397},
    {"5.8", "1990-12-31T23:59:60Z", 662687999},
    {"5.8", "1990-12-31T15:59:60-08:00", 662687999},
    {"5.8", "1937-01-01T12:00:27.87+00:20", -1041337173},
    {"5.7", "2024-02-29T00:00:00Z", 1709164800},
    {"5.7", "2000-02-29T00:00:00Z", 951782400},
    {"5.7", "2026-12-31T00:00:00Z", 1798675200},
    {"5.7", "2026-11-30T23:59:59Z", 1796083199},
    {"5.7", "2016-12-31T23:59:60.999Z", 1483228799},
    {"5.7", "2017-01-01T05:29:60+05:30", 1483228799},
    {"1", "0000-01-01T00:00:00Z", -62167219200},
    {"1", "0000-02-29T00:00:00Z", -62162121600},
    {"1", "9999-12-31T23:59:59Z", 253402300799},
    {"1", "0000-01-01T00:00:00+23:59", -62167305540},
    {"1", "9999-12-31T23:59:59-23:59", 253402387139},
};

// Appendix D, and the leap seconds since.
const std::string_view leap_days[] = {
    "1972-06-30", "1972-12-31", "1973-12-31", "1974-12-31", "1975-12-31", "1976-12-31",
    "1977-12-31", "1978-12-31", "1979-12-31", "1981-06-30", "1982-06-30", "1983-06-30",
    "1985-06-30", "1987-12-31", "1989-12-31", "1990-12-31", "1992-06-30", "1993-06-30",
    "1994-06-30", "1995-12-31", "1997-06-30", "1998-12-31", "2005-12-31", "2008-12-31",
    "2012-06-30", "2015-06-30", "2016-12-31"};

const row bad[] = {
    {"5.6", ""},
    {"5.6", "2026"},
    {"5.6", "2026-01-01"},
    {"5.6", "00:00:00Z"},
    {"5.6", "2026-01-01T"},
    {"5.6", "2026-01-01T00:00Z"},
    {"5.6", "2026-01-01T00:00:00"},
    {"5.6", "2026-01-01 00:00:00Z"},
    {"5.6", "2026-01-01_00:00:00Z"},
    {"5.6", "20260101T000000Z"},
    {"5.6", "2026-001T00:00:00Z"},
    {"5.6", "2026-W01-1T00:00:00Z"},
    {"5.6", "2026-1-01T00:00:00Z"},
    {"5.6", "2026-01-1T00:00:00Z"},
    {"5.6", "2026-01-01T0:00:00Z"},
    {"5.6", "2026-01-01T00:0:00Z"},
    {"5.6", "2026-01-01T00:00:0Z"},
    {"5.6", "026-01-01T00:00:00Z"},
    {"5.6", "12026-01-01T00:00:00Z"},
    {"5.6", "+2026-01-01T00:00:00Z"},
    {"5.6", "-2026-01-01T00:00:00Z"},
    {"5.6", "2026-01-01T00:00:00.Z"},
    {"5.6", "2026-01-01T00:00:00,5Z"},
    {"5.6", "2026-01-01T00:00:00.5.5Z"},
    {"5.6", "2026-01-01T00:00:00.-5Z"},
    {"5.6", "2026-01-01T00:00.5Z"},
    {"5.6", "2026-01-01T00:00:00+00"},
    {"5.6", "2026-01-01T00:00:00+0000"},
    {"5.6", "2026-01-01T00:00:00+0:00"},
    {"5.6", "2026-01-01T00:00:00+00:0"},
    {"5.6", "2026-01-01T00:00:00+00:00:00"},
    {"5.6", "2026-01-01T00:00:00 +00:00"},
    {"5.6", "2026-01-01T00:00:00Z+00:00"},
    {"5.6", "2026-01-01T00:00:00ZZ"},
    {"5.6", "2026-01-01T00:00:00UTC"},
    {"5.6",
     "2026-01-01T00:00:00\xe2\x88\x92"
     "00:00"},
    {"5.6", " 2026-01-01T00:00:00Z"},
    {"5.6", "2026-01-01T00:00:00Z "},
    {"5.6", "2026-01-01T00:00:00Z\\u0000"},
    {"5.6",
     "\xef\xbc\x92"
     "026-01-01T00:00:00Z"},
    {"5.6", "2026-01-01T24:00:00Z"},
    {"5.6", "2026-01-01T00:60:00Z"},
    {"5.6", "2026-01-01T00:00:61Z"},
    {"5.6", "2026-01-01T00:00:99Z"},
    {"5.6", "2026-01-01T00:00:00+24:00"},
    {"5.6", "2026-01-01T00:00:00-24:00"},
    {"5.6", "2026-01-01T00:00:00+00:60"},
    {"5.6", "2026-00-01T00:00:00Z"},
    {"5.6", "2026-13-01T00:00:00Z"},
    {"5.7", "2026-01-00T00:00:00Z"},
    {"5.7", "2026-01-32T00:00:00Z"},
    {"5.7", "2026-02-29T00:00:00Z"},
    {"5.7", "2024-02-30T00:00:00Z"},
    {"5.7", "1900-02-29T00:00:00Z"},
    {"5.7", "2100-02-29T00:00:00Z"},
    {"5.7", "2026-04-31T00:00:00Z"},
    {"5.7", "2026-06-31T00:00:00Z"},
    {"5.7", "2026-09-31T00:00:00Z"},
    {"5.7", "2026-11-31T00:00:00Z"},
    // A second of 60 where UTC has none.
    {"5.7", "2016-12-31T23:58:60Z"},
    {"5.7", "2016-12-31T22:59:60Z"},
    {"5.7", "2016-12-30T23:59:60Z"},
    {"5.7", "2016-12-31T00:00:60Z"},
    {"5.7", "2016-12-31T23:59:60+00:01"},
    {"5.7", "2016-12-31T23:59:60-08:00"},
    {"5.7", "2016-12-31T15:59:60+08:00"},
    {"5.7", "2016-12-31T15:59:60-07:59"},
    {"5.7", "2023-02-29T23:59:60Z"},
    {"5.7", "2024-02-28T23:59:60Z"},
};

verdict with_time(std::string_view text) {
  return decoded(std::string(before_time) + "\"" + std::string(text) + "\"" +
                 std::string(after_time));
}

std::int64_t seconds_of(const verdict& of) {
  REQUIRE(of.value);
  return std::visit(
      [](const auto& event) { return event.created.time().time_since_epoch().count(); }, *of.value);
}

void check_refused(std::string_view text) {
  const verdict got = with_time(text);
  REQUIRE_FALSE(got.value);
  CHECK(name(got.code) == name(errc::invalid_timestamp));
  CHECK(got.offset == before_time.size());
}

}  // namespace

TEST_CASE("RFC 3339: what is a date-time") {
  for (const time_row& one : good) {
    INFO("section " << one.section << ": " << one.text);
    CHECK(seconds_of(with_time(one.text)) == one.seconds);
  }
}

TEST_CASE("RFC 3339: what is none") {
  for (const row& one : bad) {
    INFO("section " << one.section << ": " << one.text);
    check_refused(one.text);
  }
}

TEST_CASE("RFC 3339, appendix D: every leap second there was, in several time zones") {
  for (const std::string_view day : leap_days) {
    INFO(day);
    const std::int64_t before = seconds_of(with_time(std::string(day) + "T23:59:59Z"));
    const verdict leap = with_time(std::string(day) + "T23:59:60Z");
    CHECK(seconds_of(leap) == before);
    CHECK(
        std::visit([](const auto& event) { return event.created.is_leap_second(); }, *leap.value));
    CHECK(seconds_of(with_time(std::string(day) + "T15:59:60-08:00")) == before);
    CHECK(seconds_of(with_time(std::string(day) + "T00:00:60-23:59")) == before);
    check_refused(std::string(day) + "T23:59:61Z");
    check_refused(std::string(day) + "T23:58:60Z");
    check_refused(std::string(day) + "T23:59:60-08:00");
  }
}

TEST_CASE("RFC 3339, 5.7: every day there is, and none besides") {
  for (const int year : {0, 4, 100, 400, 1900, 1999, 2000, 2023, 2024, 2100, 9999}) {
    int days = 0;
    for (int month = 0; month <= 13; ++month) {
      for (int day = 0; day <= 32; ++day) {
        std::array<char, 32> text{};
        std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT12:00:00Z", year, month, day);
        days += with_time(text.data()).value.has_value() ? 1 : 0;
      }
    }
    CHECK(days == ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 366 : 365));
  }
}
