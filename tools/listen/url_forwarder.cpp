// SPDX-License-Identifier: BSL-1.0
#include "listen/url_forwarder.hpp"

#include "system/report.hpp"
#include <signhook/format.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace {

constexpr std::chrono::milliseconds first_pause{500};
constexpr std::chrono::milliseconds longest_pause{30'000};

http_client_options client_of(http_client_options options, const std::atomic<bool>& is_stopping) {
  options.keep_answers = false;
  options.is_stopping = &is_stopping;
  return options;
}

bool is_delivered(const http_answer& answer) { return answer.status / 100 == 2; }

// Returns whether a status is about the body and not about the server, its address or the secret, which somebody can
// put right (RFC 9110, sections 15.5.1, 15.5.14, 15.5.16 and 15.5.21).
bool is_body_rejected(int status) {
  return status == 400 || status == 413 || status == 415 || status == 422;
}

std::string text_of(const http_answer& answer) {
  if (answer.status != 0) return fmt::format("answered {}", answer.status);
  return fmt::format("{} ({})", describe(answer.error), answer.detail);
}

http_headers headers_of(const forward_options& options) {
  http_headers all = options.headers;
  if (options.form == forward_form::structured) {
    all.emplace_back("Content-Type", "application/cloudevents+json; charset=UTF-8");
  }
  return all;
}

signhook::cloud_event_source source_of(const std::string& text) {
  const auto source = signhook::cloud_event_source::from(text);
  if (!source) throw std::runtime_error("the source " + text + " is not a URI-reference");
  return *source;
}

// The value of an attribute as a header field: HTTP protocol binding for CloudEvents 1.0.2, section 3.1.3.2.
std::string percent_encoded(std::string_view value) {
  std::string made;
  for (const char c : value) {
    const bool is_plain = c > ' ' && c <= '~' && c != '"' && c != '%';
    if (is_plain) {
      made += c;
    } else {
      fmt::format_to(std::back_inserter(made), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return made;
}

}  // namespace

url_forwarder::url_forwarder(const forward_options& options)
    : to_(http_url::from(options.to)),
      form_(options.form),
      source_text_(options.source),
      source_(source_of(source_text_)),
      client_(to_, client_of(options.client, is_stopping_), headers_of(options)) {
  sender_ = std::thread([this] { run(); });
}

url_forwarder::~url_forwarder() { static_cast<void>(end_by(clock::now())); }

url_forwarder::waiting_event url_forwarder::make(const signhook::event& event,
                                                 std::string_view body) const {
  waiting_event one{signhook::id(event), {}, {}};
  if (form_ == forward_form::structured) {
    signhook::write_cloud_event(std::back_inserter(one.body), event, body, source_);
    return one;
  }
  one.body = body;
  if (form_ == forward_form::body) return one;
  signhook::for_each_cloud_event_attribute(
      event, source_, [&](std::string_view name, std::string_view value) {
        // It is the Content-Type, which the client sends anyway.
        if (name == "datacontenttype") return;
        one.headers.emplace_back(fmt::format("ce-{}", name), percent_encoded(value));
      });
  return one;
}

std::size_t url_forwarder::size_of(const waiting_event& one) {
  std::size_t size = sizeof one + one.body.size();
  for (const auto& header : one.headers) {
    size += sizeof header + header.first.size() + header.second.size();
  }
  return size;
}

void url_forwarder::push(const signhook::event& event, std::string_view body) {
  waiting_event one = make(event, body);
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
      answer = client_.send("POST", to_.target, first.body, first.headers);
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
