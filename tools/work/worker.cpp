// SPDX-License-Identifier: BSL-1.0
#include "work/worker.hpp"

#include "system/line_writer.hpp"
#include "system/report.hpp"
#include "system/signal_thread.hpp"
#include "work/attempt.hpp"
#include "work/attempt_text.hpp"
#include "work/delivery_threads.hpp"
#include "work/metrics_server.hpp"
#include "work/work_metrics.hpp"
#include <signhook/format.hpp>
#include <signhook/timestamp/time_point.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t max_unprinted_attempts = std::size_t{64} << 20U;

// How often an idle worker looks for events, and how often one tries again whose inbox cannot be used.
constexpr milliseconds poll_interval{100};
constexpr milliseconds repair_interval{500};

// The longest times for which Retry-After can stop a worker and delay an event: a date may be a mistake.
constexpr std::chrono::seconds longest_target_pause = std::chrono::hours(1);
constexpr std::chrono::seconds longest_retry_after = std::chrono::hours(24);

// The time after the grace time in which deliveries that are interrupted end and are recorded.
constexpr std::chrono::seconds time_to_record{3};

signhook::time_point now_in_milliseconds() {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

class event_worker {
 public:
  explicit event_worker(const work_request& request)
      : request_(request),
        metrics_(request.concurrency),
        inbox_(make_inbox_connection(request.inbox, request.settings)),
        threads_(request.to, request.concurrency) {
    if (request.metrics_port) {
      server_.emplace(metrics_, request.metrics_host, *request.metrics_port,
                      make_inbox_connection(request.inbox, request.settings));
    }
  }

  exit_code run() {
    {
      // Before it is announced, so that a signal that follows is not lost.
      const signal_thread on_stop({SIGTERM, SIGINT}, [this] {
        is_stopping_ = true;  // a second signal gives no more time
        threads_.wake();
      });
      if (server_) {
        report("metrics on http://{}:{}/metrics", request_.metrics_host, server_->port());
      }
      report("working on {}", inbox_->name());
      loop();
    }
    if (!ended_.empty()) {
      report("{} attempts could not be recorded: their events come again", ended_.size());
      for (const attempt& one : std::exchange(ended_, {})) log(one, attempt_outcome::unrecorded);
    }
    printer_.end_by(clock_type::now() + std::chrono::seconds(1));
    if (printer_.finish()) return exit_code::accepted;
    const auto printed = printer_.counted();
    report("cannot write: {}: {} lines are not printed",
           std::generic_category().message(printed.error), printed.lost);
    return exit_code::failed;
  }

 private:
  void loop() {
    auto next_look = clock_type::now();
    for (;;) {
      // Where an event has ended, the next one of its dossier can be taken.
      if (!ended_.empty() && request_.settings.queue.order == signhook::queue_order::dossier) {
        next_look = {};
      }
      record();
      const auto now = clock_type::now();
      if (is_stopping_ && !has_to_wait(now)) return;
      const std::size_t free = request_.concurrency - in_flight_ - ended_.size();
      auto wake_at = now + repair_interval;
      if (!is_stopping_ && ended_.empty() && free != 0) {
        const auto begin = std::max(next_look, paused_until_);
        metrics_.set_paused(now < paused_until_);
        if (now >= begin) {
          const std::optional<std::size_t> count = take(free);
          next_look = count == free ? now : now + (count ? poll_interval : repair_interval);
        }
        if (in_flight_ < request_.concurrency) {
          wake_at = std::max(next_look, paused_until_);
        }
      }
      metrics_.set_in_flight(in_flight_);
      for (attempt& one : threads_.wait_until(wake_at)) {
        --in_flight_;
        ended_.push_back(std::move(one));
      }
    }
  }

  // Returns whether a worker that is stopping has something to wait for.
  bool has_to_wait(clock_type::time_point now) {
    if (!interrupt_at_) interrupt_at_ = now + request_.grace;
    if (now >= *interrupt_at_) threads_.interrupt();
    return (in_flight_ != 0 || !ended_.empty()) && now < *interrupt_at_ + time_to_record;
  }

  // Takes as many events as there is room for. Returns how many, or nothing if the inbox cannot be used.
  std::optional<std::size_t> take(std::size_t at_most) {
    std::size_t count = 0;
    const auto each = [&](const signhook::take_result& taken, std::string_view body) {
      ++count;
      if (taken.outcome == signhook::take_outcome::taken) {
        ++in_flight_;
        return threads_.push({taken.lease, std::string(body)});
      }
      attempt unended;
      unended.lease = taken.lease;
      unended.id = fmt::format("{}", taken.lease.id);
      unended.report.reason = "the last attempt did not end";
      log(unended, attempt_outcome::dead_letter);
    };
    const bool is_done =
        inbox_->connect() && inbox_->take_each(now_in_milliseconds(), at_most, each);
    note_inbox(is_done);
    if (!is_done) return std::nullopt;
    return count;
  }

  // Records the attempts that have ended. Those stay that the inbox could not be told of.
  void record() {
    if (ended_.empty()) return;
    std::vector<attempt> left;
    std::vector<attempt> delivered;
    for (attempt& one : std::exchange(ended_, {})) {
      pause_for(one.report);
      if (one.report.outcome == delivery_result::delivered) {
        delivered.push_back(std::move(one));
        continue;
      }
      const std::optional<attempt_outcome> outcome = record_failure(one);
      if (outcome) {
        log(one, *outcome);
      } else {
        left.push_back(std::move(one));
      }
    }
    acknowledge(std::move(delivered), left);
    ended_ = std::move(left);
  }

  void acknowledge(std::vector<attempt> all, std::vector<attempt>& left) {
    if (all.empty()) return;
    using outcome = signhook::acknowledge_outcome;
    std::vector<signhook::queue_lease> leases;
    leases.reserve(all.size());
    for (const attempt& one : all) leases.push_back(one.lease);
    std::vector<outcome> outcomes(all.size(), outcome::unavailable);
    note_inbox(inbox_->connect() && inbox_->acknowledge(leases, outcomes));
    for (std::size_t i = 0; i < all.size(); ++i) {
      switch (outcomes[i]) {
        case outcome::acknowledged: log(all[i], attempt_outcome::delivered); break;
        case outcome::unavailable: left.push_back(std::move(all[i])); break;
        case outcome::lost:
          metrics_.add_lost_leases(1);
          all[i].report.reason = "delivered, but it was no longer leased";
          log(all[i], attempt_outcome::unrecorded);
          break;
      }
    }
  }

  // Returns nothing if the inbox cannot be used.
  std::optional<attempt_outcome> record_failure(attempt& one) {
    const signhook::queue_options& queue = request_.settings.queue;
    const bool is_last = one.lease.attempt >= queue.max_attempts;
    const bool is_dead = one.report.outcome == delivery_result::rejected ||
                         (is_last && one.report.outcome != delivery_result::interrupted);
    bool is_done = inbox_->connect();
    if (is_done && is_dead) {
      is_done = inbox_->dead_letter(one.lease, one.report.reason);
    } else if (is_done && is_last) {
      return attempt_outcome::unrecorded;  // another worker makes it a dead letter
    } else if (is_done) {
      const auto now = now_in_milliseconds();
      const auto not_before =
          now +
          std::min(one.report.retry_after.value_or(std::chrono::seconds(0)), longest_retry_after);
      one.due = std::max(now + retry_delay(queue, one.lease.id, one.lease.attempt), not_before);
      is_done = inbox_->retry(one.lease, now, not_before) != signhook::retry_outcome::unrecorded;
    }
    if (!is_done && inbox_->has_lost_lease()) {
      metrics_.add_lost_leases(1);
      return attempt_outcome::unrecorded;
    }
    note_inbox(is_done);
    if (!is_done) return std::nullopt;
    return is_dead ? attempt_outcome::dead_letter : attempt_outcome::scheduled;
  }

  // RFC 9110, section 10.2.3, and RFC 6585, section 4: these are about the server and not about one request.
  void pause_for(const delivery_report& of) {
    if (!of.retry_after || (of.status != 429 && of.status != 503)) return;
    const auto until = clock_type::now() + std::min(*of.retry_after, longest_target_pause);
    paused_until_ = std::max(paused_until_, until);
  }

  void note_inbox(bool works) {
    metrics_.set_inbox_works(works);
    if (works == inbox_works_) return;
    inbox_works_ = works;
    if (works) {
      report("{} can be used again", inbox_->name());
    } else {
      report("{} cannot be used: {}; it is tried again", inbox_->name(), inbox_->last_error());
    }
  }

  void log(const attempt& one, attempt_outcome outcome) {
    metrics_.add(one, outcome);
    if (request_.quiet) return;
    printer_.push(request_.json ? json_of(one, outcome) : text_of(one, outcome));
  }

  const work_request& request_;
  work_metrics metrics_;
  line_writer printer_{STDOUT_FILENO, max_unprinted_attempts};
  std::unique_ptr<inbox_connection> inbox_;
  std::atomic<bool> is_stopping_ = false;
  std::optional<clock_type::time_point> interrupt_at_;
  clock_type::time_point paused_until_{};
  bool inbox_works_ = true;
  std::size_t in_flight_ = 0;
  std::vector<attempt> ended_;  // that are not recorded yet
  delivery_threads threads_;
  std::optional<metrics_server> server_;
};

}  // namespace

exit_code work(const work_request& request) { return event_worker(request).run(); }
