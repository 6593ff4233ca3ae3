// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "deliver/event_request.hpp"
#include "http/client.hpp"
#include "http/url.hpp"
#include "listen/forwarder.hpp"
#include <signhook/event.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

// Posts each event to an address, one at a time. A request that fails is repeated, after
// a pause that doubles, until it is answered 2xx. An answer that rejects the body itself loses that event: its
// repetition would be rejected, too, and the events behind it would wait forever.
class url_forwarder final : public forwarder {
 public:
  // Throws std::runtime_error if the address, a header or the source cannot be used.
  explicit url_forwarder(const forward_options& options);
  ~url_forwarder() override;
  url_forwarder(const url_forwarder&) = delete;
  url_forwarder& operator=(const url_forwarder&) = delete;

  void push(const signhook::event& event, std::string_view body) override;
  [[nodiscard]] std::string_view trouble() const override;
  [[nodiscard]] forward_counts counted() const override;
  [[nodiscard]] bool finish(std::chrono::steady_clock::time_point last) override;

 private:
  using clock = std::chrono::steady_clock;

  struct waiting_event {
    signhook::event_id id;
    event_request request;
  };
  [[nodiscard]] static std::size_t size_of(const waiting_event& one);

  [[nodiscard]] bool end_by(clock::time_point last);
  void run();
  void settle(const http_answer& answer);
  void remove_first(bool is_taken);
  [[nodiscard]] bool is_over() const { return is_ending_ && clock::now() >= last_; }

  const http_url to_;
  const event_request_maker requests_;
  std::atomic<bool> is_stopping_ = false;  // of the client
  http_client client_;
  mutable std::mutex guard_;  // of what follows
  std::condition_variable changed_;
  std::deque<waiting_event> waiting_;  // the first is in flight, or was
  std::size_t bytes_ = 0;
  forward_counts counts_;
  clock::time_point progress_ = clock::now();
  std::chrono::milliseconds pause_{};  // before the next attempt; none if the last one succeeded
  bool is_ending_ = false;
  clock::time_point last_ = clock::time_point::max();
  std::thread sender_;
};
