// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/encoder/cloudevents.hpp>
#include <signhook/event.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// How a target gets an event: its body as it came, or as a CloudEvent in one of the modes of a protocol binding.
enum class forward_form : std::uint8_t { body, structured, binary };

// Returns the source of CloudEvents, a view of `text`. Throws std::runtime_error if it is not a URI-reference.
[[nodiscard]] signhook::cloud_event_source source_of(const std::string& text);

// An event as the message of a bus.
struct cloud_event_message {
  std::string body;
  const char* content_type;
  std::vector<std::pair<std::string, std::string>>
      attributes;  // in binary mode, with their names' prefix
};

// Makes messages of events, in binary mode unless the form is structured.
class cloud_event_message_maker {
 public:
  // `prefix` is that of the names in the binding's binary mode. Throws std::runtime_error if the source is not a
  // URI-reference.
  cloud_event_message_maker(forward_form form, std::string source, std::string_view prefix);
  cloud_event_message_maker(const cloud_event_message_maker&) = delete;
  cloud_event_message_maker& operator=(const cloud_event_message_maker&) = delete;

  // `body` has the event as it came.
  [[nodiscard]] cloud_event_message make(const signhook::event& event, std::string_view body) const;

 private:
  const forward_form form_;
  const std::string source_text_;
  const signhook::cloud_event_source source_;  // a view of it
  const std::string_view prefix_;
};
