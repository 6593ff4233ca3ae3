// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "deliver/cloud_event_message.hpp"
#include "http/client.hpp"
#include "http/headers.hpp"
#include <signhook/encoder/cloudevents.hpp>
#include <signhook/event.hpp>

#include <atomic>
#include <string>
#include <string_view>

// An event as the body of a request, and the fields that belong to this event.
struct event_request {
  std::string body;
  http_headers headers;
};

// Makes requests of events in one form.
class event_request_maker {
 public:
  // Throws std::runtime_error if the source of CloudEvents is not a URI-reference.
  event_request_maker(forward_form form, const std::string& source);
  event_request_maker(const event_request_maker&) = delete;
  event_request_maker& operator=(const event_request_maker&) = delete;

  // Returns the fields of every request of this form.
  [[nodiscard]] http_headers common_headers() const;

  // `body` has the event as it came.
  [[nodiscard]] event_request make(const signhook::event& event, std::string_view body) const;

 private:
  const forward_form form_;
  const std::string source_text_;
  const signhook::cloud_event_source source_;  // a view of it
};

// Returns the options of a client that sends events: their answers are not kept.
[[nodiscard]] http_client_options event_client(http_client_options options,
                                               const std::atomic<bool>& is_stopping);

[[nodiscard]] http_headers joined(http_headers all, const http_headers& more);

[[nodiscard]] bool is_delivered(const http_answer& answer);

// Returns whether a status is about the body and not about the server, its address or the secret, which somebody can
// put right (RFC 9110, sections 15.5.1, 15.5.14, 15.5.16 and 15.5.21): a repetition would be rejected too.
[[nodiscard]] bool is_body_rejected(int status);

[[nodiscard]] std::string text_of(const http_answer& answer);
