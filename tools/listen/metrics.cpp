// SPDX-License-Identifier: BSL-1.0
#include "listen/metrics.hpp"

#include "archive/archive.hpp"
#include "text/exposition.hpp"
#include <signhook/enumeration.hpp>
#include <signhook/schema.hpp>

#include <algorithm>
#include <atomic>
#include <functional>
#include <utility>

namespace {

void add_archive(exposition& to, const archive& of) {
  const archive::counts kept = of.counted();
  to.single("signhook_archive_writable", "gauge", "1 if the last write succeeded.",
            of.is_working() ? 1 : 0);
  to.single("signhook_archived_total", "counter", "Lines that the archive keeps since the start.",
            kept.lines);
  to.family("signhook_archive_writes_total", "counter",
            "Writes of one line or more to the archive.");
  to.sample("result", "kept", kept.writes);
  to.sample("result", "failed", kept.failures);
  to.single("signhook_archive_rotations_total", "counter",
            "Files of the archive that were renamed for their size or age.", kept.rotations);
}

void add_server(exposition& to, const http_server_counts& of, const connection_limits& limits) {
  to.single("signhook_connections", "gauge", "Connections that are open.", of.connections);
  to.single("signhook_connections_limit", "gauge", "Connections that may be open.",
            limits.connections);
  to.single("signhook_connections_accepted_total", "counter", "Connections since the start.",
            of.accepted);
  to.single("signhook_requests_in_flight", "gauge", "Requests that have begun without an answer.",
            of.in_flight);
  to.single("signhook_request_memory_bytes", "gauge", "Memory of the requests in flight.",
            of.memory_bytes);
  to.single("signhook_request_memory_limit_bytes", "gauge", "Memory that requests may have.",
            limits.memory_bytes);
}

}  // namespace

void metrics::totals::add(const totals& other) {
  const auto add_each = [](auto& to, const auto& from) {
    std::transform(to.begin(), to.end(), from.begin(), to.begin(), std::plus<>());
  };
  add_each(by_verdict, other.by_verdict);
  add_each(by_type, other.by_type);
  for (const auto& [status, count] : other.by_status) by_status[status] += count;
  for (const auto& [reason, count] : other.by_reason) by_reason[reason] += count;
  decoding.add(other.decoding);
  answering.add(other.answering);
}

metrics::shard& metrics::mine() {
  static std::atomic<std::size_t> threads = 0;
  thread_local const std::size_t number = threads++;
  return shards_[number % shards_.size()];
}

metrics::totals metrics::sum() const {
  totals made;
  for (const shard& one : shards_) {
    const std::lock_guard lock(one.guard);
    made.add(one.of);
  }
  return made;
}

void metrics::add(const delivery_store::received& one, std::chrono::nanoseconds time) {
  shard& to = mine();
  const std::lock_guard lock(to.guard);
  ++to.of.by_verdict[static_cast<std::size_t>(one.verdict)];
  if (one.event) ++to.of.by_type[one.event->index()];
  ++to.of.by_status[one.result.status];
  to.of.answering.add(time);
  if (one.verdict != request_verdict::unauthenticated) to.of.decoding.add(one.decoding);
}

void metrics::add(const http_rejection& one, std::chrono::nanoseconds time) {
  shard& to = mine();
  const std::lock_guard lock(to.guard);
  ++to.of.by_status[one.status];
  ++to.of.by_reason[one.reason];
  to.of.answering.add(time);
}

std::string metrics::forwarding(const forward_counts& of) {
  exposition to;
  to.family("signhook_forwarded_total", "counter", "Events passed on by --forward.");
  to.sample("result", "delivered", of.delivered);
  to.sample("result", "lost", of.lost);
  to.single("signhook_forward_failures_total", "counter",
            "Requests that --forward could not deliver, or the end of its command.", of.failures);
  to.single("signhook_forward_waiting", "gauge", "Events that wait for the target of --forward.",
            of.waiting);
  to.single("signhook_forward_blocked_seconds", "gauge",
            "Time since the target of --forward took something, while events wait.",
            of.blocked.count());
  to.single("signhook_forward_failed", "gauge",
            "1 if the command has ended, or the last request failed.", of.has_failed ? 1 : 0);
  return std::move(to).text();
}

std::string metrics::keeping(const request_store& of) {
  exposition to;
  to.single("signhook_displaced_total", "counter", "Events forgotten early for want of room.",
            of.evictions());
  if (of.kept_in() != nullptr) add_archive(to, *of.kept_in());
  return std::move(to).text();
}

std::string metrics::storing(const inbox_store& of) {
  exposition to;
  const group_committer::counts counts = of.counted();
  to.single("signhook_inbox_ready", "gauge", "1 if the inbox takes requests.",
            of.trouble().empty() ? 1 : 0);
  to.single("signhook_inbox_commits_total", "counter",
            "Transactions that stored requests, or tried to.", counts.commits);
  to.single("signhook_inbox_stored_total", "counter", "Events that are new in the inbox.",
            counts.events);
  to.single("signhook_inbox_batch_total", "counter",
            "Requests in all transactions; divided by these it is the size of a batch.",
            counts.requests);
  to.single("signhook_inbox_failures_total", "counter",
            "Transactions of which something was not stored.", counts.failures);
  to.single("signhook_inbox_timeouts_total", "counter",
            "Requests that were answered 503 before the database had answered.", counts.timeouts);
  to.single("signhook_inbox_connects_total", "counter",
            "Times that a connection began to take requests.", counts.connects);
  to.single("signhook_inbox_waiting", "gauge", "Requests that wait for the next transaction.",
            counts.waiting);
  to.times("signhook_inbox_commit_seconds", "Time of a transaction that stores requests.",
           counts.committing);
  const inbox_keeper::report found = of.kept();
  to.single("signhook_inbox_pruned_total", "counter", "Ids that were forgotten for their age.",
            found.pruned);
  if (!found.status) return std::move(to).text();
  to.single("signhook_inbox_queued", "gauge", "Events that no worker has handled yet.",
            found.status->queued.rows);
  to.single("signhook_inbox_dead_letters", "gauge", "Events that no worker tries again.",
            found.status->dead_letters.rows);
  to.single("signhook_inbox_quarantined", "gauge", "Requests in the quarantine.",
            found.status->quarantined.rows);
  to.single("signhook_inbox_oldest_seconds", "gauge",
            "Time for which the oldest event that is due has waited for a worker.",
            found.oldest_age.count());
  return std::move(to).text();
}

std::string metrics::text(const http_server_counts& server, const connection_limits& limits,
                          const line_writer::counts& printed) const {
  const totals all = sum();
  exposition to;
  to.family("signhook_deliveries_total", "counter", "Requests by verdict.");
  for (std::size_t i = 0; i < all.by_verdict.size(); ++i) {
    to.sample("verdict", signhook::name(signhook::enumerators<request_verdict>[i]),
              all.by_verdict[i]);
  }
  to.family("signhook_events_total", "counter", "Events, duplicates included, by type.");
  for (std::size_t i = 0; i < all.by_type.size(); ++i) {
    const auto type = i < signhook::event_types.size() ? signhook::event_types[i] : "unknown";
    to.sample("type", type, all.by_type[i]);
  }
  to.family("signhook_answers_total", "counter", "Answers to deliveries by HTTP status.");
  for (const auto& [status, count] : all.by_status) to.sample("status", status, count);
  to.family("signhook_rejections_total", "counter",
            "Requests that are not valid HTTP or exceed a limit.");
  for (const auto& [reason, count] : all.by_reason) to.sample("reason", reason, count);
  to.times("signhook_request_duration_seconds",
           "Time from the first byte of a delivery to its answer.", all.answering);
  to.times("signhook_decode_seconds", "Time to check, decode and look up a request.", all.decoding);
  add_server(to, server, limits);
  to.single("signhook_unprinted_total", "counter", "Lines that could not be printed.",
            printed.lost);
  return std::move(to).text();
}
