// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/timestamp/time_point.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <ratio>

// The sender's reaction to an answer, and the cost of an outage. The sender documents it in two paragraphs
// of its page on events, "Response" and "Automatic Webhook Disabling"; the quotes below are from there.
// Every value here says whether it rests on them.

namespace signhook::inline SIGNHOOK_ABI {

/// The grounds for a value about the sender.
enum class source : std::uint8_t {
  documented,    ///< the sender documents it, or it follows from that alone
  assumed,       ///< it follows from that and from an assumption of the caller or of this library
  undocumented,  ///< the sender documents nothing: do not rely on it
};

/// A value and its grounds.
template <class T>
struct sourced {
  T value{};                                       ///< the value
  signhook::source source = source::undocumented;  ///< its grounds

  friend constexpr bool operator==(const sourced&, const sourced&) = default;
};

/// The fate of an event after its delivery was answered.
enum class delivery_outcome : std::uint8_t {
  delivered,  ///< the sender is done with it
  retried,    ///< the sender sends it again after a delay
  dropped,    ///< the sender never sends it again
  unknown,    ///< any of these
};

/// The number of times an event that keeps failing is sent again before it is dropped.
inline constexpr sourced<int> max_retries{4, source::documented};

/// The longest delay before a retry.
inline constexpr sourced<std::chrono::milliseconds> max_retry_delay{std::chrono::hours(24),
                                                                    source::documented};

/// The longest time from an event's first delivery to its last, for any first delay and factor: every
/// retry waits as long as a retry may.
///
/// It leaves out what the sender does not document: the duration of the attempts themselves, the time
/// from `created` to the first attempt, the difference between two clocks, and what happens to events
/// while a webhook is disabled.
inline constexpr sourced<std::chrono::milliseconds> delivery_window{
    max_retries.value * max_retry_delay.value, source::documented};

/// The time for which ids have to be kept to recognise a retry: the delivery window and a day for what
/// that leaves out. A freshness check that rejects younger requests would reject good retries.
inline constexpr sourced<std::chrono::milliseconds> duplicate_window{
    delivery_window.value + std::chrono::hours(24), source::assumed};

/// Returns how the sender reacts when an attempt is answered with this HTTP status. Attempts count
/// from 1; a delivery does not say which attempt it is. Pass 0 for no answer (connection refused, timed
/// out).
[[nodiscard]] constexpr sourced<delivery_outcome> outcome_of(int status, int attempt = 1) noexcept {
  if (status >= 200 && status < 300) return {delivery_outcome::delivered, source::documented};
  if (status < 500 || status >= 600) return {delivery_outcome::unknown, source::undocumented};
  if (attempt > max_retries.value) return {delivery_outcome::dropped, source::documented};
  return {delivery_outcome::retried, source::documented};
}

/// A period in which every delivery fails: from `begin` to just before `end`. It is empty unless `end`
/// is after `begin`.
struct outage {
  time_point begin{};  ///< the first time at which a delivery fails
  time_point end{};    ///< the first time at which it does not

  /// True if deliveries are answered with 5xx meanwhile, by a proxy or a load balancer for example. The
  /// sender does not document its reaction to no answer at all.
  bool is_answered = true;

  /// Returns true if a delivery at that time fails.
  [[nodiscard]] constexpr bool covers(any_time_point time) const noexcept {
    const time_point at = time;
    return begin <= at && at < end;
  }

  friend constexpr bool operator==(const outage&, const outage&) noexcept = default;
};

/// One of an event's deliveries; they count from 1.
struct attempt {
  int number = 0;     ///< 1 for the first delivery
  time_point time{};  ///< when it is sent

  friend constexpr bool operator==(const attempt&, const attempt&) noexcept = default;
};

/// The times of an event's retries: "with an exponentially increasing delay up to a maximum of 1 day
/// between attempts". The first delay and the factor are undocumented, so every result is `assumed`.
class retry_schedule {
 public:
  static constexpr std::size_t attempts =
      std::size_t{max_retries.value} + 1;                    ///< the first delivery and its retries
  static constexpr auto source = signhook::source::assumed;  ///< the grounds of every result

  /// Returns a schedule whose delays begin with `first_delay` and grow by `factor` until
  /// `max_retry_delay`, each rounded down to a millisecond; none unless the delay is positive and the
  /// factor at least 1.
  [[nodiscard]] static constexpr std::optional<retry_schedule> from(
      std::chrono::milliseconds first_delay, double factor) noexcept {
    if (first_delay <= std::chrono::milliseconds(0) || !is_factor(factor)) return std::nullopt;
    retry_schedule made;
    std::chrono::milliseconds delay = (std::min)(first_delay, max_retry_delay.value);
    for (std::size_t retry = 1; retry < attempts; ++retry) {
      made.offsets_[retry] = made.offsets_[retry - 1] + delay;
      delay = grown(delay, factor);
    }
    return made;
  }

  /// Returns the times of all attempts of an event that keeps failing. A time beyond
  /// `time_point::max()` is that one.
  [[nodiscard]] constexpr std::array<time_point, attempts> times(
      any_time_point first_time) const noexcept {
    const time_point first = first_time;
    std::array<time_point, attempts> made;
    for (std::size_t i = 0; i < attempts; ++i) {
      made[i] =
          first > (time_point::max)() - offsets_[i] ? (time_point::max)() : first + offsets_[i];
    }
    return made;
  }

  /// Returns the time from the first attempt to the last. It is also the longest outage that loses nothing:
  /// a longer one can hold all attempts of an event, a shorter or equal one cannot.
  [[nodiscard]] constexpr std::chrono::milliseconds horizon() const noexcept {
    return offsets_.back();
  }

  /// Returns the attempt that succeeds for an event first sent at `first`; none if the event is lost.
  /// `undocumented` if that depends on attempts that nobody answered.
  [[nodiscard]] constexpr sourced<std::optional<attempt>> delivery(
      any_time_point first, const outage& during) const noexcept {
    const auto grounds =
        during.is_answered || !during.covers(first) ? source : signhook::source::undocumented;
    int number = 1;
    for (const time_point time : times(first)) {
      if (!during.covers(time)) return {attempt{number, time}, grounds};
      ++number;
    }
    return {std::nullopt, grounds};
  }

  friend constexpr bool operator==(const retry_schedule&, const retry_schedule&) noexcept = default;

 private:
  constexpr retry_schedule() noexcept = default;

  // Positive doubles are ordered as their bits are (IEEE 754). With -ffast-math compilers assume that
  // there is no NaN and no infinity: `factor >= 1` is then true of a NaN. The bits tell.
  [[nodiscard]] static constexpr std::uint64_t bits_of(double value) noexcept {
    static_assert(sizeof(double) == 8 && std::numeric_limits<double>::digits == 53);
    return std::bit_cast<std::uint64_t>(value);
  }

  // From 1 to infinity.
  [[nodiscard]] static constexpr bool is_factor(double value) noexcept {
    constexpr std::uint64_t infinity = std::uint64_t{0x7ff} << 52U;
    return bits_of(value) >= bits_of(1.0) && bits_of(value) <= infinity;
  }

  [[nodiscard]] static constexpr std::chrono::milliseconds grown(std::chrono::milliseconds delay,
                                                                 double factor) noexcept {
    // A factor of `most` or more takes even one millisecond to the longest delay, so nothing overflows.
    constexpr std::int64_t most = max_retry_delay.value.count();
    if (bits_of(factor) >= bits_of(static_cast<double>(most))) return max_retry_delay.value;
    // In millionths, so that every machine computes the same: x87 keeps more digits than a double has.
    const double rounded = factor * 1e6 + 0.5;  // std::lround is not constexpr
    const auto millionths = static_cast<std::int64_t>(rounded);
    if (delay.count() > most * 1'000'000 / millionths) return max_retry_delay.value;
    return std::chrono::milliseconds(delay.count() * millionths / 1'000'000);
  }

  std::array<std::chrono::milliseconds, attempts> offsets_{};  // from the first attempt
};

/// Assumptions about the sender's retries; leave out what you do not know.
struct retry_assumptions {
  std::optional<std::chrono::milliseconds> first_delay{};  ///< the delay before the first retry
  std::optional<double> factor{};  ///< the ratio of each delay to the one before
};

/// Bounds of a duration that depends on something unknown.
struct duration_bounds {
  std::chrono::milliseconds at_least{};  ///< the lower bound
  std::chrono::milliseconds at_most{};   ///< the upper bound

  friend constexpr bool operator==(const duration_bounds&,
                                   const duration_bounds&) noexcept = default;
};

/// Returns how long an outage can be without losing an event. An outage of up to `at_least` loses nothing,
/// whatever the unknown values are; one over `at_most` loses events first sent at the wrong moment.
/// Without assumptions the bounds are zero and `delivery_window`; with both assumptions they are equal.
/// None if the assumptions make no schedule.
///
/// This holds for outages answered with 5xx; the sender documents nothing about others.
[[nodiscard]] constexpr std::optional<sourced<duration_bounds>> longest_outage(
    const retry_assumptions& known = {}) noexcept {
  // A larger delay or factor makes no horizon shorter: the bounds are those of the least and the
  // largest. There is no least delay; what is above zero by as little as one likes adds nothing.
  const auto least = retry_schedule::from(known.first_delay.value_or(std::chrono::milliseconds(1)),
                                          known.factor.value_or(1));
  const auto largest = retry_schedule::from(
      known.first_delay.value_or(max_retry_delay.value),
      known.factor.value_or(static_cast<double>(max_retry_delay.value.count())));
  if (!least || !largest) return std::nullopt;
  const bool is_documented = !known.first_delay && !known.factor;
  return sourced<duration_bounds>{
      {known.first_delay ? least->horizon() : std::chrono::milliseconds(0), largest->horizon()},
      is_documented ? source::documented : source::assumed};
}

/// The state of a webhook with respect to automatic disabling.
enum class health : std::uint8_t {
  working,   ///< no warning is open
  warned,    ///< the sender has mailed a warning: too many failures over a week
  disabled,  ///< it still was not working a week after the warning
};

/// The condition under which a webhook "is working" a week after the warning.
enum class recovery : std::uint8_t {
  last_answer,  ///< the last answer before that was no failure
  quiet_week,   ///< there were fewer failures since the warning than the threshold
  both,         ///< both hold
};

/// Assumptions about what the sender does not document of automatic disabling. The defaults expect the
/// worst: for any threshold and either meaning of "working", a sender that keeps to the rest of
/// `endpoint_health`'s assumptions disables no earlier than that says.
struct health_options {
  /// The number of failures over a week that are "too many"; 0 counts as 1.
  std::uint32_t threshold = 1;

  signhook::recovery recovery = recovery::both;  ///< the end of a series of failures

  /// True if an answer that is neither 2xx nor 5xx, or no answer, is a failure. Otherwise it does not
  /// count at all.
  bool counts_unknown = true;
};

/// Computes, from the answers given to the sender, when it could disable a webhook: "If a webhook
/// fails too many times over a week, a warning email will be sent to admins. If the webhook still
/// isn't working a week after that warning, the webhook will be automatically disabled".
///
///     endpoint_health followed;
///     followed.record(now, status);
///     if (followed.state(now) == health::warned) page(followed.earliest_disabling(now));
///
/// Every result is `assumed`, from the options and from this:
/// - The warning comes with the failure that reaches the threshold. A week later it is asked, once,
///   whether the webhook is working: if so all is well, otherwise it is disabled.
/// - The week is the hour of that failure (from the full hour on, UTC) and the 168 hours before it: up
///   to one hour more than seven days, so that failures are counted too long and never too short.
/// - Enabling a webhook again forgets the warning, but not the failures.
/// - A delivery that never reached the receiver is unknown here. If you learn of one, record it with
///   status 0.
///
/// The subscription's member `disabled` is the sender's own word.
///
/// A time before the latest recorded one counts as that one.
/// *Memory*: constant, 169 counters. *Complexity*: constant.
class endpoint_health {
 public:
  static constexpr std::chrono::hours week{7 * 24};  ///< the period in which failures add up
  static constexpr auto source = signhook::source::assumed;  ///< the grounds of every result

  constexpr endpoint_health() noexcept = default;
  /// Replaces the cautious defaults of `health_options`.
  constexpr explicit endpoint_health(const health_options& options) noexcept : options_(options) {}

  /// Records that a delivery was answered with this HTTP status; 0 for no answer.
  constexpr void record(any_time_point time, int status) noexcept {
    advance(time);
    const delivery_outcome became = outcome_of(status).value;
    if (became == delivery_outcome::unknown && !options_.counts_unknown) return;
    failed_last_ = became != delivery_outcome::delivered;
    if (!failed_last_) return;
    add_one(failures_[place_of(hour_of(latest_))]);
    add_one(failures_since_warning_);
    if (state_ != health::working || failures() < threshold()) return;
    state_ = health::warned;
    since_ = latest_;
    failures_since_warning_ = 0;
  }

  /// Records that the subscription was updated with `"disabled":false`, which changes nothing unless
  /// the webhook was disabled.
  constexpr void enable(any_time_point time) noexcept {
    advance(time);
    if (state_ == health::disabled) state_ = health::working;
  }

  /// Returns the state at a time, provided that every delivery until then was recorded.
  [[nodiscard]] constexpr health state(any_time_point now) const noexcept { return at(now).state_; }

  /// Returns the number of failures in the week before a time, as the warning counts them.
  [[nodiscard]] constexpr std::uint32_t failures(any_time_point now) const noexcept {
    return at(now).failures();
  }

  /// Returns the earliest time at which the sender disables the webhook if all deliveries fail from now
  /// on; the time at which it did if it is disabled.
  [[nodiscard]] constexpr time_point earliest_disabling(any_time_point now) const noexcept {
    const endpoint_health then = at(now);
    switch (then.state_) {
      case health::working: return a_week_after(then.latest_);
      case health::warned: return a_week_after(then.since_);
      case health::disabled: break;
    }
    return then.since_;
  }

 private:
  // `std::chrono::hours` may have 32 bits, and `time_point::min()` has more hours than they can count.
  using hours = std::chrono::duration<std::int64_t, std::ratio<3600>>;
  using hour = std::chrono::sys_time<hours>;

  [[nodiscard]] static constexpr hour hour_of(time_point time) noexcept {
    return std::chrono::floor<hours>(time);
  }

  [[nodiscard]] static constexpr std::size_t place_of(hour of) noexcept {
    constexpr std::int64_t places = std::int64_t{week.count()} + 1;
    return static_cast<std::size_t>((of.time_since_epoch().count() % places + places) % places);
  }

  [[nodiscard]] static constexpr time_point a_week_after(time_point time) noexcept {
    return time > (time_point::max)() - week ? (time_point::max)() : time + week;
  }

  static constexpr void add_one(std::uint32_t& count) noexcept {
    if (count != UINT32_MAX) ++count;
  }

  [[nodiscard]] constexpr std::uint32_t threshold() const noexcept {
    return std::max<std::uint32_t>(options_.threshold, 1);
  }

  [[nodiscard]] constexpr std::uint32_t failures() const noexcept {
    std::uint64_t sum = 0;
    for (const std::uint32_t count : failures_) sum += count;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(sum, UINT32_MAX));
  }

  [[nodiscard]] constexpr bool is_working() const noexcept {
    const bool is_quiet = failures_since_warning_ < threshold();
    switch (options_.recovery) {
      case recovery::last_answer: return !failed_last_;
      case recovery::quiet_week: return is_quiet;
      case recovery::both: break;
    }
    return is_quiet && !failed_last_;
  }

  [[nodiscard]] constexpr endpoint_health at(time_point now) const noexcept {
    endpoint_health then = *this;
    then.advance(now);
    return then;
  }

  constexpr void advance(time_point time) noexcept {
    if (time <= latest_) return;
    if (state_ == health::warned && time >= a_week_after(since_)) {
      state_ = is_working() ? health::working : health::disabled;
      since_ = a_week_after(since_);
    }
    // Each hour that begins takes the place of one that is over a week old.
    hour next = hour_of(latest_);
    const hour last = hour_of(time);
    if (last - next > week) next = last - week - hours(1);
    while (next != last) {
      next += hours(1);
      failures_[place_of(next)] = 0;
    }
    latest_ = time;
  }

  health_options options_{};
  health state_ = health::working;
  time_point since_{};  // of the warning or the disabling
  time_point latest_ = (time_point::min)();
  bool failed_last_ = false;
  std::uint32_t failures_since_warning_ = 0;
  std::array<std::uint32_t, week.count() + 1> failures_{};  // by the hour
};

}  // namespace signhook::inline SIGNHOOK_ABI
