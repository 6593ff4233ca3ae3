// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <ratio>
#include <type_traits>
#include <utility>

namespace signhook::inline SIGNHOOK_ABI {

namespace detail {

// Rounds a duration down to another unit, as `std::chrono::floor`, which overflows where this returns the least or the
// greatest duration of that unit.
template <class To, std::integral Count, class Period>
[[nodiscard]] constexpr To floor_to(std::chrono::duration<Count, Period> of) noexcept {
  using result = typename To::rep;
  static_assert(std::integral<result>, "a duration that counts in integers");
  using factor = std::ratio_divide<Period, typename To::period>;
  constexpr std::int64_t num = factor::num;
  constexpr std::int64_t den = factor::den;
  constexpr auto least = (std::numeric_limits<std::int64_t>::min)();
  constexpr auto greatest = (std::numeric_limits<std::int64_t>::max)();
  static_assert(num <= greatest / den, "the two units are too far apart");

  if (!std::in_range<std::int64_t>(of.count())) return (To::max)();
  const auto count = static_cast<std::int64_t>(of.count());
  // count * num / den, rounded down, in two parts that do not overflow.
  const bool is_rest_negative = count % den < 0;
  const std::int64_t whole = count / den - (is_rest_negative ? 1 : 0);
  const std::int64_t rest = count % den + (is_rest_negative ? den : 0);
  if (whole > greatest / num) return (To::max)();
  if (whole < least / num) return (To::min)();
  const std::int64_t more = rest * num / den;
  if (whole * num > greatest - more) return (To::max)();
  const std::int64_t made = whole * num + more;
  if (std::cmp_greater(made, (To::max)().count())) return (To::max)();
  if (std::cmp_less(made, (To::min)().count())) return (To::min)();
  return To(static_cast<result>(made));
}

}  // namespace detail

/// A time of the system's clock in whole milliseconds, which covers every year that a `timestamp` can.
using time_point = std::chrono::sys_time<std::chrono::milliseconds>;

/// A time of the system's clock in any unit, as the functions of this library take it:
/// `health.record(std::chrono::system_clock::now(), status)`.
///
/// It is rounded down to a `time_point`; one beyond the range of `time_point` becomes its least or greatest.
class any_time_point {
 public:
  /// The epoch, as a default `time_point`.
  constexpr any_time_point() noexcept = default;

  /// Takes a time that counts in integers.
  template <std::integral Count, class Period>
  constexpr any_time_point(  // NOLINT(*-explicit-*): a parameter's type
      const std::chrono::sys_time<std::chrono::duration<Count, Period>>& time) noexcept
      : time_(detail::floor_to<std::chrono::milliseconds>(time.time_since_epoch())) {}

  /// Returns the time, rounded down.
  constexpr operator time_point() const noexcept { return time_; }  // NOLINT(*-explicit-*)

 private:
  time_point time_{};
};

}  // namespace signhook::inline SIGNHOOK_ABI
