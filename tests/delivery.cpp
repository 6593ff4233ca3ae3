// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include <signhook/delivery.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <vector>

namespace {

using namespace signhook;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr time_point new_year{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};
constexpr double infinity = std::numeric_limits<double>::infinity();

std::uint32_t random_below(std::mt19937& random, std::uint32_t count) {
  return static_cast<std::uint32_t>(random() % count);
}

// "The status code should be in the 2xx range (between 200 and 300)"
static_assert(outcome_of(200) ==
              sourced<delivery_outcome>{delivery_outcome::delivered, source::documented});
static_assert(outcome_of(299) ==
              sourced<delivery_outcome>{delivery_outcome::delivered, source::documented});
static_assert(outcome_of(204, 5) ==
              sourced<delivery_outcome>{delivery_outcome::delivered, source::documented});
// "In case of status code 5xx, the webhook will be retried several times"
static_assert(outcome_of(500) ==
              sourced<delivery_outcome>{delivery_outcome::retried, source::documented});
static_assert(outcome_of(599, 4) ==
              sourced<delivery_outcome>{delivery_outcome::retried, source::documented});
// "After 4 failed retry attempts, the webhook event will be dropped."
static_assert(max_retries == sourced<int>{4, source::documented});
static_assert(outcome_of(503, 5) ==
              sourced<delivery_outcome>{delivery_outcome::dropped, source::documented});
// And not a word about the rest.
static_assert(outcome_of(199) ==
              sourced<delivery_outcome>{delivery_outcome::unknown, source::undocumented});
static_assert(outcome_of(300) ==
              sourced<delivery_outcome>{delivery_outcome::unknown, source::undocumented});
static_assert(outcome_of(404, 5) ==
              sourced<delivery_outcome>{delivery_outcome::unknown, source::undocumented});
static_assert(outcome_of(600) ==
              sourced<delivery_outcome>{delivery_outcome::unknown, source::undocumented});
static_assert(outcome_of(0) ==
              sourced<delivery_outcome>{delivery_outcome::unknown, source::undocumented});
static_assert(outcome_of(-500) ==
              sourced<delivery_outcome>{delivery_outcome::unknown, source::undocumented});

// "with an exponentially increasing delay up to a maximum of 1 day between attempts"
static_assert(max_retry_delay == sourced<milliseconds>{24h, source::documented});
static_assert(delivery_window == sourced<milliseconds>{4 * 24h, source::documented});
static_assert(duplicate_window == sourced<milliseconds>{5 * 24h, source::assumed});

constexpr retry_schedule hourly = *retry_schedule::from(1h, 4);
static_assert(hourly.times(new_year) == std::array<time_point, 5>{new_year, new_year + 1h,
                                                                  new_year + 5h, new_year + 21h,
                                                                  new_year + 45h});
static_assert(hourly.horizon() == 45h);
static_assert(retry_schedule::source == source::assumed);

// What is no schedule.
static_assert(!retry_schedule::from(0s, 2) && !retry_schedule::from(-1s, 2));
static_assert(!retry_schedule::from(1s, 0.99) && !retry_schedule::from(1s, -infinity));
static_assert(!retry_schedule::from(1s, std::numeric_limits<double>::quiet_NaN()));

// The extremes.
static_assert(retry_schedule::from(1ms, 1)->horizon() == 4ms);
static_assert(retry_schedule::from(1ms, infinity)->horizon() == 3 * 24h + 1ms);
static_assert(retry_schedule::from(1ms, std::numeric_limits<double>::max())->horizon() ==
              3 * 24h + 1ms);
static_assert(retry_schedule::from(milliseconds::max(), 1)->horizon() == 4 * 24h);
static_assert(retry_schedule::from(24h, infinity)->horizon() == delivery_window.value);
static_assert(hourly.times(time_point::max() - 5h) ==
              std::array<time_point, 5>{time_point::max() - 5h, time_point::max() - 4h,
                                        time_point::max(), time_point::max(), time_point::max()});
static_assert(hourly.times(time_point::min())[4] == time_point::min() + 45h);

// A night without the receiver, of which the load balancer tells.
constexpr outage night{new_year + 22h, new_year + 30h};
static_assert(hourly.delivery(new_year + 21h, night) ==
              sourced<std::optional<attempt>>{attempt{1, new_year + 21h}, source::assumed});
static_assert(hourly.delivery(new_year + 22h, night) ==
              sourced<std::optional<attempt>>{attempt{4, new_year + 43h}, source::assumed});
static_assert(hourly.delivery(new_year + 30h, night).value == attempt{1, new_year + 30h});
static_assert(retry_schedule::from(1min, 2)->delivery(new_year + 22h, night) ==
              sourced<std::optional<attempt>>{std::nullopt, source::assumed});
// Nobody answers: whether the event comes again is not stated, but for those that arrive at once.
constexpr outage dark{new_year + 22h, new_year + 30h, false};
static_assert(hourly.delivery(new_year + 22h, dark).source == source::undocumented);
static_assert(hourly.delivery(new_year + 21h, dark).source == source::assumed);
// An outage that ends before it begins is none.
static_assert(hourly.delivery(new_year, {new_year + 1h, new_year - 1h}).value ==
              attempt{1, new_year});

static_assert(longest_outage() ==
              sourced<duration_bounds>{{0ms, delivery_window.value}, source::documented});
static_assert(longest_outage({.first_delay = 1h, .factor = 4}) ==
              sourced<duration_bounds>{{45h, 45h}, source::assumed});
static_assert(longest_outage({.first_delay = 1h, .factor = std::nullopt}) ==
              sourced<duration_bounds>{{4h, 73h}, source::assumed});
static_assert(longest_outage({.first_delay = std::nullopt, .factor = 4}) ==
              sourced<duration_bounds>{{0ms, delivery_window.value}, source::assumed});
static_assert(!longest_outage({.first_delay = 0h, .factor = 4}));
static_assert(!longest_outage({.first_delay = 1h, .factor = 0.5}));

// A warning, a week, disabled, enabled.
static_assert([] {
  endpoint_health of({.threshold = 3});
  for (const auto day : {0h, 24h, 48h}) of.record(new_year + day, 500);
  return of.state(new_year + 48h) == health::warned && of.failures(new_year + 48h) == 3 &&
         of.earliest_disabling(new_year + 50h) == new_year + 48h + endpoint_health::week &&
         of.state(new_year + 48h + endpoint_health::week - 1ms) == health::warned &&
         of.state(new_year + 48h + endpoint_health::week) == health::disabled &&
         of.earliest_disabling(new_year + 5000h) == new_year + 48h + endpoint_health::week;
}());

}  // namespace

// The earliest time has more hours than 32 bits can count, and nothing overflows in a constant.
static_assert([] {
  endpoint_health followed;
  followed.record(time_point::min(), 503);
  followed.record(time_point::min() + 1h, 503);
  return followed.failures(time_point::min() + 2h);
}() == 2);
static_assert([] {
  endpoint_health followed;
  followed.record(time_point::max(), 503);
  return followed.earliest_disabling(time_point::max());
}() == time_point::max());

TEST_CASE("every schedule keeps to the documented law") {
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const milliseconds first(1 + std::int64_t{random_below(random, 1U << 31U)} *
                                     random_below(random, 64));
    const double factor = 1 + static_cast<double>(random() % 10'000) / 1000;
    const auto schedule = retry_schedule::from(first, factor);
    REQUIRE(schedule);
    const auto times = schedule->times(new_year);
    if (times[0] != new_year || times[4] - times[0] != schedule->horizon()) FAIL(first.count());
    if (schedule->horizon() > delivery_window.value) FAIL(first.count() << " " << factor);
    for (std::size_t retry = 1; retry < times.size(); ++retry) {
      const auto delay = times[retry] - times[retry - 1];
      if (delay > max_retry_delay.value || delay <= 0ms) FAIL(first.count() << " " << factor);
      if (retry == 1) continue;
      // Exponentially: each the one before times the factor, but for the cap and the last digit.
      const auto before = times[retry - 1] - times[retry - 2];
      const double wanted = std::min(static_cast<double>(before.count()) * factor, 86'400'000.0);
      if (delay < before || wanted - static_cast<double>(delay.count()) >= 1 ||
          static_cast<double>(delay.count()) > wanted) {
        FAIL(first.count() << " " << factor);
      }
    }
  }
  SUCCEED();
}

TEST_CASE("the longest outage that loses nothing, by trying all of them") {
  std::mt19937 random(2);
  for (int i = 0; i < 50; ++i) {
    const milliseconds first(1 + random() % 5);
    const double factor = 1 + static_cast<double>(random() % 4) / 2;
    const retry_schedule schedule = *retry_schedule::from(first, factor);
    const auto bounds = longest_outage({.first_delay = first, .factor = factor});
    for (milliseconds size = 0ms; size <= schedule.horizon() + 2ms; ++size) {
      const outage one{new_year, new_year + size};
      bool is_lost = false;
      for (time_point sent = new_year - 3ms; sent <= one.end; sent += 1ms) {
        const auto delivered = schedule.delivery(sent, one).value;
        is_lost = is_lost || !delivered;
        // One attempt after the other until one is outside.
        std::optional<attempt> tried;
        for (int number = 5; number >= 1; --number) {
          const time_point time = schedule.times(sent)[static_cast<std::size_t>(number - 1)];
          if (time < one.begin || time >= one.end) tried = attempt{number, time};
        }
        if (delivered != tried) FAIL(size.count());
      }
      if (is_lost != (size > bounds->value.at_most)) FAIL(size.count());
      if (bounds->value.at_least != bounds->value.at_most) FAIL(size.count());
    }
  }
  SUCCEED();
}

TEST_CASE("bounds hold for every schedule that the assumptions allow") {
  std::mt19937 random(3);
  for (int i = 0; i < 20'000; ++i) {
    const milliseconds first(1 + random() % 200'000'000);
    const double factor = 1 + static_cast<double>(random() % 10'000) / 1000;
    const milliseconds horizon = retry_schedule::from(first, factor)->horizon();
    for (const retry_assumptions& known :
         {retry_assumptions{}, retry_assumptions{first, std::nullopt},
          retry_assumptions{std::nullopt, factor}, retry_assumptions{first, factor}}) {
      const auto bounds = longest_outage(known)->value;
      if (horizon < bounds.at_least || horizon > bounds.at_most) FAIL(first.count());
    }
  }
  SUCCEED();
}

namespace {

constexpr auto one_week = endpoint_health::week;

// The rule of endpoint_health by heart: it keeps everything and looks through all of it each time.
class naive_health {
 public:
  explicit naive_health(const health_options& options) : options_(options) {}

  void record(time_point time, int status) {
    time = std::max(time, latest());
    const bool good = status / 100 == 2;
    if (!good && status / 100 != 5 && !options_.counts_unknown) return passed(time);
    happened_.push_back({time, good ? kind::success : kind::failure});
  }
  void enable(time_point time) { happened_.push_back({std::max(time, latest()), kind::enabling}); }

  struct answer {
    health state = health::working;
    time_point since = new_year;
  };

  [[nodiscard]] answer at(time_point now) const {
    now = std::max(now, latest());
    answer found;
    for (std::size_t i = 0; i < happened_.size(); ++i) {
      settle(found, happened_[i].time);
      if (happened_[i].what == kind::enabling && found.state == health::disabled)
        found.state = health::working;
      if (happened_[i].what == kind::failure && found.state == health::working &&
          failures(happened_[i].time, i + 1) >= options_.threshold) {
        found = {health::warned, happened_[i].time};
        warned_by_ = i;
      }
    }
    settle(found, now);
    return found;
  }

  [[nodiscard]] std::size_t failures(time_point now) const {
    return failures(std::max(now, latest()), happened_.size());
  }

  [[nodiscard]] time_point latest() const {
    return happened_.empty() ? time_point::min() : happened_.back().time;
  }

 private:
  enum class kind { success, failure, enabling, nothing };
  struct happening {
    time_point time;
    kind what;
  };

  void passed(time_point time) { happened_.push_back({time, kind::nothing}); }

  [[nodiscard]] std::size_t failures(time_point now, std::size_t count) const {
    std::size_t found = 0;
    const auto full_hour = std::chrono::floor<std::chrono::hours>(now);
    for (std::size_t i = 0; i < count; ++i)
      found += happened_[i].what == kind::failure && happened_[i].time >= full_hour - one_week;
    return found;
  }

  void settle(answer& found, time_point now) const {
    if (found.state != health::warned || now < found.since + one_week) return;
    std::size_t failures = 0;
    bool failed_last = true;
    for (std::size_t i = warned_by_ + 1; i < happened_.size(); ++i) {
      if (happened_[i].time >= found.since + one_week) break;
      if (happened_[i].what == kind::success) failed_last = false;
      if (happened_[i].what == kind::failure) failed_last = true;
      failures += happened_[i].what == kind::failure;
    }
    const bool is_quiet = failures < options_.threshold;
    const bool works = options_.recovery == recovery::last_answer  ? !failed_last
                       : options_.recovery == recovery::quiet_week ? is_quiet
                                                                   : !failed_last && is_quiet;
    found = {works ? health::working : health::disabled, found.since + one_week};
  }

  health_options options_;
  std::vector<happening> happened_;
  mutable std::size_t warned_by_ = 0;
};

struct answered {
  time_point time;
  int status;  // -1 for enabling
};

// Some weeks of answers: bursts, silences, times on the hour, steps back.
std::vector<answered> history(std::mt19937& random) {
  std::vector<answered> made;
  time_point time = new_year - 1000h;  // before and after a multiple of what the array holds
  const bool on_the_hour = random() % 3 == 0;
  const unsigned good = random_below(random, 100);
  for (unsigned left = random_below(random, 60); left != 0; --left) {
    milliseconds gap = milliseconds(random() % 100);
    if (random() % 2 == 0) gap = milliseconds(random() % 40'000'000);
    if (random() % 12 == 0) gap = std::chrono::hours(random() % 400);
    if (random() % 12 == 0) gap = -gap;
    if (random() % 12 == 0) gap = one_week;
    time += on_the_hour ? std::chrono::floor<std::chrono::hours>(gap) : gap;
    constexpr std::array<int, 6> others = {500, 503, 404, 301, 0, 599};
    int status = random() % 100 < good ? 204 : others[random() % others.size()];
    if (random() % 20 == 0) status = -1;
    made.push_back({time, status});
  }
  return made;
}

health_options some_options(std::mt19937& random) {
  return {.threshold = 1 + random_below(random, 6),
          .recovery = static_cast<recovery>(random() % 3),
          .counts_unknown = random() % 2 == 0};
}

}  // namespace

TEST_CASE("health is what looking through the whole history says") {
  std::mt19937 random(4);
  std::array<std::size_t, 3> seen{};
  for (int i = 0; i < 400; ++i) {
    const health_options options = some_options(random);
    endpoint_health quick(options);
    naive_health naive(options);
    for (const answered& one : history(random)) {
      if (one.status == -1) {
        quick.enable(one.time);
        naive.enable(one.time);
      } else {
        quick.record(one.time, one.status);
        naive.record(one.time, one.status);
      }
      for (const auto later : {-5h, 0h, 1h, 100h, 168h, 169h, 2000h}) {
        const time_point now = one.time + later;
        const auto expected = naive.at(now);
        ++seen[static_cast<std::size_t>(expected.state)];
        if (quick.state(now) != expected.state) FAIL(i);
        if (quick.failures(now) != naive.failures(now)) FAIL(i);
        const time_point disabling = expected.state == health::disabled ? expected.since
                                     : expected.state == health::warned
                                         ? expected.since + one_week
                                         : std::max(now, naive.latest()) + one_week;
        if (quick.earliest_disabling(now) != disabling) FAIL(i);
      }
    }
  }
  for (const std::size_t count : seen) CHECK(count > 500);
}

TEST_CASE("with the defaults no sender that keeps to the assumptions disables earlier") {
  std::mt19937 random(5);
  std::size_t disabled = 0;
  for (int i = 0; i < 2000; ++i) {
    naive_health sender(some_options(random));
    endpoint_health expecting;
    time_point said = time_point::min();
    for (const answered& one : history(random)) {
      const time_point now = std::max(one.time, sender.latest());
      if (one.status == -1 || sender.at(now).state == health::disabled) break;
      sender.record(now, one.status);
      expecting.record(now, one.status);
      // All that was said while the webhook was enabled must have been true.
      said = std::max(said, expecting.earliest_disabling(now));
      const auto later = sender.at(now + 500h);
      if (later.state != health::disabled) continue;
      ++disabled;
      if (later.since < said) FAIL(i);
    }
  }
  CHECK(disabled > 1000);
}

TEST_CASE("a failure is counted for at least a week and at most an hour more") {
  for (const auto into_the_hour : {0min, 1min, 30min, 59min}) {
    endpoint_health of({.threshold = 100});
    const time_point failed = new_year + into_the_hour;
    of.record(failed, 500);
    CHECK(of.failures(failed + one_week) == 1);
    CHECK(of.failures(failed + one_week + 1h) == 0);
    CHECK(of.failures(failed + one_week - 1ms) == 1);
  }
}

TEST_CASE("the ends of time overflow nothing") {
  for (const time_point time :
       {time_point::min(), time_point::min() + 1ms, time_point::max() - 1ms, time_point::max()}) {
    endpoint_health of;
    of.record(time, 500);
    CHECK(of.state(time) == health::warned);
    CHECK(of.earliest_disabling(time) == (time < new_year ? time + one_week : time_point::max()));
    of.record(time_point::max(), 500);
    of.enable(time_point::max());
    CHECK(of.failures(time_point::max()) >= 1);
  }
  endpoint_health zero({.threshold = 0});
  CHECK(zero.state(new_year) == health::working);
  zero.record(new_year, 200);
  CHECK(zero.state(new_year) == health::working);
  zero.record(new_year, 500);
  CHECK(zero.state(new_year) == health::warned);
  zero.record(new_year, 200);
  CHECK(zero.state(new_year + one_week) == health::working);
}
