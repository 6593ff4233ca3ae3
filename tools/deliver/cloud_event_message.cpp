// SPDX-License-Identifier: BSL-1.0
#include "deliver/cloud_event_message.hpp"

#include <iterator>
#include <stdexcept>
#include <utility>

signhook::cloud_event_source source_of(const std::string& text) {
  const auto source = signhook::cloud_event_source::from(text);
  if (!source) throw std::runtime_error("the source " + text + " is not a URI-reference");
  return *source;
}

cloud_event_message_maker::cloud_event_message_maker(forward_form form, std::string source,
                                                     std::string_view prefix)
    : form_(form),
      source_text_(std::move(source)),
      source_(source_of(source_text_)),
      prefix_(prefix) {}

cloud_event_message cloud_event_message_maker::make(const signhook::event& event,
                                                    std::string_view body) const {
  cloud_event_message made;
  if (form_ == forward_form::structured) {
    made.content_type = "application/cloudevents+json; charset=UTF-8";
    signhook::write_cloud_event(std::back_inserter(made.body), event, body, source_);
    return made;
  }
  made.body = body;
  made.content_type = "application/json";
  signhook::for_each_cloud_event_attribute(
      event, source_, [&](std::string_view name, std::string_view value) {
        // It is the message's content type.
        if (name == "datacontenttype") return;
        made.attributes.emplace_back(std::string(prefix_).append(name), value);
      });
  return made;
}
