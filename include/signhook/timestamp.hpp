// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/text/ascii.hpp>
#include <signhook/detail/text/vectors.hpp>
#include <signhook/timestamp/time_point.hpp>

#include <bit>
#include <chrono>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ratio>
#include <string_view>
#include <type_traits>

namespace signhook::inline SIGNHOOK_ABI {

namespace detail {

// Two digits at `p`, or a number above 99 where they are not digits.
[[nodiscard]] constexpr unsigned two_digits(const char* p) noexcept {
  if (!is_digit(p[0]) || !is_digit(p[1])) return 100;
  return static_cast<unsigned>(p[0] - '0') * 10 + static_cast<unsigned>(p[1] - '0');
}

constexpr char* write_two_digits(char* out, unsigned value) noexcept {
  out[0] = static_cast<char>('0' + value / 10);
  out[1] = static_cast<char>('0' + value % 10);
  return out + 2;
}

#if defined(SIGNHOOK_VECTORS)
inline constexpr std::string_view documented_time = "2026-01-01T00:00:00+00:00";

// True where each of the 25 characters at `p` may stand at its place in the canonical form.
[[nodiscard]] inline bool is_documented_time(const char* p) noexcept {
  static constexpr std::string_view lowest = "0000-00-00T00:00:00+00:00";
  static constexpr std::string_view highest = "9999-19-39T29:59:59-29:59";
  const auto outside = [p](std::size_t at) {
    const auto low = load_bytes(lowest.data() + at);
    return load_bytes(p + at) - low > load_bytes(highest.data() + at) - low;
  };
  const auto wrong = std::bit_cast<long_vector>(outside(0) | outside(lowest.size() - 16));
  return (wrong[0] | wrong[1]) == 0 && p[19] != ',';  // which lies between the signs
}
#endif

}  // namespace detail

/// An RFC 3339 `date-time`: an instant to the nanosecond, and the offset it was written with.
///
/// `==` means the same spelling: the same instant written with the same offset, where `-00:00` is another one than
/// `+00:00`. An event that was decoded and encoded is equal to itself, and not to one that says the same in local time.
/// `<` orders by instant, and spellings of the same instant in an order without a meaning, so that sorted containers
/// and `==` agree. `compare_instants` compares instants alone.
class timestamp {
 public:
  /// 1970-01-01T00:00:00Z.
  constexpr timestamp() noexcept = default;

  /// An instant and the offset to write it with, where RFC 3339 can: the local year within 0000 to
  /// 9999, the fraction at least zero and below a second, the offset within 23 hours 59 minutes.
  [[nodiscard]] static constexpr std::optional<timestamp> from(
      std::chrono::sys_seconds time, std::chrono::nanoseconds subsecond = {},
      std::chrono::minutes offset = {}) noexcept {
    using namespace std::chrono_literals;
    if (subsecond < 0ns || subsecond >= 1s || offset <= -24h || offset >= 24h) return std::nullopt;
    // In this order, so that nothing overflows whatever `time` is.
    if (time < first_second - 24h || time > last_second + 24h) return std::nullopt;
    if (time + offset < first_second || time + offset > last_second) return std::nullopt;
    timestamp made;
    made.seconds_ = time.time_since_epoch().count();
    made.nanoseconds_ = static_cast<std::uint32_t>(subsecond.count());
    made.offset_ = static_cast<std::int16_t>(offset.count());
    return made;
  }

  /// The same of a time in any unit: a part of a second that has more digits than nanoseconds is rounded down.
  template <std::integral Count, class Period>
  [[nodiscard]] static constexpr std::optional<timestamp> from(
      const std::chrono::sys_time<std::chrono::duration<Count, Period>>& time,
      std::chrono::minutes offset = {}) noexcept {
    const auto whole = detail::floor_to<std::chrono::seconds>(time.time_since_epoch());
    using unit = std::chrono::duration<std::int64_t, Period>;
    std::chrono::nanoseconds rest{};
    if constexpr (std::ratio_less_v<Period, std::ratio<1>>) {
      rest = detail::floor_to<std::chrono::nanoseconds>(unit(time.time_since_epoch()) - whole);
    }
    return from(std::chrono::sys_seconds(whole), rest, offset);
  }

  /// Reads an RFC 3339 `date-time` (section 5.6), and nothing before or after it.
  ///
  /// `T` and `Z` in either case; any number of fraction digits, of which nine are kept; years 0000
  /// to 9999; a second of 60 only where UTC can have one: at 23:59 UTC on the last day of a month
  /// (section 5.7).
  [[nodiscard]] static constexpr std::optional<timestamp> parse(std::string_view text) noexcept {
    using namespace std::chrono_literals;
#if defined(SIGNHOOK_VECTORS)
    if (!std::is_constant_evaluated() && text.size() == detail::documented_time.size()) {
      timestamp read;
      if (detail::is_documented_time(text.data()) && read.read_documented(text.data())) return read;
    }
#endif
    constexpr std::size_t shortest = sizeof("2026-01-01T00:00:00Z") - 1;
    if (text.size() < shortest) return std::nullopt;
    const char* const p = text.data();
    if (p[4] != '-' || p[7] != '-' || (p[10] != 'T' && p[10] != 't') || p[13] != ':' ||
        p[16] != ':') {
      return std::nullopt;
    }
    const unsigned century = detail::two_digits(p);
    const unsigned year = detail::two_digits(p + 2);
    const unsigned month = detail::two_digits(p + 5);
    const unsigned day = detail::two_digits(p + 8);
    const unsigned hour = detail::two_digits(p + 11);
    const unsigned minute = detail::two_digits(p + 14);
    const unsigned second = detail::two_digits(p + 17);
    if (century > 99 || year > 99 || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    const std::chrono::year_month_day date = make_date(century * 100 + year, month, day);
    if (!date.ok()) return std::nullopt;

    timestamp read;
    const char* rest = p + 19;
    const char* const end = p + text.size();
    if (*rest == '.' && !read.parse_fraction(rest, end)) return std::nullopt;
    if (!read.parse_offset(rest, end)) return std::nullopt;

    auto time = std::chrono::sys_seconds(std::chrono::sys_days(date)) + std::chrono::hours(hour) +
                std::chrono::minutes(minute) + std::chrono::seconds(second) - read.offset();
    if (second == 60) {
      // One second on, UTC must be at the first second of a month.
      const auto today = std::chrono::floor<std::chrono::days>(time);
      if (time != today || std::chrono::year_month_day(today).day() != std::chrono::day(1)) {
        return std::nullopt;
      }
      time -= 1s;
      read.nanoseconds_ += one_second;
    }
    read.seconds_ = time.time_since_epoch().count();
    return read;
  }

  /// The second the instant lies in. POSIX time has no leap second: for 23:59:60 this is 23:59:59.
  [[nodiscard]] constexpr std::chrono::sys_seconds time() const noexcept {
    return std::chrono::sys_seconds(std::chrono::seconds(seconds_));
  }

  /// Returns the instant in any unit, rounded down: `created.to_sys<std::chrono::milliseconds>()`.
  ///
  /// One beyond the range of the unit becomes its least or greatest time: nanoseconds in 64 bits range from 1677 to
  /// 2262. A leap second becomes the last time before the next second, as in `std::chrono::utc_clock::to_sys`.
  template <class Duration = std::chrono::system_clock::duration>
  requires std::integral<typename Duration::rep>
  [[nodiscard]] constexpr std::chrono::sys_time<Duration> to_sys() const noexcept {
    using period = typename Duration::period;
    const std::chrono::seconds whole(seconds_);
    if constexpr (std::ratio_greater_equal_v<period, std::ratio<1>>) {
      return std::chrono::sys_time<Duration>(detail::floor_to<Duration>(whole));
    } else {
      using units = std::ratio_divide<std::ratio<1>, period>;
      static_assert(units::den == 1, "a second is a whole number of the unit");
      const auto part = is_leap_second()
                            ? Duration(static_cast<typename Duration::rep>(units::num - 1))
                            : detail::floor_to<Duration>(subsecond());
      // A negative number of seconds is taken up to the next one, so that the sum is in range if the instant is.
      const std::chrono::seconds added(seconds_ < 0 ? 1 : 0);
      const auto base = detail::floor_to<Duration>(whole + added);
      const auto rest = part - detail::floor_to<Duration>(added);
      if (rest < Duration::zero() && base < (Duration::min)() - rest) {
        return std::chrono::sys_time<Duration>((Duration::min)());
      }
      if (rest > Duration::zero() && base > (Duration::max)() - rest) {
        return std::chrono::sys_time<Duration>((Duration::max)());
      }
      return std::chrono::sys_time<Duration>(base + rest);
    }
  }

  /// The part of the second, below one second.
  [[nodiscard]] constexpr std::chrono::nanoseconds subsecond() const noexcept {
    return std::chrono::nanoseconds(nanoseconds_ % one_second);
  }

  /// True for a second written as 60.
  [[nodiscard]] constexpr bool is_leap_second() const noexcept {
    return nanoseconds_ >= one_second;
  }

  /// Local time minus UTC.
  [[nodiscard]] constexpr std::chrono::minutes offset() const noexcept {
    return std::chrono::minutes(offset_);
  }

  /// False for `-00:00`: UTC is known, the local offset is not (RFC 3339, section 4.3).
  [[nodiscard]] constexpr bool knows_offset() const noexcept { return knows_offset_; }

  /// Length of the longest text form.
  static constexpr std::size_t max_text_size = sizeof("2026-01-01T00:00:00.123456789+00:00") - 1;

  /// Writes the canonical form, `2026-01-01T00:00:00+00:00`, with a fraction where there is one:
  /// at most `max_text_size` characters from `out` on. Returns their end.
  constexpr char* write_to(char* out) const noexcept {
    const auto local = time() + offset();
    const auto today = std::chrono::floor<std::chrono::days>(local);
    const std::chrono::year_month_day date(today);
    const std::chrono::hh_mm_ss clock(local - today);
    const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
    out = detail::write_two_digits(out, year / 100);
    out = detail::write_two_digits(out, year % 100);
    *out++ = '-';
    out = detail::write_two_digits(out, static_cast<unsigned>(date.month()));
    *out++ = '-';
    out = detail::write_two_digits(out, static_cast<unsigned>(date.day()));
    *out++ = 'T';
    out = detail::write_two_digits(out, static_cast<unsigned>(clock.hours().count()));
    *out++ = ':';
    out = detail::write_two_digits(out, static_cast<unsigned>(clock.minutes().count()));
    *out++ = ':';
    out = detail::write_two_digits(
        out, static_cast<unsigned>(clock.seconds().count()) + nanoseconds_ / one_second);
    if (const std::uint32_t fraction = nanoseconds_ % one_second; fraction != 0) {
      *out++ = '.';
      for (std::uint32_t left = fraction, unit = one_second / 10; left != 0; unit /= 10) {
        *out++ = static_cast<char>('0' + left / unit);
        left %= unit;
      }
    }
    *out++ = offset_ < 0 || !knows_offset_ ? '-' : '+';
    const auto minutes_off = static_cast<unsigned>(offset_ < 0 ? -offset_ : offset_);
    out = detail::write_two_digits(out, minutes_off / 60);
    *out++ = ':';
    return detail::write_two_digits(out, minutes_off % 60);
  }

  friend constexpr bool operator==(const timestamp&, const timestamp&) noexcept = default;
  friend constexpr std::strong_ordering operator<=>(const timestamp&,
                                                    const timestamp&) noexcept = default;  // NOLINT

 private:
  static constexpr std::chrono::sys_seconds first_second{
      std::chrono::sys_days(std::chrono::year(0) / 1 / 1)};
  static constexpr std::chrono::sys_seconds last_second{
      std::chrono::sys_days(std::chrono::year(10000) / 1 / 1) - std::chrono::seconds(1)};

  [[nodiscard]] static constexpr std::chrono::year_month_day make_date(unsigned year,
                                                                       unsigned month,
                                                                       unsigned day) noexcept {
    return {std::chrono::year(static_cast<int>(year)), std::chrono::month(month),
            std::chrono::day(day)};
  }

#if defined(SIGNHOOK_VECTORS)
  // Parses text that `is_documented_time`; returns false if a number is too large, or a second is 60.
  bool read_documented(const char* p) noexcept {
    const auto number = [p](int at) {
      return static_cast<unsigned>(p[at]) * 10 + static_cast<unsigned>(p[at + 1]) - '0' * 11U;
    };
    const std::chrono::year_month_day date =
        make_date(number(0) * 100 + number(2), number(5), number(8));
    const unsigned hour = number(11);
    const unsigned second = number(17);
    const unsigned hours_off = number(20);
    if (!date.ok() || hour > 23 || hours_off > 23) return false;
    const int size = static_cast<int>(hours_off * 60 + number(23));
    offset_ = static_cast<std::int16_t>(p[19] == '-' ? -size : size);
    knows_offset_ = p[19] == '+' || size != 0;
    const auto time = std::chrono::sys_seconds(std::chrono::sys_days(date)).time_since_epoch();
    seconds_ = time.count() + static_cast<std::int64_t>(hour * 3600 + number(14) * 60 + second) -
               std::int64_t{offset_} * 60;
    return true;
  }
#endif

  // time-secfrac = "." 1*DIGIT
  constexpr bool parse_fraction(const char*& rest, const char* end) noexcept {
    ++rest;
    if (rest == end || !detail::is_digit(*rest)) return false;
    for (std::uint32_t unit = one_second / 10; rest != end && detail::is_digit(*rest); ++rest) {
      nanoseconds_ += static_cast<std::uint32_t>(*rest - '0') * unit;
      unit /= 10;
    }
    return true;
  }

  // time-offset = "Z" / ("+" / "-") time-hour ":" time-minute, up to the end
  constexpr bool parse_offset(const char* rest, const char* end) noexcept {
    if (end - rest == 1) return *rest == 'Z' || *rest == 'z';
    if (end - rest != 6 || (*rest != '+' && *rest != '-') || rest[3] != ':') return false;
    const unsigned hours = detail::two_digits(rest + 1);
    const unsigned minutes = detail::two_digits(rest + 4);
    if (hours > 23 || minutes > 59) return false;
    const int size = static_cast<int>(hours * 60 + minutes);
    offset_ = static_cast<std::int16_t>(*rest == '-' ? -size : size);
    knows_offset_ = *rest == '+' || size != 0;
    return true;
  }

  static constexpr std::uint32_t one_second = 1'000'000'000;

  // In the order of comparison. A leap second lengthens the second before it: its nanoseconds
  // count on from one_second.
  std::int64_t seconds_ = 0;
  std::uint32_t nanoseconds_ = 0;
  std::int16_t offset_ = 0;
  bool knows_offset_ = true;
};

static_assert(std::is_trivially_copyable_v<timestamp> && sizeof(timestamp) == 16);

namespace detail {

// The nanoseconds since the beginning of `of.time()`. A leap second lengthens the second before it.
[[nodiscard]] constexpr std::uint32_t nanoseconds_of(const timestamp& of) noexcept {
  return static_cast<std::uint32_t>(of.subsecond().count()) +
         (of.is_leap_second() ? 1'000'000'000U : 0U);
}

}  // namespace detail

/// Compares instants to the nanosecond, whatever offsets they were written with. A leap second comes after the
/// second before it: `std::is_lt(compare_instants(a, b))` if `a` was before `b`.
[[nodiscard]] constexpr std::strong_ordering compare_instants(const timestamp& a,
                                                              const timestamp& b) noexcept {
  if (a.time() == b.time()) return detail::nanoseconds_of(a) <=> detail::nanoseconds_of(b);
  return a.time() < b.time() ? std::strong_ordering::less : std::strong_ordering::greater;
}

}  // namespace signhook::inline SIGNHOOK_ABI
