// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

// What the sender does with an answer, and what an outage costs. The sender's word is two paragraphs of
// its page on events, "Response" and "Automatic Webhook Disabling"; what is quoted here is from them,
// and everything here says whether it rests on them.

namespace signhook::inline SIGNHOOK_ABI {

/// What an answer about the sender rests on.
enum class basis : std::uint8_t {
  stated,      ///< the sender says so, or it follows from what the sender says and nothing else
  assumed,     ///< it follows from that and from what the caller assumed
  not_stated,  ///< the sender does not say: do not rely on it
};

/// A value, and what it rests on.
template <class T>
struct claim {
  T value{};                                  ///< what is claimed
  signhook::basis basis = basis::not_stated;  ///< whose word it is

  friend constexpr bool operator==(const claim&, const claim&) = default;
};

/// Times are those of the system's clock in whole milliseconds, which hold every year that a
/// `timestamp` can: `std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())`.
using time_point = std::chrono::sys_time<std::chrono::milliseconds>;
using instant = time_point;  ///< the same

/// What becomes of an event whose delivery was answered.
enum class fate : std::uint8_t {
  delivered,  ///< the sender is done with it
  retried,    ///< it comes again, after a delay
  dropped,    ///< it never comes again
  unknown,    ///< any of them
};

/// How often an event is sent again while it fails, before it is dropped.
inline constexpr claim<int> max_retries{4, basis::stated};

/// How long the sender waits at most before it sends an event again.
inline constexpr claim<std::chrono::milliseconds> max_retry_delay{std::chrono::hours(24),
                                                                  basis::stated};

/// The time from an event's first delivery to its last, at most, whatever the first delay and the
/// factor are: every retry waits for as long as a retry may.
///
/// Left out, because nothing is stated about it: the time that the attempts themselves take, the
/// time from `created` to the first attempt, the difference between two clocks, and what becomes of
/// events when a webhook is disabled and enabled again.
inline constexpr claim<std::chrono::milliseconds> delivery_window{
    max_retries.value * max_retry_delay.value, basis::stated};

/// How long to remember an event in order to know it again: the delivery window and a day for what
/// that leaves out. A freshness check that refuses what is younger refuses good retries.
inline constexpr claim<std::chrono::milliseconds> duplicate_window{
    delivery_window.value + std::chrono::hours(24), basis::assumed};

/// What the sender does once an attempt is answered with this HTTP status. Attempts count from 1;
/// the sender does not tell which one a delivery is. For no answer at all (refused, timed out) pass 0.
[[nodiscard]] constexpr claim<fate> disposition(int status, int attempt = 1) noexcept {
  if (status >= 200 && status < 300) return {fate::delivered, basis::stated};
  if (status < 500 || status >= 600) return {fate::unknown, basis::not_stated};
  if (attempt > max_retries.value) return {fate::dropped, basis::stated};
  return {fate::retried, basis::stated};
}

/// A time in which every delivery fails: from `begin` on, until just before `end`. Where `end` is not
/// after `begin` there is none.
struct outage {
  instant begin;  ///< the first instant that fails
  instant end;    ///< the first one that does not

  /// Whether deliveries are answered with 5xx meanwhile, by a proxy or a load balancer, say. What
  /// the sender does when nobody answers is not stated.
  bool is_answered = true;

  /// Whether a delivery at that time fails.
  [[nodiscard]] constexpr bool covers(instant time) const noexcept {
    return begin <= time && time < end;
  }

  friend constexpr bool operator==(const outage&, const outage&) noexcept = default;
};

/// One of an event's deliveries; they count from 1.
struct attempt {
  int number = 0;  ///< 1 for the first delivery
  instant time;    ///< when it is sent

  friend constexpr bool operator==(const attempt&, const attempt&) noexcept = default;
};

/// When an event that fails is sent again: "with an exponentially increasing delay up to a maximum of
/// 1 day between attempts". The first delay and the factor are not stated, so whatever this class
/// answers is `assumed`.
class retry_schedule {
 public:
  static constexpr std::size_t attempts =
      std::size_t{max_retries.value} + 1;                  ///< the first delivery and its retries
  static constexpr auto basis = signhook::basis::assumed;  ///< of all that is computed here

  /// A schedule whose delays begin with `first_delay` and grow by `factor` until `max_retry_delay`,
  /// each rounded down to a millisecond; none unless the delay is positive and the factor at least 1.
  [[nodiscard]] static constexpr std::optional<retry_schedule> from(
      std::chrono::milliseconds first_delay, double factor) noexcept {
    if (first_delay <= std::chrono::milliseconds(0) || !(factor >= 1)) return std::nullopt;
    retry_schedule made;
    std::chrono::milliseconds delay = std::min(first_delay, max_retry_delay.value);
    for (std::size_t retry = 1; retry < attempts; ++retry) {
      made.offsets_[retry] = made.offsets_[retry - 1] + delay;
      delay = grown(delay, factor);
    }
    return made;
  }

  /// The times of all attempts of an event that keeps failing. Those that no `instant` can be are the
  /// last one that there is.
  [[nodiscard]] constexpr std::array<instant, attempts> times(instant first) const noexcept {
    std::array<instant, attempts> made;
    for (std::size_t i = 0; i < attempts; ++i) {
      made[i] = first > instant::max() - offsets_[i] ? instant::max() : first + offsets_[i];
    }
    return made;
  }

  /// The time from the first attempt to the last. It is also the longest outage that loses nothing:
  /// a longer one can hold all attempts of an event, a shorter or equal one cannot.
  [[nodiscard]] constexpr std::chrono::milliseconds horizon() const noexcept {
    return offsets_.back();
  }

  /// The attempt that succeeds, of an event that is first sent at `first`; none where the event is
  /// lost. `not_stated` where that depends on attempts that nobody answered.
  [[nodiscard]] constexpr claim<std::optional<attempt>> delivery(
      instant first, const outage& during) const noexcept {
    const auto rests_on =
        during.is_answered || !during.covers(first) ? basis : signhook::basis::not_stated;
    int number = 1;
    for (const instant time : times(first)) {
      if (!during.covers(time)) return {attempt{number, time}, rests_on};
      ++number;
    }
    return {std::nullopt, rests_on};
  }

  friend constexpr bool operator==(const retry_schedule&, const retry_schedule&) noexcept = default;

 private:
  constexpr retry_schedule() noexcept = default;

  [[nodiscard]] static constexpr std::chrono::milliseconds grown(std::chrono::milliseconds delay,
                                                                 double factor) noexcept {
    // A larger factor makes the longest delay of the shortest, too: nothing overflows.
    constexpr std::int64_t most = max_retry_delay.value.count();
    if (factor >= static_cast<double>(most)) return max_retry_delay.value;
    // In millionths, so that every machine computes the same: x87 keeps more digits than a double has.
    const double rounded = factor * 1e6 + 0.5;  // std::lround is not constexpr
    const auto millionths = static_cast<std::int64_t>(rounded);
    if (delay.count() > most * 1'000'000 / millionths) return max_retry_delay.value;
    return std::chrono::milliseconds(delay.count() * millionths / 1'000'000);
  }

  std::array<std::chrono::milliseconds, attempts> offsets_{};  // from the first attempt
};

/// What is known, or believed, of the sender's retries.
struct retry_assumptions {
  std::optional<std::chrono::milliseconds> first_delay;  ///< before the first retry
  std::optional<double> factor;                          ///< of each delay to the one before
};

/// What a duration is at least and at most, where something it depends on is not known.
struct duration_bounds {
  std::chrono::milliseconds at_least;  ///< whatever is not known
  std::chrono::milliseconds at_most;   ///< likewise

  friend constexpr bool operator==(const duration_bounds&,
                                   const duration_bounds&) noexcept = default;
};

/// How long an outage can be that loses nothing: `at_least` loses nothing whatever is not known,
/// anything over `at_most` loses events first sent at the wrong moment. Without assumptions that is
/// from nothing to `delivery_window`; when both are given the bounds are equal. None where a schedule
/// of these assumptions cannot be.
///
/// This is for outages that are answered with 5xx; of others nothing is stated.
[[nodiscard]] constexpr std::optional<claim<duration_bounds>> longest_outage(
    const retry_assumptions& known = {}) noexcept {
  // A larger delay or factor makes no horizon shorter: the bounds are those of the least and the
  // largest. There is no least delay; what is above zero by as little as one likes adds nothing.
  const auto least = retry_schedule::from(known.first_delay.value_or(std::chrono::milliseconds(1)),
                                          known.factor.value_or(1));
  const auto largest = retry_schedule::from(
      known.first_delay.value_or(max_retry_delay.value),
      known.factor.value_or(static_cast<double>(max_retry_delay.value.count())));
  if (!least || !largest) return std::nullopt;
  const bool is_stated = !known.first_delay && !known.factor;
  return claim<duration_bounds>{
      {known.first_delay ? least->horizon() : std::chrono::milliseconds(0), largest->horizon()},
      is_stated ? basis::stated : basis::assumed};
}

/// What has become of a webhook.
enum class health : std::uint8_t {
  working,
  warned,    ///< the sender has mailed a warning: too many failures over a week
  disabled,  ///< a week later it still was not working
};

/// When a webhook that was warned of "is working", a week later.
enum class recovery : std::uint8_t {
  last_answer,  ///< when the last answer before that was no failure
  quiet_week,   ///< when there were fewer failures since the warning than the threshold
  both,         ///< when both hold
};

/// What the sender does not state about automatic disabling. The defaults expect the worst: however
/// many failures are "too many", and whichever of the two means "working", a sender that keeps to the
/// rest of what `endpoint_health` assumes disables no earlier than that says.
struct health_options {
  /// How many failures over a week are "too many"; 0 counts as 1.
  std::uint32_t threshold = 1;

  signhook::recovery recovery = recovery::both;  ///< what ends a series of failures

  /// Whether an answer that is neither 2xx nor 5xx, or none at all, is a failure. Otherwise it is
  /// nothing.
  bool counts_unknown = true;
};

/// Follows, from the answers given to the sender, when it could disable a webhook: "If a webhook
/// fails too many times over a week, a warning email will be sent to admins. If the webhook still
/// isn't working a week after that warning, the webhook will be automatically disabled".
///
///     endpoint_health followed;
///     followed.record(now, status);
///     if (followed.state(now) == health::warned) page(followed.earliest_disabling(now));
///
/// Whatever it answers is `assumed`, from the options and from this:
/// - The warning comes with the failure that reaches the threshold. A week later it is asked, once,
///   whether the webhook is working: if so all is well, otherwise it is disabled.
/// - The week is the hour of that failure (from the full hour on, UTC) and the 168 hours before it: up
///   to one hour more than seven days, so that failures are counted too long and never too short.
/// - Enabling a webhook again forgets the warning, but not the failures.
/// - What never reached the receiver is not known here. Record what you learn of it with status 0.
///
/// What the sender says of itself is the member `disabled` of the subscription.
///
/// A time before the latest that was recorded counts as that one.
/// *Memory*: constant, 169 counters. *Complexity*: constant.
class endpoint_health {
 public:
  static constexpr std::chrono::hours week{7 * 24};        ///< in which failures add up
  static constexpr auto basis = signhook::basis::assumed;  ///< of all that is computed here

  constexpr endpoint_health() noexcept = default;
  /// With other assumptions than the cautious ones of `health_options`.
  constexpr explicit endpoint_health(const health_options& options) noexcept : options_(options) {}

  /// A delivery was answered with this HTTP status; 0 for no answer.
  constexpr void record(instant time, int status) noexcept {
    advance(time);
    const fate became = disposition(status).value;
    if (became == fate::unknown && !options_.counts_unknown) return;
    failed_last_ = became != fate::delivered;
    if (!failed_last_) return;
    add_one(failures_[place_of(hour_of(latest_))]);
    add_one(failures_since_warning_);
    if (state_ != health::working || failures() < threshold()) return;
    state_ = health::warned;
    since_ = latest_;
    failures_since_warning_ = 0;
  }

  /// The subscription was updated with `"disabled":false`. It changes nothing unless the webhook was
  /// disabled.
  constexpr void enable(instant time) noexcept {
    advance(time);
    if (state_ == health::disabled) state_ = health::working;
  }

  /// The state at a time, if nothing is delivered until then that was not recorded.
  [[nodiscard]] constexpr health state(instant now) const noexcept { return at(now).state_; }

  /// The failures in the week before a time, as the warning counts them.
  [[nodiscard]] constexpr std::uint32_t failures(instant now) const noexcept {
    return at(now).failures();
  }

  /// When the sender could disable the webhook, if all deliveries fail from now on; when it did, if it
  /// is disabled.
  [[nodiscard]] constexpr instant earliest_disabling(instant now) const noexcept {
    const endpoint_health then = at(now);
    switch (then.state_) {
      case health::working: return a_week_after(then.latest_);
      case health::warned: return a_week_after(then.since_);
      case health::disabled: break;
    }
    return then.since_;
  }

 private:
  using hour = std::chrono::sys_time<std::chrono::hours>;

  [[nodiscard]] static constexpr hour hour_of(instant time) noexcept {
    return std::chrono::floor<std::chrono::hours>(time);
  }

  [[nodiscard]] static constexpr std::size_t place_of(hour of) noexcept {
    constexpr std::int64_t places = week.count() + 1;
    return static_cast<std::size_t>((of.time_since_epoch().count() % places + places) % places);
  }

  [[nodiscard]] static constexpr instant a_week_after(instant time) noexcept {
    return time > instant::max() - week ? instant::max() : time + week;
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

  [[nodiscard]] constexpr endpoint_health at(instant now) const noexcept {
    endpoint_health then = *this;
    then.advance(now);
    return then;
  }

  constexpr void advance(instant time) noexcept {
    if (time <= latest_) return;
    if (state_ == health::warned && time >= a_week_after(since_)) {
      state_ = is_working() ? health::working : health::disabled;
      since_ = a_week_after(since_);
    }
    // The hours that begin take the places of those that are a week old.
    hour next = hour_of(latest_);
    const hour last = hour_of(time);
    if (last - next > week) next = last - week - std::chrono::hours(1);
    while (next != last) {
      next += std::chrono::hours(1);
      failures_[place_of(next)] = 0;
    }
    latest_ = time;
  }

  health_options options_;
  health state_ = health::working;
  instant since_;  // of the warning or the disabling
  instant latest_ = instant::min();
  bool failed_last_ = false;
  std::uint32_t failures_since_warning_ = 0;
  std::array<std::uint32_t, week.count() + 1> failures_{};  // by the hour
};

}  // namespace signhook::inline SIGNHOOK_ABI
