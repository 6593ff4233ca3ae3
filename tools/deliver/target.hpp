// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "deliver/event_request.hpp"
#include "deliver/kafka_settings.hpp"
#include "http/client.hpp"
#include "http/headers.hpp"
#include <signhook/event.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// One attempt to deliver an event.
struct delivery {
  const signhook::event& event;
  std::string_view body;    // as it came
  std::string id;           // the event's, the same in each attempt
  std::uint32_t attempt{};  // from 1
  std::string traceparent;  // W3C Trace Context, Level 1, section 3.2
};

enum class delivery_result : std::uint8_t {
  delivered,
  failed,       // may succeed later
  rejected,     // a repetition would be rejected too
  interrupted,  // the program is stopping
};

struct delivery_report {
  delivery_result outcome = delivery_result::failed;
  int status =
      0;  // of HTTP, a command, AMQP (its reply code) or Kafka (its error code), if there is one
  std::string reason;                               // for people, unless it is delivered
  std::optional<std::chrono::seconds> retry_after;  // the target's wish, of every delivery
};

// An application that takes events. One thread at a time uses it.
class target {
 public:
  target() = default;
  virtual ~target() = default;
  target(const target&) = delete;
  target& operator=(const target&) = delete;

  [[nodiscard]] virtual delivery_report deliver(const delivery& one) = 0;
};

struct target_options {
  std::string url;             // an http, https, amqp, amqps or kafka address, or
  std::string command;         // a shell command
  http_client_options client;  // of which a command has the time-out
  http_headers headers;        // of each request
  std::vector<std::string> signing_secrets;
  forward_form form = forward_form::body;  // a bus takes that as binary
  std::string source;                      // of CloudEvents, a URI-reference
  std::string password;                    // of amqp, in place of the address's if it is not empty
  std::vector<kafka_setting> kafka_settings;
};

// Makes `count` targets, each for one thread. Throws std::runtime_error if the options cannot be used. Deliveries end
// soon after `is_stopping` becomes true.
[[nodiscard]] std::vector<std::unique_ptr<target>> make_targets(
    const target_options& options, std::size_t count, const std::atomic<bool>& is_stopping);
