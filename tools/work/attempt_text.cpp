// SPDX-License-Identifier: BSL-1.0
#include "work/attempt_text.hpp"

#include "text/json_text.hpp"

#include <fmt/format.h>

#include <chrono>
#include <iterator>
#include <string_view>

namespace {

double milliseconds_of(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

}  // namespace

std::string_view name(attempt_outcome outcome) {
  switch (outcome) {
    case attempt_outcome::delivered: return "delivered";
    case attempt_outcome::scheduled: return "scheduled";
    case attempt_outcome::dead_letter: return "dead_letter";
    case attempt_outcome::unrecorded: return "unrecorded";
  }
  return {};
}

std::string text_of(const attempt& of, attempt_outcome outcome) {
  std::string text;
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "{}, attempt {}, {:.1f} ms: {} {}", name(outcome), of.lease.attempt,
                 milliseconds_of(of.duration), of.id, of.type);
  if (!of.report.reason.empty()) fmt::format_to(out, ": {}", of.report.reason);
  if (outcome == attempt_outcome::scheduled && of.due) {
    fmt::format_to(out, "; again at {}", time_text(*of.due));
  }
  return text;
}

std::string json_of(const attempt& of, attempt_outcome outcome) {
  return json_object([&](json_text_writer& to) {
    to.member(
        "time",
        time_text(of.begin + std::chrono::duration_cast<std::chrono::microseconds>(of.duration)));
    to.member("outcome", name(outcome));
    to.member("id", of.id);
    if (!of.type.empty()) to.member("type", of.type);
    if (!of.dossier.empty()) to.member("dossier", of.dossier);
    write_count(to, "attempt", of.lease.attempt);
    if (of.report.status != 0) to.member("status", of.report.status);
    if (!of.report.reason.empty()) to.member("reason", of.report.reason);
    write_decimal(to, "milliseconds", milliseconds_of(of.duration), 3);
    if (outcome == attempt_outcome::scheduled && of.due) to.member("due", time_text(*of.due));
    if (!of.traceparent.empty()) to.member("traceparent", of.traceparent);
  });
}
