// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "deliver/bus_address.hpp"
#include "deliver/cloud_event_message.hpp"
#include "deliver/socket_watchdog.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

struct amqp_connection_state_t_;

// The reason why a message is not known to be in the broker.
class amqp_error : public std::runtime_error {
 public:
  amqp_error(int code, const std::string& text) : std::runtime_error(text), code_(code) {}

  // Returns the reply code of AMQP 0-9-1, section 1.2, or 0.
  [[nodiscard]] int code() const { return code_; }

 private:
  const int code_;
};

// A connection to RabbitMQ with one channel, on which messages are published one after the other, each with its
// publisher confirm. It has no heartbeats, which the library would send only during calls: a thread without events makes
// none. Instead, TCP looks after an idle connection, and each message has a deadline.
class amqp_connection {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  // `ca_file` has the certificates to trust in place of the system's.
  amqp_connection(const amqp_address& to, const std::string& ca_file,
                  const std::atomic<bool>& is_stopping)
      : to_(to), ca_file_(ca_file), is_stopping_(is_stopping), watchdog_(is_stopping) {}
  ~amqp_connection();
  amqp_connection(const amqp_connection&) = delete;
  amqp_connection& operator=(const amqp_connection&) = delete;

  // Returns once the broker has confirmed the message, which is persistent and mandatory. Throws amqp_error otherwise.
  void publish(const cloud_event_message& message, const std::string& id,
               const std::string& traceparent, const std::string& routing_key, time_point deadline);

 private:
  struct closer {
    void operator()(amqp_connection_state_t_* state) const;
  };

  void connect(time_point deadline);
  void open_socket(time_point deadline);
  void log_in(time_point deadline);
  void close_politely();
  [[nodiscard]] bool is_usable();
  void wait_while_blocked(time_point deadline);
  void wait_for_confirm(time_point deadline);
  void check(int status, const char* doing);
  void check_reply(const char* doing);

  const amqp_address& to_;
  const std::string& ca_file_;
  const std::atomic<bool>& is_stopping_;
  socket_watchdog watchdog_;
  std::unique_ptr<amqp_connection_state_t_, closer> state_;
  bool is_settled_ = false;  // the broker has said what became of the message
  bool is_blocked_ = false;
  std::string why_blocked_;
};
