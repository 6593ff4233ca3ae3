// SPDX-License-Identifier: BSL-1.0
#include "summary.hpp"

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

// Calls `f(type, count)` with each known type.
template <class F>
void for_each_type(const tally& of, const F& f) {
  for (std::size_t i = 0; i < signhook::event_types.size(); ++i) {
    f(signhook::event_types[i], of.events[i]);
  }
}

template <class F>
void for_each_code(const tally& of, const F& f) {
  for (std::size_t i = 0; i < of.rejections.size(); ++i) {
    f(name(static_cast<signhook::errc>(i)), of.rejections[i]);
  }
}

// The last alternative.
std::uint64_t unknown_events(const tally& of) { return of.events.back(); }
static_assert(signhook::event_types.size() + 1 == std::tuple_size_v<decltype(tally::events)>);

// A clock may find that no time went by.
double per_second(std::uint64_t count, double seconds) {
  return static_cast<double>(count) / std::max(seconds, 1e-9);
}

}  // namespace

std::string summary_text(const tally& of, double seconds) {
  std::string text;
  const auto out = std::back_inserter(text);
  const auto put = [&](std::string_view what, std::uint64_t count) {
    if (count != 0) fmt::format_to(out, "{:>14}  {}\n", count, what);
  };
  fmt::format_to(out, "{} events\n", of.all_events());
  for_each_type(of, put);
  put("of unknown types", unknown_events(of));
  fmt::format_to(out, "{} rejections\n", of.all_refusals());
  for_each_code(of, put);
  fmt::format_to(out, "{} bytes in {:.3f} s: {:.0f} MB/s, {:.0f} events/s", of.bytes, seconds,
                 per_second(of.bytes, seconds) / 1e6, per_second(of.all_events(), seconds));
  return text;
}

// Types and codes need no escapes.
std::string summary_json(const tally& of, double seconds) {
  std::string text;
  const auto out = std::back_inserter(text);
  std::string_view comma;
  const auto put = [&](std::string_view key, std::uint64_t count) {
    fmt::format_to(out, "{}\"{}\":{}", comma, key, count);
    comma = ",";
  };
  fmt::format_to(out, R"({{"events":{},"unknown_types":{},"types":{{)", of.all_events(),
                 unknown_events(of));
  for_each_type(of, put);
  fmt::format_to(out, R"(}},"rejections":{},"codes":{{)", of.all_refusals());
  comma = "";
  for_each_code(of, put);
  fmt::format_to(out,
                 R"(}},"bytes":{},"seconds":{:.6f},"bytes_per_second":{:.0f},)"
                 R"("events_per_second":{:.0f}}})",
                 of.bytes, seconds, per_second(of.bytes, seconds),
                 per_second(of.all_events(), seconds));
  return text;
}
