// SPDX-License-Identifier: BSL-1.0
#include "deliver/url_target.hpp"

#include "deliver/retry_after.hpp"

#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <utility>

url_target::url_target(const target_options& options, const std::atomic<bool>& is_stopping)
    : to_(http_url::from(options.url)),
      requests_(options.form, options.source),
      signer_(options.signing_secrets),
      client_(to_, event_client(options.client, is_stopping),
              joined(options.headers, requests_.common_headers())) {}

delivery_report url_target::deliver(const delivery& one) {
  const auto now = std::chrono::system_clock::now();
  event_request request = requests_.make(one.event, one.body);
  http_headers headers =
      joined(std::move(request.headers), signer_.headers(one.id, now, request.body));
  // A string of Structured Fields, as draft-ietf-httpapi-idempotency-key-header has it.
  headers.emplace_back("Idempotency-Key", fmt::format("\"{}\"", one.id));
  headers.emplace_back("traceparent", one.traceparent);
  http_answer answer;
  try {
    answer = client_.send("POST", to_.target, request.body, headers);
  } catch (const std::exception& error) {
    answer.error = transport_error::other;
    answer.detail = error.what();
  }
  delivery_report made;
  made.status = answer.status;
  if (is_delivered(answer)) {
    made.outcome = delivery_result::delivered;
    return made;
  }
  made.reason = text_of(answer);
  if (answer.error == transport_error::interrupted) {
    made.outcome = delivery_result::interrupted;
  } else if (is_body_rejected(answer.status)) {
    made.outcome = delivery_result::rejected;
  } else {
    made.retry_after = parse_retry_after(answer.retry_after, std::chrono::system_clock::now());
  }
  return made;
}
