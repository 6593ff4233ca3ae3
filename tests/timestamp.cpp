// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include <signhook/timestamp.hpp>

#include <chrono>
#include <compare>
#include <cstdint>
#include <ratio>
#include <string>
#include <string_view>
#include <version>

namespace {

using namespace signhook;
using namespace std::chrono_literals;

static_assert(std::is_trivially_copyable_v<timestamp>);
static_assert(timestamp::parse("1970-01-01T00:00:00Z") == timestamp{});

std::string text(const timestamp& of) {
  char written[timestamp::max_text_size];
  return {written, static_cast<std::size_t>(of.write_to(written) - written)};
}

struct accepted {
  std::string_view text;
  std::int64_t seconds;  // as `date -u +%s -d TEXT` prints them; of a leap second, those before it
  std::int64_t nanoseconds;
  int offset_minutes;
  std::string_view written;
};

}  // namespace

// RFC 3339, sections 5.6 to 5.8.
TEST_CASE("date-times are read and written back") {
  for (const accepted& row : {
           accepted{"2026-01-01T00:00:00+00:00", 1767225600, 0, 0, "2026-01-01T00:00:00+00:00"},
           {"2026-01-01T00:00:00Z", 1767225600, 0, 0, "2026-01-01T00:00:00+00:00"},
           {"2026-01-01t00:00:00z", 1767225600, 0, 0, "2026-01-01T00:00:00+00:00"},
           // The examples of section 5.8.
           {"1985-04-12T23:20:50.52Z", 482196050, 520000000, 0, "1985-04-12T23:20:50.52+00:00"},
           {"1996-12-19T16:39:57-08:00", 851042397, 0, -480, "1996-12-19T16:39:57-08:00"},
           {"1990-12-31T23:59:60Z", 662687999, 0, 0, "1990-12-31T23:59:60+00:00"},
           {"1990-12-31T15:59:60-08:00", 662687999, 0, -480, "1990-12-31T15:59:60-08:00"},
           {"1937-01-01T12:00:27.87+00:20", -1041337173, 870000000, 20,
            "1937-01-01T12:00:27.87+00:20"},
           // Fractions of any length; nine digits are kept.
           {"2026-01-01T00:00:00.1Z", 1767225600, 100000000, 0, "2026-01-01T00:00:00.1+00:00"},
           {"2026-01-01T00:00:00.000000001Z", 1767225600, 1, 0,
            "2026-01-01T00:00:00.000000001+00:00"},
           {"2026-01-01T00:00:00.9999999999999Z", 1767225600, 999999999, 0,
            "2026-01-01T00:00:00.999999999+00:00"},
           {"2026-01-01T00:00:00.000000000Z", 1767225600, 0, 0, "2026-01-01T00:00:00+00:00"},
           {"2016-12-31T23:59:60.25Z", 1483228799, 250000000, 0, "2016-12-31T23:59:60.25+00:00"},
           // The bounds of offsets and years.
           {"2026-01-01T23:59:00+23:59", 1767225600, 0, 1439, "2026-01-01T23:59:00+23:59"},
           {"2025-12-31T00:01:00-23:59", 1767225600, 0, -1439, "2025-12-31T00:01:00-23:59"},
           {"0000-01-01T00:00:00Z", -62167219200, 0, 0, "0000-01-01T00:00:00+00:00"},
           {"0000-01-01T00:00:00+23:59", -62167305540, 0, 1439, "0000-01-01T00:00:00+23:59"},
           {"9999-12-31T23:59:59Z", 253402300799, 0, 0, "9999-12-31T23:59:59+00:00"},
           {"9999-12-31T23:59:59-23:59", 253402387139, 0, -1439, "9999-12-31T23:59:59-23:59"},
           // Leap years.
           {"2024-02-29T12:00:00Z", 1709208000, 0, 0, "2024-02-29T12:00:00+00:00"},
           {"2000-02-29T12:00:00Z", 951825600, 0, 0, "2000-02-29T12:00:00+00:00"},
           {"0000-02-29T00:00:00Z", -62162121600, 0, 0, "0000-02-29T00:00:00+00:00"},
           // The end of any month in UTC may have a leap second (section 5.7).
           {"2016-06-30T23:59:60Z", 1467331199, 0, 0, "2016-06-30T23:59:60+00:00"},
           {"2017-01-01T05:29:60+05:30", 1483228799, 0, 330, "2017-01-01T05:29:60+05:30"},
           {"2024-02-29T23:59:60Z", 1709251199, 0, 0, "2024-02-29T23:59:60+00:00"},
       }) {
    INFO(row.text);
    const auto read = timestamp::parse(row.text);
    REQUIRE(read);
    CHECK(read->time().time_since_epoch().count() == row.seconds);
    CHECK(read->subsecond().count() == row.nanoseconds);
    CHECK(read->offset() == std::chrono::minutes(row.offset_minutes));
    CHECK(read->knows_offset());
    CHECK(read->is_leap_second() == (row.text.find(":60") != std::string_view::npos));
    CHECK(text(*read) == row.written);
    CHECK(timestamp::parse(row.written) == read);
  }
}

TEST_CASE("a text that is not a date-time is rejected") {
  for (const std::string_view bad :
       {"", "2026", "2026-01-01", "00:00:00Z", "2026-01-01T00:00:00", "2026-01-01 00:00:00Z",
        "2026-01-01T00:00Z", "2026-01-01T00:00:00+0000", "2026-01-01T00:00:00+00",
        "2026-01-01T00:00:00 Z", "2026-01-01T00:00:00Z ", " 2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00ZZ", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00,5Z",
        "2026-01-01T00:00:00.5", "2026-01-01T00:00:00.5x", "2026-01-01T00:00:00+00:00Z",
        "2026-01-01T00:00:00*00:00", "2026-01-01T00:00:00+0a:00", "2026-01-01T00:00:00+00-00",
        "02026-01-01T00:00:00Z", "+026-01-01T00:00:00Z", "20a6-01-01T00:00:00Z",
        "2026/01/01T00:00:00Z", "2026-01-01T00.00.00Z", "2026-001T00:00:00Z",
        "2026-W01-1T00:00:00Z",
        // Section 5.7: what is out of range.
        "2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-00T00:00:00Z",
        "2026-01-32T00:00:00Z", "2026-04-31T00:00:00Z", "2026-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z", "2024-02-30T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z", "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00-23:60",
        // A second of 60 where UTC has none.
        "2016-12-31T23:58:60Z", "2016-12-31T22:59:60Z", "2016-12-30T23:59:60Z",
        "2016-12-31T23:59:60-08:00", "2016-12-31T15:59:60-07:59", "2024-02-28T23:59:60Z",
        "2026-01-01T00:00:60Z"}) {
    INFO(bad);
    CHECK_FALSE(timestamp::parse(bad));
  }
}

TEST_CASE("no other character is accepted as a separator") {
  const std::string good = "2026-01-01T00:00:00+00:00";
  for (const std::size_t at : {4U, 7U, 10U, 13U, 16U, 19U, 22U}) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = good;
      changed[at] = static_cast<char>(byte);
      const bool is_other_case = at == 10 && byte == 't';
      const bool is_other_sign = at == 19 && byte == '-';
      INFO(changed);
      CHECK(timestamp::parse(changed).has_value() ==
            (changed == good || is_other_case || is_other_sign));
    }
  }
}

TEST_CASE("an unknown local offset is kept apart from UTC") {
  const auto unknown = timestamp::parse("2026-01-01T00:00:00-00:00");
  const auto utc = timestamp::parse("2026-01-01T00:00:00+00:00");
  REQUIRE((unknown && utc));
  CHECK_FALSE(unknown->knows_offset());
  CHECK(unknown->offset() == 0min);
  CHECK(*unknown != *utc);
  CHECK(unknown->time() == utc->time());
  CHECK(text(*unknown) == "2026-01-01T00:00:00-00:00");
}

TEST_CASE("timestamps are ordered by time, a leap second between its neighbours") {
  const std::string_view ascending[] = {
      "2016-12-31T23:59:59Z",       "2016-12-31T23:59:59.999999999Z", "2016-12-31T23:59:60Z",
      "2016-12-31T23:59:60.5Z",     "2017-01-01T00:00:00Z",           "2017-01-01T00:00:00+00:01",
      "2017-01-01T01:00:00.1+00:30"};
  // The last but one is before the one before it: an offset is no time.
  CHECK(*timestamp::parse(ascending[5]) < *timestamp::parse(ascending[4]));
  for (std::size_t i = 0; i + 1 < 5; ++i) {
    CHECK(*timestamp::parse(ascending[i]) < *timestamp::parse(ascending[i + 1]));
  }
  CHECK(*timestamp::parse(ascending[6]) > *timestamp::parse(ascending[4]));
}

TEST_CASE("timestamps are made of every time that RFC 3339 can write, and of no other") {
  const auto at = [](std::int64_t seconds) {
    return std::chrono::sys_seconds(std::chrono::seconds(seconds));
  };
  CHECK(text(timestamp::from(at(0)).value()) == "1970-01-01T00:00:00+00:00");
  CHECK(text(timestamp::from(at(0), 1ms, -90min).value()) == "1969-12-31T22:30:00.001-01:30");
  CHECK(timestamp::from(at(-62167219200)));
  CHECK_FALSE(timestamp::from(at(-62167219201)));
  CHECK(timestamp::from(at(-62167219201), 0ns, 1min));
  CHECK(timestamp::from(at(253402300799)));
  CHECK_FALSE(timestamp::from(at(253402300800)));
  CHECK(timestamp::from(at(253402300800), 0ns, -1min));
  CHECK_FALSE(timestamp::from(at(0), -1ns));
  CHECK(timestamp::from(at(0), 999999999ns));
  CHECK_FALSE(timestamp::from(at(0), 1s));
  CHECK(timestamp::from(at(0), 0ns, 1439min));
  CHECK_FALSE(timestamp::from(at(0), 0ns, 1440min));
  CHECK_FALSE(timestamp::from(at(0), 0ns, -1440min));
  CHECK_FALSE(timestamp::from(std::chrono::sys_seconds::min()));
  CHECK_FALSE(timestamp::from(std::chrono::sys_seconds::max()));
}

TEST_CASE("the longest text form has the documented length") {
  const auto longest = timestamp::parse("2026-01-01T00:00:00.123456789+00:00");
  REQUIRE(longest);
  CHECK(text(*longest).size() == timestamp::max_text_size);
}

TEST_CASE("timestamps are made of times in any unit") {
  using namespace std::chrono;
  const sys_days day(year(2026) / 1 / 2);
  CHECK(text(timestamp::from(day).value()) == "2026-01-02T00:00:00+00:00");
  CHECK(text(timestamp::from(day, 90min).value()) == "2026-01-02T01:30:00+01:30");
  CHECK(text(timestamp::from(day + 5ns).value()) == "2026-01-02T00:00:00.000000005+00:00");
  CHECK(text(timestamp::from(day + 1500ms, -1h).value()) == "2026-01-01T23:00:01.5-01:00");
  CHECK(text(timestamp::from(sys_days() - 1ms).value()) == "1969-12-31T23:59:59.999+00:00");
  using picoseconds = std::chrono::duration<std::int64_t, std::pico>;
  CHECK(text(timestamp::from(sys_time<picoseconds>(picoseconds(1999))).value()) ==
        "1970-01-01T00:00:00.000000001+00:00");
  CHECK(text(timestamp::from(sys_time<picoseconds>(picoseconds(-1))).value()) ==
        "1969-12-31T23:59:59.999999999+00:00");
  CHECK_FALSE(
      timestamp::from(sys_time<std::chrono::duration<std::int64_t, std::ratio<3600>>>::max()));
  CHECK_FALSE(
      timestamp::from(sys_time<std::chrono::duration<std::int64_t, std::ratio<3600>>>::min()));
  CHECK_FALSE(timestamp::from(sys_time<milliseconds>::max()));
  CHECK_FALSE(timestamp::from(day, 24h));
}

TEST_CASE("an instant is a time of the system's clock in any unit") {
  using namespace std::chrono;
  const auto parsed = [](std::string_view text) { return timestamp::parse(text).value(); };
  const timestamp one = parsed("2026-01-02T01:30:00.123456789+01:30");
  const sys_seconds second = sys_days(year(2026) / 1 / 2);
  CHECK(one.to_sys<nanoseconds>() == second + 123456789ns);
  CHECK(one.to_sys<microseconds>() == second + 123456us);
  CHECK(one.to_sys<milliseconds>() == second + 123ms);
  CHECK(one.to_sys<seconds>() == second);
  CHECK(one.to_sys<days>() == sys_days(year(2026) / 1 / 2));
  CHECK(one.to_sys() == time_point_cast<system_clock::duration>(second + 123456789ns));
  CHECK(parsed("1969-12-31T23:59:59.999Z").to_sys<milliseconds>() == sys_days() - 1ms);
  CHECK(parsed("1969-12-31T23:59:59.9999Z").to_sys<milliseconds>() == sys_days() - 1ms);
  CHECK(parsed("1969-12-31T23:59:59Z").to_sys<hours>() == sys_days() - 1h);
  CHECK(parsed("1969-12-31T23:59:59.5Z").to_sys<seconds>() == sys_days() - 1s);

  // A leap second is the last time before the next second.
  const timestamp leap = parsed("2016-12-31T23:59:60.25Z");
  const sys_days midnight(year(2017) / 1 / 1);
  CHECK(leap.to_sys<nanoseconds>() == midnight - 1ns);
  CHECK(leap.to_sys<milliseconds>() == midnight - 1ms);
  CHECK(leap.to_sys<seconds>() == midnight - 1s);
  CHECK(leap.to_sys<hours>() == midnight - 1h);
#if defined(__cpp_lib_chrono) && __cpp_lib_chrono >= 201907L
  CHECK(leap.to_sys<nanoseconds>() ==
        utc_clock::to_sys(utc_clock::from_sys(midnight) - nanoseconds(750ms)));
#endif

  // Every year fits milliseconds. Nanoseconds in 64 bits end in 1677 and 2262, as do these seconds in 32 bits.
  const timestamp year_0 = parsed("0000-01-01T00:00:00Z");
  const timestamp year_9999 = parsed("9999-12-31T23:59:59.999999999Z");
  CHECK(year_0.to_sys<milliseconds>() == sys_days(year(0) / 1 / 1));
  CHECK(year_9999.to_sys<milliseconds>() == sys_days(year(10000) / 1 / 1) - 1ms);
  CHECK(year_0.to_sys<nanoseconds>() == sys_time<nanoseconds>::min());
  CHECK(year_9999.to_sys<nanoseconds>() == sys_time<nanoseconds>::max());
  using narrow = std::chrono::duration<std::int32_t>;
  CHECK(parsed("2038-01-19T03:14:07Z").to_sys<narrow>() == sys_time<narrow>::max());
  CHECK(parsed("2038-01-19T03:14:08Z").to_sys<narrow>() == sys_time<narrow>::max());
  CHECK(parsed("1901-12-13T20:45:52Z").to_sys<narrow>() == sys_time<narrow>::min());
  CHECK(parsed("1901-12-13T20:45:51Z").to_sys<narrow>() == sys_time<narrow>::min());

  // To the nanosecond at both ends.
  CHECK(parsed("2262-04-11T23:47:16.854775806Z").to_sys<nanoseconds>() ==
        sys_time<nanoseconds>::max() - 1ns);
  CHECK(parsed("2262-04-11T23:47:16.854775807Z").to_sys<nanoseconds>() ==
        sys_time<nanoseconds>::max());
  CHECK(parsed("2262-04-11T23:47:16.854775808Z").to_sys<nanoseconds>() ==
        sys_time<nanoseconds>::max());
  CHECK(parsed("1677-09-21T00:12:43.145224193Z").to_sys<nanoseconds>() ==
        sys_time<nanoseconds>::min() + 1ns);
  CHECK(parsed("1677-09-21T00:12:43.145224192Z").to_sys<nanoseconds>() ==
        sys_time<nanoseconds>::min());
  CHECK(parsed("1677-09-21T00:12:43.145224191Z").to_sys<nanoseconds>() ==
        sys_time<nanoseconds>::min());

  // There and back.
  for (const timestamp& of : {one, parsed("1677-10-01T00:00:00.000000001Z"), timestamp()}) {
    CHECK(std::is_eq(compare_instants(*timestamp::from(of.to_sys<nanoseconds>()), of)));
  }
}

TEST_CASE("instants are compared apart from their spellings") {
  struct row {
    std::string_view a;
    std::string_view b;
    std::strong_ordering instants;
    bool are_equal;
  };
  using order = std::strong_ordering;
  for (const row& one : {
           row{"2026-01-01T00:00:00Z", "2026-01-01T00:00:00+00:00", order::equal, true},
           row{"2026-01-01t00:00:00.50z", "2026-01-01T00:00:00.5Z", order::equal, true},
           row{"2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", order::equal, false},
           row{"2026-01-01T00:00:00Z", "2026-01-01T00:00:00-00:00", order::equal, false},
           row{"2026-01-01T00:00:00-23:59", "2026-01-01T23:59:00Z", order::equal, false},
           row{"2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000000001Z", order::less, false},
           row{"2026-01-01T01:00:00+01:00", "2026-01-01T00:00:01Z", order::less, false},
           row{"2016-12-31T23:59:60Z", "2016-12-31T18:59:60-05:00", order::equal, false},
           row{"2016-12-31T23:59:59.999999999Z", "2016-12-31T18:59:60-05:00", order::less, false},
           row{"2016-12-31T23:59:60.999999999Z", "2017-01-01T00:00:00Z", order::less, false},
           row{"0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", order::less, false},
       }) {
    INFO(one.a << ' ' << one.b);
    const timestamp a = *timestamp::parse(one.a);
    const timestamp b = *timestamp::parse(one.b);
    CHECK((compare_instants(a, b) == one.instants));
    CHECK((compare_instants(b, a) == 0 <=> one.instants));
    CHECK((a == b) == one.are_equal);
    // The order of values is that of instants, and agrees with `==` where they are the same.
    if (std::is_neq(one.instants)) CHECK(((a <=> b) == one.instants));
    CHECK(std::is_eq(a <=> b) == one.are_equal);
  }
}
