// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "deliver/event_request.hpp"
#include "http/client.hpp"
#include "http/headers.hpp"
#include <signhook/event.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

// Where the events that a listener accepts are passed on to.
struct forward_options {
  std::string to;  // a shell command, or an http or https address; nowhere if empty
  http_client_options client;
  http_headers headers;  // of each request to the address
  forward_form form = forward_form::body;
  std::string source;  // of CloudEvents, a URI-reference

  [[nodiscard]] bool is_url() const;
};

struct forward_counts {
  std::uint64_t delivered = 0;  // written to the command, or answered 2xx
  std::uint64_t lost = 0;       // had no room, were rejected, or are left at the end
  std::uint64_t failures = 0;   // attempts that failed
  std::size_t waiting = 0;
  std::chrono::seconds blocked{};  // time since the last progress, while events wait
  bool has_failed = false;         // the command has ended, or the last request failed
};

// Passes events on, in order. Nobody waits for the target, but `finish`. Thread-safe.
class forwarder {
 public:
  forwarder() = default;
  virtual ~forwarder() = default;
  forwarder(const forwarder&) = delete;
  forwarder& operator=(const forwarder&) = delete;

  // Queues an event, if there is room; `body` has it as it came.
  virtual void push(const signhook::event& event, std::string_view body) = 0;

  // Returns why events do not reach the target, or nothing if they do.
  [[nodiscard]] virtual std::string_view trouble() const = 0;

  [[nodiscard]] virtual forward_counts counted() const = 0;

  // Lets the target take the rest until then. Returns whether it took everything, and a command ended with 0.
  [[nodiscard]] virtual bool finish(std::chrono::steady_clock::time_point last) = 0;

  // Events beyond it are not passed on, and stay in the archive. It holds a quarter of a million of them.
  static constexpr std::size_t max_bytes = std::size_t{64} << 20U;

  // A target that has taken nothing for this time, while events wait, is in trouble.
  static constexpr std::chrono::seconds blocked_after{10};
};

// Throws std::system_error or std::runtime_error if it cannot be started.
[[nodiscard]] std::unique_ptr<forwarder> make_forwarder(const forward_options& options);
