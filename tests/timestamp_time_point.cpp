// SPDX-License-Identifier: BSL-1.0
#include "any_time.hpp"
#include "catch.hpp"
#include <signhook/delivery.hpp>
#include <signhook/inbox/memory.hpp>
#include <signhook/inbox/queue.hpp>
#include <signhook/timestamp/time_point.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <ratio>
#include <type_traits>
#include <utility>

namespace {

using namespace signhook;
using namespace std::chrono_literals;

template <class Count, class Period>
using ticks = std::chrono::duration<Count, Period>;

using frames = ticks<std::int64_t, std::ratio<1001, 30000>>;
using weeks = ticks<std::int16_t, std::ratio<604800>>;
using counted = ticks<std::uint64_t, std::milli>;

// std::chrono::floor is the judge where it does not overflow.
template <class To, class From>
void check_floor() {
  for (const std::int64_t count : {-1000000, -86401, -1001, -1000, -999, -60, -2, -1, 0, 1, 2, 59,
                                   61, 999, 1000, 1001, 86399, 1000000}) {
    if (!std::in_range<typename From::rep>(count)) continue;
    const From from(static_cast<typename From::rep>(count));
    using wide = ticks<std::int64_t, typename To::period>;
    const auto expected =
        std::chrono::floor<wide>(ticks<std::int64_t, typename From::period>(count));
    CHECK(detail::floor_to<wide>(from) == expected);
    if (std::in_range<typename To::rep>(expected.count())) {
      CHECK(detail::floor_to<To>(from) == expected);
    } else {
      CHECK(detail::floor_to<To>(from) == (expected < wide::zero() ? (To::min)() : (To::max)()));
    }
  }
}

// Takes what `time` is in any unit.
constexpr time_point floored(any_time_point time) { return time; }

static_assert(std::is_convertible_v<std::chrono::system_clock::time_point, any_time_point>);
static_assert(std::is_convertible_v<std::chrono::sys_days, any_time_point>);
static_assert(std::is_convertible_v<std::chrono::sys_time<frames>, any_time_point>);
static_assert(!std::is_convertible_v<std::chrono::steady_clock::time_point, any_time_point>);
static_assert(
    !std::is_convertible_v<std::chrono::sys_time<ticks<double, std::ratio<1>>>, any_time_point>);
static_assert(floored(std::chrono::sys_time<std::chrono::microseconds>(-1us)) == time_point(-1ms));

}  // namespace

TEMPLATE_TEST_CASE("times are rounded down as by std::chrono::floor", "", std::chrono::nanoseconds,
                   std::chrono::milliseconds, std::chrono::seconds, std::chrono::hours, frames,
                   weeks) {
  check_floor<TestType, std::chrono::nanoseconds>();
  check_floor<TestType, std::chrono::microseconds>();
  check_floor<TestType, std::chrono::milliseconds>();
  check_floor<TestType, std::chrono::seconds>();
  check_floor<TestType, ticks<std::int32_t, std::ratio<3600>>>();
  check_floor<TestType, frames>();
  check_floor<TestType, weeks>();
  check_floor<TestType, counted>();
}

TEST_CASE("a time beyond the range is the least or the greatest one") {
  using seconds = ticks<std::int64_t, std::ratio<1>>;
  using hours = ticks<std::int64_t, std::ratio<3600>>;
  CHECK(floored(std::chrono::sys_time<seconds>::max()) == time_point::max());
  CHECK(floored(std::chrono::sys_time<seconds>::min()) == time_point::min());
  CHECK(floored(std::chrono::sys_time<hours>::max()) == time_point::max());
  CHECK(floored(std::chrono::sys_time<hours>::min()) == time_point::min());
  CHECK(floored(time_point::max()) == time_point::max());
  CHECK(floored(time_point::min()) == time_point::min());
  CHECK(floored(std::chrono::sys_time<counted>::max()) == time_point::max());
  CHECK(floored(std::chrono::sys_time<frames>::max()) == time_point::max());
  CHECK(floored(std::chrono::sys_time<frames>::min()) == time_point::min());

  // The last and the first second that milliseconds can count, and the next ones.
  constexpr std::int64_t last = (std::numeric_limits<std::int64_t>::max)() / 1000;
  using sys_seconds = std::chrono::sys_time<seconds>;
  CHECK(floored(sys_seconds(seconds(last))) == time_point(std::chrono::milliseconds(last * 1000)));
  CHECK(floored(sys_seconds(seconds(last + 1))) == time_point::max());
  CHECK(floored(sys_seconds(seconds(-last))) ==
        time_point(std::chrono::milliseconds(-last * 1000)));
  CHECK(floored(sys_seconds(seconds(-last - 1))) == time_point::min());

  using least = std::chrono::nanoseconds;
  CHECK(floored(std::chrono::sys_time<least>::min()) ==
        time_point(std::chrono::floor<std::chrono::milliseconds>(least::min())));
  CHECK(floored(std::chrono::sys_time<least>::max()) ==
        time_point(std::chrono::floor<std::chrono::milliseconds>(least::max())));
  using narrow = ticks<std::int16_t, std::ratio<1>>;
  CHECK(detail::floor_to<narrow>(32767s) == 32767s);
  CHECK(detail::floor_to<narrow>(32768s) == narrow::max());
  CHECK(detail::floor_to<narrow>(-32768s) == -32768s);
  CHECK(detail::floor_to<narrow>(-32769s) == narrow::min());
}

TEST_CASE("every function that takes a time takes it in any unit") {
  const auto exact = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1) + 1s;  // in seconds
  const time_point rounded = exact;
  const std::chrono::sys_time<std::chrono::nanoseconds> later = exact + 999'999ns;

  const outage during{rounded, rounded + 1ms};
  CHECK(during.covers(later));
  CHECK_FALSE(during.covers(later + 1ns));
  const auto schedule = *retry_schedule::from(1s, 2.0);
  CHECK(schedule.times(later) == schedule.times(rounded));
  CHECK(schedule.delivery(later, during) == schedule.delivery(rounded, during));

  endpoint_health of;
  of.record(later, 500);
  CHECK(of.state(exact) == health::warned);
  CHECK(of.failures(later) == 1);
  CHECK(of.earliest_disabling(later) == rounded + endpoint_health::week);
  of.enable(later);

  const auto entry = inbox_entry::from(samples[0], "", later);
  CHECK(entry.received == rounded);
  memory_inbox box;
  CHECK(box.remember(entry.id, later));
  CHECK(box.prune(later, 1) == 0);
  CHECK(box.prune(exact + 1s, 1) == 1);
}

namespace {

static_assert(clock_function<time_point (*)() noexcept>);
static_assert(clock_function<decltype(&std::chrono::system_clock::now)>);
static_assert(!clock_function<decltype(&std::chrono::steady_clock::now)>);

static_assert(inbox_takes_any_time<memory_inbox>);

}  // namespace
