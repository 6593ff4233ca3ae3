// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/json/writer.hpp>
#include <signhook/detail/schema/component_name.hpp>
#include <signhook/detail/schema/components.hpp>
#include <signhook/encoder.hpp>
#include <signhook/schema.hpp>
#include <signhook/schema/json_schema.hpp>

#include <iterator>
#include <string_view>
#include <utility>

// The webhooks as a document of AsyncAPI 3.0.

namespace signhook::inline SIGNHOOK_ABI {

namespace detail {

template <class Out>
class asyncapi_writer {
 public:
  constexpr asyncapi_writer(Out out, schema_form form, std::string_view secret_header)
      : to_(std::move(out)), components_(to_, form), secret_header_(secret_header) {}
  asyncapi_writer(const asyncapi_writer&) = delete;  // `components_` refers to `to_`
  asyncapi_writer& operator=(const asyncapi_writer&) = delete;

  constexpr Out write() {
    to_.begin_object();
    to_.member("asyncapi", "3.0.0");
    components_.info("CM.com Sign webhooks",
                     "The events that CM.com Sign sends to an endpoint of yours. Made by signhook "
                     "from its schema, not "
                     "published by CM.com.");
    to_.member("defaultContentType", "application/json");
    server();
    channel();
    operation();
    components();
    to_.end_object();
    return to_.end();
  }

 private:
  static constexpr std::string_view endpoint = "endpoint";
  static constexpr std::string_view deliveries = "deliveries";

  // Writes an object that refers to the parts' joint text.
  template <class... Part>
  constexpr void reference(const Part&... parts) {
    to_.begin_object();
    to_.key("$ref");
    to_.string(parts...);
    to_.end_object();
  }

  constexpr void server() {
    to_.key("servers");
    to_.begin_object();
    to_.key(endpoint);
    to_.begin_object();
    to_.member("host", "{host}");
    to_.member("protocol", "https");
    to_.member("description",
               "The subscription's URL, which CM.com documents to begin with `https://`.");
    to_.key("variables");
    to_.begin_object();
    variable("host", "example.com", "The host, and the port if there is one.");
    to_.end_object();
    to_.key("security");
    to_.begin_array();
    reference("#/components/securitySchemes/", secret_scheme);
    to_.end_array();
    to_.end_object();
    to_.end_object();
  }

  constexpr void variable(std::string_view name, std::string_view value,
                          std::string_view description) {
    to_.key(name);
    to_.begin_object();
    to_.member("default", value);
    to_.member("description", description);
    to_.end_object();
  }

  constexpr void channel() {
    to_.key("channels");
    to_.begin_object();
    to_.key(deliveries);
    to_.begin_object();
    to_.member("address", "/{path}");
    to_.member("description", "All events of a subscription are sent to its one URL.");
    to_.key("parameters");
    to_.begin_object();
    variable("path", "", "The path and the query of the URL.");
    to_.end_object();
    to_.key("messages");
    to_.begin_object();
    for_each_known_event([&]<class Event>() {
      to_.key(event_component_of<Event>.view());
      reference("#/components/messages/", event_component_of<Event>.view());
    });
    to_.end_object();
    to_.end_object();
    to_.end_object();
  }

  constexpr void operation() {
    to_.key("operations");
    to_.begin_object();
    to_.key("receive");
    to_.begin_object();
    to_.member("action", "receive");
    to_.key("channel");
    reference("#/channels/", deliveries);
    to_.member("summary", "Receives an event, and answers 2xx.");
    to_.key("bindings");
    to_.begin_object();
    to_.key("http");
    to_.begin_object();
    to_.member("method", "POST");
    to_.member("bindingVersion", "0.3.0");
    to_.end_object();
    to_.end_object();
    to_.key("messages");
    to_.begin_array();
    for_each_known_event([&]<class Event>() {
      reference("#/channels/", deliveries, "/messages/", event_component_of<Event>.view());
    });
    to_.end_array();
    to_.end_object();
    to_.end_object();
  }

  constexpr void components() {
    to_.key("components");
    to_.begin_object();
    to_.key("messages");
    to_.begin_object();
    for_each_known_event([&]<class Event>() { message<Event>(); });
    to_.end_object();
    to_.key("schemas");
    to_.begin_object();
    components_.event_schemas();
    to_.end_object();
    to_.key("securitySchemes");
    to_.begin_object();
    components_.secret("httpApiKey", secret_header_);
    to_.end_object();
    to_.end_object();
  }

  template <class Event>
  constexpr void message() {
    to_.key(event_component_of<Event>.view());
    to_.begin_object();
    to_.member("name", schema<Event>::type);
    to_.member("summary", schema<Event>::description);
    to_.key("payload");
    components_.reference(event_component_of<Event>.view());
    to_.key("examples");
    to_.begin_array();
    to_.begin_object();
    to_.member("name", "documented");
    to_.member("summary", "As CM.com documents it");
    to_.key("payload");
    value_writer<Event>::write(to_, schema<Event>::sample);
    to_.end_object();
    to_.end_array();
    to_.end_object();
  }

  json_writer<Out> to_;
  components_writer<Out> components_;
  std::string_view secret_header_;
};

}  // namespace detail

/// Writes a document of AsyncAPI 3.0, compact: an endpoint that receives the known events, each as a message. Returns
/// the end.
///
/// The schemas are named as `write_openapi` names them. The calls of the subscription API are in that document only.
/// `secret_header` is the name of the custom header with the secret. Allocates nothing and throws only what
/// `out` throws.
template <std::output_iterator<char> Out>
constexpr Out write_asyncapi(Out out, schema_form form,
                             std::string_view secret_header = "X-Secret") {
  return detail::asyncapi_writer<Out>(std::move(out), form, secret_header).write();
}

}  // namespace signhook::inline SIGNHOOK_ABI
