// SPDX-License-Identifier: BSL-1.0
#include "deliver/event_request.hpp"

#include <fmt/format.h>

#include <iterator>

namespace {

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

event_request_maker::event_request_maker(forward_form form, const std::string& source)
    : form_(form), source_text_(source), source_(source_of(source_text_)) {}

http_headers event_request_maker::common_headers() const {
  if (form_ != forward_form::structured) return {};
  return {{"Content-Type", "application/cloudevents+json; charset=UTF-8"}};
}

event_request event_request_maker::make(const signhook::event& event, std::string_view body) const {
  event_request made;
  if (form_ == forward_form::structured) {
    signhook::write_cloud_event(std::back_inserter(made.body), event, body, source_);
    return made;
  }
  made.body = body;
  if (form_ == forward_form::body) return made;
  signhook::for_each_cloud_event_attribute(
      event, source_, [&](std::string_view name, std::string_view value) {
        // It is the Content-Type, which the client sends anyway.
        if (name == "datacontenttype") return;
        made.headers.emplace_back(fmt::format("ce-{}", name), percent_encoded(value));
      });
  return made;
}

http_client_options event_client(http_client_options options,
                                 const std::atomic<bool>& is_stopping) {
  options.keep_answers = false;
  options.is_stopping = &is_stopping;
  return options;
}

http_headers joined(http_headers all, const http_headers& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

bool is_delivered(const http_answer& answer) { return answer.status / 100 == 2; }

bool is_body_rejected(int status) {
  return status == 400 || status == 413 || status == 415 || status == 422;
}

std::string text_of(const http_answer& answer) {
  if (answer.status != 0) return fmt::format("answered {}", answer.status);
  return fmt::format("{} ({})", describe(answer.error), answer.detail);
}
