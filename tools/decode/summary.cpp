// SPDX-License-Identifier: BSL-1.0
#include "decode/summary.hpp"

#include "text/json_text.hpp"
#include <signhook/error.hpp>
#include <signhook/schema.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <tuple>

namespace {

// Calls `f(type, count)` for each known type.
template <class F>
void for_each_type(const counters& counted, const F& f) {
  for (std::size_t i = 0; i < signhook::event_types.size(); ++i) {
    f(signhook::event_types[i], counted.events[i]);
  }
}

// Calls `f(code, count)` for each error code.
template <class F>
void for_each_code(const counters& counted, const F& f) {
  for (const auto code : signhook::enumerators<signhook::errc>) {
    f(name(code), counted.rejections[static_cast<std::size_t>(code)]);
  }
}

// unknown_event is the last alternative of the variant.
std::uint64_t unknown_events(const counters& counted) { return counted.events.back(); }
static_assert(signhook::event_types.size() + 1 == std::tuple_size_v<decltype(counters::events)>);

// The measured time may be zero.
double per_second(std::uint64_t count, double seconds) {
  return static_cast<double>(count) / std::max(seconds, 1e-9);
}

}  // namespace

std::string summary_text(const counters& counted, double seconds) {
  std::string text;
  const auto out = std::back_inserter(text);
  const auto append = [&](std::string_view what, std::uint64_t count) {
    if (count != 0) fmt::format_to(out, "{:>14}  {}\n", count, what);
  };
  fmt::format_to(out, "{} events\n", counted.total_events());
  for_each_type(counted, append);
  append("unknown types", unknown_events(counted));
  fmt::format_to(out, "{} rejections\n", counted.total_rejections());
  for_each_code(counted, append);
  fmt::format_to(out, "{} bytes in {:.3f} s: {:.0f} MB/s, {:.0f} events/s", counted.bytes, seconds,
                 per_second(counted.bytes, seconds) / 1e6,
                 per_second(counted.total_events(), seconds));
  return text;
}

std::string summary_json(const counters& counted, double seconds) {
  return json_object([&](json_text_writer& to) {
    const auto append = [&](std::string_view key, std::uint64_t count) {
      write_count(to, key, count);
    };
    append("events", counted.total_events());
    append("unknown_types", unknown_events(counted));
    to.key("types");
    to.begin_object();
    for_each_type(counted, append);
    to.end_object();
    append("rejections", counted.total_rejections());
    to.key("codes");
    to.begin_object();
    for_each_code(counted, append);
    to.end_object();
    append("bytes", counted.bytes);
    write_decimal(to, "seconds", seconds, 6);
    write_decimal(to, "bytes_per_second", per_second(counted.bytes, seconds), 0);
    write_decimal(to, "events_per_second", per_second(counted.total_events(), seconds), 0);
  });
}
