// SPDX-License-Identifier: BSL-1.0
#include "work/work_metrics.hpp"

#include "text/exposition.hpp"
#include "work/attempt_text.hpp"

#include <algorithm>
#include <utility>

void work_metrics::add(const attempt& one, attempt_outcome outcome) {
  const std::lock_guard lock(guard_);
  ++by_outcome_[static_cast<std::size_t>(outcome)];
  ++by_status_[one.report.status];
  attempts_.add(one.duration);
  if (one.report.outcome == delivery_result::delivered) {
    const auto latency = one.begin + one.duration - one.lease.received;
    latency_.add(std::max(std::chrono::nanoseconds(latency), std::chrono::nanoseconds(0)));
  }
}

void work_metrics::add_lost_leases(std::size_t count) {
  const std::lock_guard lock(guard_);
  lost_leases_ += count;
}

void work_metrics::set_in_flight(std::size_t count) {
  const std::lock_guard lock(guard_);
  in_flight_ = count;
}

void work_metrics::set_paused(bool is_paused) {
  const std::lock_guard lock(guard_);
  is_paused_ = is_paused;
}

void work_metrics::set_inbox_works(bool works) {
  const std::lock_guard lock(guard_);
  inbox_works_ = works;
}

void work_metrics::set_status(const std::optional<inbox_status>& status, signhook::time_point now) {
  const std::lock_guard lock(guard_);
  status_ = status;
  oldest_age_ = {};
  if (status && status->oldest) {
    oldest_age_ = std::max(std::chrono::milliseconds(now - *status->oldest), oldest_age_);
  }
}

bool work_metrics::inbox_works() const {
  const std::lock_guard lock(guard_);
  return inbox_works_;
}

std::string work_metrics::text() const {
  const std::lock_guard lock(guard_);
  exposition to;
  to.family("signhook_attempts_total", "counter", "Attempts to deliver an event that have ended.");
  for (std::size_t i = 0; i < by_outcome_.size(); ++i) {
    to.sample("outcome", name(static_cast<attempt_outcome>(i)), by_outcome_[i]);
  }
  to.family("signhook_attempt_answers_total", "counter",
            "Attempts by the status of HTTP, the command or the broker; 0 without one.");
  for (const auto& [status, count] : by_status_) to.sample("status", status, count);
  to.times("signhook_attempt_duration_seconds", "Time that an attempt took.", attempts_);
  to.times("signhook_delivery_latency_seconds",
           "Time from the arrival of an event to its delivery.", latency_);
  to.single("signhook_lost_leases_total", "counter",
            "Deliveries that ended after the lease: the event is delivered again.", lost_leases_);
  to.single("signhook_deliveries_in_flight", "gauge", "Deliveries that have begun.", in_flight_);
  to.single("signhook_deliveries_limit", "gauge", "Deliveries at the same time, at most.",
            concurrency_);
  to.single("signhook_work_paused", "gauge",
            "1 while the target wants no deliveries (Retry-After).", is_paused_ ? 1 : 0);
  to.single("signhook_inbox_available", "gauge", "1 if the inbox did as asked the last time.",
            inbox_works_ ? 1 : 0);
  if (status_) {
    to.single("signhook_queue_events", "gauge",
              "Events in the queue, those in flight included; an estimate beyond 100000.",
              status_->queued.rows);
    to.single("signhook_queue_due_age_seconds", "gauge",
              "Time for which the event has been due that has waited longest; 0 without one.",
              std::chrono::duration<double>(oldest_age_).count());
    to.single("signhook_dead_letters", "gauge",
              "Dead letters in the inbox; an estimate beyond 100000.", status_->dead_letters.rows);
  }
  return std::move(to).text();
}
