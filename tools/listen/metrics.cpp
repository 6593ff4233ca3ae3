// SPDX-License-Identifier: BSL-1.0
#include "listen/metrics.hpp"

#include <signhook/enumeration.hpp>
#include <signhook/schema.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

void metrics::add(const request_store::received& one) {
  const std::lock_guard lock(guard_);
  ++by_verdict_[static_cast<std::size_t>(one.verdict)];
  if (one.event) ++by_type_[one.event->index()];
  ++by_status_[one.result.status];
  const auto place = std::find_if(bounds.begin(), bounds.end(), [&](std::uint32_t bound) {
    return one.decoding <= std::chrono::microseconds(bound);
  });
  ++by_time_[static_cast<std::size_t>(place - bounds.begin())];
  decoding_ += one.decoding;
}

void metrics::add(const http_rejection& one) {
  const std::lock_guard lock(guard_);
  ++by_status_[one.status];
  ++by_reason_[one.reason];
}

// https://prometheus.io/docs/instrumenting/exposition_formats/. Nothing here needs escapes.
std::string metrics::text(const request_store& of, const http_server_counts& server) const {
  std::string text;
  const auto out = std::back_inserter(text);
  const auto family = [&](std::string_view name, std::string_view kind, std::string_view help) {
    fmt::format_to(out, "# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, kind);
  };
  const std::lock_guard lock(guard_);
  family("signhook_deliveries_total", "counter", "Requests by verdict.");
  for (std::size_t i = 0; i < by_verdict_.size(); ++i) {
    fmt::format_to(out, "signhook_deliveries_total{{verdict=\"{}\"}} {}\n",
                   signhook::name(signhook::enumerators<request_verdict>[i]), by_verdict_[i]);
  }
  family("signhook_events_total", "counter", "Events, duplicates included, by type.");
  for (std::size_t i = 0; i < by_type_.size(); ++i) {
    const auto type = i < signhook::event_types.size() ? signhook::event_types[i] : "unknown";
    fmt::format_to(out, "signhook_events_total{{type=\"{}\"}} {}\n", type, by_type_[i]);
  }
  family("signhook_answers_total", "counter", "Answers by HTTP status.");
  for (const auto& [status, count] : by_status_) {
    fmt::format_to(out, "signhook_answers_total{{status=\"{}\"}} {}\n", status, count);
  }
  family("signhook_rejections_total", "counter",
         "Requests that are not valid HTTP or exceed a limit.");
  for (const auto& [reason, count] : by_reason_) {
    fmt::format_to(out, "signhook_rejections_total{{reason=\"{}\"}} {}\n", reason, count);
  }
  family("signhook_decode_seconds", "histogram", "Time to check, decode and look up a request.");
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    below += by_time_[i];
    fmt::format_to(out, "signhook_decode_seconds_bucket{{le=\"{}\"}} {}\n", bounds[i] / 1e6, below);
  }
  below += by_time_.back();
  fmt::format_to(out, "signhook_decode_seconds_bucket{{le=\"+Inf\"}} {}\n", below);
  fmt::format_to(out, "signhook_decode_seconds_sum {}\nsignhook_decode_seconds_count {}\n",
                 std::chrono::duration<double>(decoding_).count(), below);
  const auto single = [&](std::string_view name, std::string_view kind, std::string_view help,
                          auto value) {
    family(name, kind, help);
    fmt::format_to(out, "{} {}\n", name, value);
  };
  single("signhook_connections", "gauge", "Connections that are open.", server.connections);
  single("signhook_connections_accepted_total", "counter", "Connections since the start.",
         server.accepted);
  single("signhook_requests_in_flight", "gauge", "Requests that have begun and are not answered.",
         server.in_flight);
  single("signhook_request_memory_bytes", "gauge", "Memory of the requests in flight.",
         server.memory_bytes);
  family("signhook_displaced_total", "counter", "Events forgotten early for want of room.");
  fmt::format_to(out, "signhook_displaced_total {}\n", of.evictions());
  if (of.kept_in() == nullptr) return text;
  const archive::counts kept = of.kept_in()->counted();
  family("signhook_archived_total", "counter", "Lines that the archive keeps since the start.");
  fmt::format_to(out, "signhook_archived_total {}\n", kept.lines);
  family("signhook_archive_writes_total", "counter", "Writes of one line or more to the archive.");
  fmt::format_to(out, "signhook_archive_writes_total{{result=\"kept\"}} {}\n", kept.writes);
  fmt::format_to(out, "signhook_archive_writes_total{{result=\"failed\"}} {}\n", kept.failures);
  return text;
}
