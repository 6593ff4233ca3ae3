// SPDX-License-Identifier: BSL-1.0
#include "listen/url_forwarder.hpp"

#include "system/report.hpp"
#include <signhook/format.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace {

constexpr std::chrono::milliseconds first_pause{500};
constexpr std::chrono::milliseconds longest_pause{30'000};

}  // namespace

url_forwarder::url_forwarder(const forward_options& options)
    : to_(http_url::from(options.to)),
      requests_(options.form, options.source),
      client_(to_, event_client(options.client, is_stopping_),
              joined(options.headers, requests_.common_headers())) {
  sender_ = std::thread([this] { run(); });
}

url_forwarder::~url_forwarder() { static_cast<void>(end_by(clock::now())); }

std::size_t url_forwarder::size_of(const waiting_event& one) {
  std::size_t size = sizeof one + one.request.body.size();
  for (const auto& header : one.request.headers) {
    size += sizeof header + header.first.size() + header.second.size();
  }
  return size;
}

void url_forwarder::push(const signhook::event& event, std::string_view body) {
  waiting_event one{signhook::id(event), requests_.make(event, body)};
  {
    const std::lock_guard lock(guard_);
    if (is_ending_ || bytes_ + size_of(one) > max_bytes) {
      ++counts_.lost;
      return;
    }
    if (waiting_.empty()) progress_ = clock::now();
    bytes_ += size_of(one);
    waiting_.push_back(std::move(one));
  }
  changed_.notify_one();
}

std::string_view url_forwarder::trouble() const {
  const forward_counts now = counted();
  if (now.blocked < blocked_after) return {};
  return now.has_failed ? "the target of --forward fails"
                        : "the target of --forward does not answer";
}

forward_counts url_forwarder::counted() const {
  const std::lock_guard lock(guard_);
  forward_counts made = counts_;
  made.waiting = waiting_.size();
  if (!waiting_.empty()) {
    made.blocked = std::chrono::floor<std::chrono::seconds>(clock::now() - progress_);
  }
  return made;
}

bool url_forwarder::finish(clock::time_point last) { return end_by(last); }

bool url_forwarder::end_by(clock::time_point last) {
  if (!sender_.joinable()) return counts_.lost == 0;
  {
    std::unique_lock lock(guard_);
    is_ending_ = true;
    last_ = last;
    changed_.notify_all();
    changed_.wait_until(lock, last, [this] { return waiting_.empty(); });
    is_stopping_ = true;
  }
  changed_.notify_all();
  sender_.join();
  const std::lock_guard lock(guard_);
  counts_.lost += waiting_.size();
  waiting_.clear();
  return counts_.lost == 0;
}

void url_forwarder::run() {
  std::unique_lock lock(guard_);
  for (;;) {
    changed_.wait(lock, [this] { return is_ending_ || !waiting_.empty(); });
    // The end of the program is a reason to try at once.
    if (pause_.count() != 0 && !is_ending_) {
      changed_.wait_for(lock, pause_, [this] { return is_ending_; });
    } else if (pause_.count() != 0) {
      changed_.wait_for(lock, std::min(pause_, first_pause), [this] { return is_over(); });
    }
    if (waiting_.empty() || is_over()) return;
    // Others only add at the end, so that the first one stays where it is.
    const waiting_event& first = waiting_.front();
    lock.unlock();
    http_answer answer;
    try {
      answer = client_.send("POST", to_.target, first.request.body, first.request.headers);
    } catch (const std::exception& error) {
      answer.error = transport_error::other;
      answer.detail = error.what();
    }
    lock.lock();
    settle(answer);
  }
}

void url_forwarder::settle(const http_answer& answer) {
  if (answer.error == transport_error::interrupted) return;
  const bool had_failed = counts_.has_failed;
  counts_.has_failed = !is_delivered(answer) && !is_body_rejected(answer.status);
  if (counts_.has_failed) {
    ++counts_.failures;
    if (!had_failed) report("--forward {}: {}; it is tried again", to_.server, text_of(answer));
    pause_ = pause_.count() == 0 ? first_pause : std::min(2 * pause_, longest_pause);
    return;
  }
  if (had_failed) report("--forward {}: takes events again", to_.server);
  if (!is_delivered(answer)) {
    report("--forward {}: rejects the event {}: {}", to_.server, waiting_.front().id,
           text_of(answer));
  }
  pause_ = {};
  remove_first(is_delivered(answer));
}

void url_forwarder::remove_first(bool is_taken) {
  bytes_ -= size_of(waiting_.front());
  waiting_.pop_front();
  ++(is_taken ? counts_.delivered : counts_.lost);
  if (!is_taken) ++counts_.failures;
  progress_ = clock::now();
  if (waiting_.empty()) changed_.notify_all();
}
