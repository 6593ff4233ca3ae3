// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/delivery.hpp>
#include <signhook/detail/json/writer.hpp>
#include <signhook/detail/schema/component_name.hpp>
#include <signhook/detail/schema/components.hpp>
#include <signhook/detail/text/decimal.hpp>
#include <signhook/encoder.hpp>
#include <signhook/enumeration.hpp>
#include <signhook/schema.hpp>
#include <signhook/schema/json_schema.hpp>
#include <signhook/subscription/encode.hpp>
#include <signhook/subscription/json_schema.hpp>
#include <signhook/subscription/request.hpp>
#include <signhook/subscription/resource.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <type_traits>
#include <utility>

// The webhooks and the subscription API as a document of OpenAPI 3.1.

namespace signhook::inline SIGNHOOK_ABI {

namespace detail {

template <class Out>
class openapi_writer {
 public:
  constexpr openapi_writer(Out out, schema_form form, std::string_view secret_header)
      : to_(std::move(out)), components_(to_, form), secret_header_(secret_header) {}
  openapi_writer(const openapi_writer&) = delete;  // `components_` refers to `to_`
  openapi_writer& operator=(const openapi_writer&) = delete;

  constexpr Out write() {
    to_.begin_object();
    to_.member("openapi", "3.1.0");
    components_.info("CM.com Sign webhooks",
                     "The events that CM.com Sign sends and the calls that subscribe to them. Made "
                     "by signhook from its schema, not "
                     "published by CM.com. Where `x-signhook-source` is `documented`, CM.com's "
                     "page on events says so; what is "
                     "`undocumented` was taken from public clients and may be otherwise.");
    servers();
    security(token_scheme);
    paths();
    webhooks();
    components();
    to_.end_object();
    return to_.end();
  }

 private:
  static constexpr std::string_view token_scheme = "token";
  static constexpr std::string_view request = described<subscription_request>::title;
  static constexpr std::string_view answer = described<subscription>::title;
  static constexpr std::string_view error = described<api_error>::title;
  static constexpr std::string_view update = "subscription_update";
  static constexpr std::string_view list = "subscription_list";
  using names = subscription_names;

  constexpr void grounds(source of) { to_.member("x-signhook-source", name(of)); }

  constexpr void servers() {
    to_.key("servers");
    to_.begin_array();
    server(production_base, "Production", source::documented);
    server(sandbox_base, "Sandbox", source::undocumented);
    to_.end_array();
  }

  constexpr void server(std::string_view url, std::string_view description, source of) {
    to_.begin_object();
    to_.member("url", url);
    to_.member("description", description);
    grounds(of);
    to_.end_object();
  }

  constexpr void security(std::string_view scheme) {
    to_.key("security");
    to_.begin_array();
    to_.begin_object();
    to_.key(scheme);
    to_.begin_array();
    to_.end_array();
    to_.end_object();
    to_.end_array();
  }

  // ---- The subscription API ----

  constexpr void paths() {
    to_.key("paths");
    to_.begin_object();
    path("", [this] {
      operation("get", "list_subscriptions", "Lists the subscriptions", source::undocumented);
      responses([this] { success("The subscriptions.", list, no_examples()); });
      to_.end_object();

      operation("post", "create_subscription", "Creates a subscription", source::documented);
      to_.member(
          "description",
          "CM.com documents that the URL begins with `https://`. The other limits are signhook's.");
      request_body(request, [this] {
        example("events", "Types of events", [this] {
          begin_request();
          to_.key(names::events);
          to_.strings(default_event_types);
          to_.end_object();
        });
        example("headers", "A header that each delivery has", [this] {
          begin_request();
          to_.key(names::headers);
          to_.begin_object();
          to_.member("My-Custom-Header", "Example");
          to_.end_object();
          to_.end_object();
        });
      });
      responses([this] {
        success("The subscription.", answer, [this] {
          example("documented", "As CM.com documents it", [this] { answer_example(); });
        });
      });
      to_.end_object();
    });
    path("/{webhookId}", [this] {
      operation("get", "get_subscription", "Returns a subscription", source::undocumented);
      responses([this] { success("The subscription.", answer, no_examples()); });
      to_.end_object();

      operation("put", "update_subscription", "Changes or re-enables a subscription",
                source::undocumented);
      to_.member("description",
                 "CM.com documents that an update re-enables a subscription, by this body, but "
                 "neither its method nor "
                 "its path, nor if other updates need all members.");
      request_body(update, [this] {
        example("enable", "Re-enables the subscription", [this] { to_.raw(reenable_body); });
      });
      responses([this] { success("The subscription is changed. The content is undocumented."); });
      to_.end_object();

      operation("delete", "delete_subscription", "Deletes a subscription", source::undocumented);
      responses([this] { success("The subscription is deleted. The content is undocumented."); });
      to_.end_object();
    });
    to_.end_object();
  }

  template <class Operations>
  constexpr void path(std::string_view last, Operations operations) {
    std::array<char, 64> text{};
    char* end = text.data();
    for (const std::string_view part :
         {path_before_kid, std::string_view("{kid}"), path_after_kid, last})
      end = write_text(end, part);
    to_.key({text.data(), static_cast<std::size_t>(end - text.data())});
    to_.begin_object();
    to_.key("parameters");
    to_.begin_array();
    parameter("kid", "The client Key ID.", [this] {
      to_.begin_object();
      to_.member("type", "string");
      to_.member("minLength", 1);
      to_.end_object();
    });
    if (!last.empty()) {
      parameter("webhookId", "The id of the subscription.",
                [this] { components_.reference(component_name<subscription_id>); });
    }
    to_.end_array();
    operations();
    to_.end_object();
  }

  template <class Schema>
  constexpr void parameter(std::string_view name, std::string_view description, Schema schema) {
    to_.begin_object();
    to_.member("name", name);
    to_.member("in", "path");
    to_.member("required", true);
    to_.member("description", description);
    to_.key("schema");
    schema();
    to_.end_object();
  }

  // Begins an operation; the caller ends the object.
  constexpr void operation(std::string_view method, std::string_view id, std::string_view summary,
                           source of) {
    to_.key(method);
    to_.begin_object();
    to_.member("operationId", id);
    to_.member("summary", summary);
    grounds(of);
  }

  template <class Examples>
  constexpr void request_body(std::string_view schema, Examples examples) {
    to_.key("requestBody");
    to_.begin_object();
    to_.member("required", true);
    content(schema, examples);
    to_.end_object();
  }

  template <class Successes>
  constexpr void responses(Successes successes) {
    to_.key("responses");
    to_.begin_object();
    successes();
    to_.key("default");
    to_.begin_object();
    to_.member("description", "An error, as public clients have seen it.");
    grounds(source::undocumented);
    content(error, no_examples());
    to_.end_object();
    to_.end_object();
  }

  // The range, as CM.com documents no other status.
  constexpr void success(std::string_view description) {
    to_.key("2XX");
    to_.begin_object();
    to_.member("description", description);
    to_.end_object();
  }

  template <class Examples>
  constexpr void success(std::string_view description, std::string_view schema, Examples examples) {
    to_.key("2XX");
    to_.begin_object();
    to_.member("description", description);
    content(schema, examples);
    to_.end_object();
  }

  struct no_examples {};

  template <class Examples>
  constexpr void content(std::string_view schema, Examples examples) {
    to_.key("content");
    to_.begin_object();
    to_.key("application/json");
    to_.begin_object();
    to_.key("schema");
    components_.reference(schema);
    if constexpr (!std::is_same_v<Examples, no_examples>) {
      to_.key("examples");
      to_.begin_object();
      examples();
      to_.end_object();
    }
    to_.end_object();
    to_.end_object();
  }

  template <class Value>
  constexpr void example(std::string_view name, std::string_view summary, Value value) {
    to_.key(name);
    to_.begin_object();
    to_.member("summary", summary);
    to_.key("value");
    value();
    to_.end_object();
  }

  constexpr void begin_request() {
    to_.begin_object();
    to_.member(names::url, "https://example.com");
  }

  // The answer that CM.com's page shows.
  constexpr void answer_example() {
    constexpr std::array types = {schema<dossier_state_updated>::type,
                                  schema<dossier_prepared>::type};
    constexpr std::string_view time = "2022-01-01T00:00:00+00:00";
    to_.begin_object();
    to_.member(names::id, "77e79832-1708-4a49-9528-3536ba4057d7");
    to_.member(names::url, "https://example.com");
    to_.key(names::events);
    to_.strings(types);
    to_.key(names::headers);
    to_.null();
    to_.member(names::disabled, false);
    to_.member(names::updated_at, time);
    to_.member(names::created_at, time);
    to_.end_object();
  }

  // ---- The events ----

  constexpr void webhooks() {
    to_.key("webhooks");
    to_.begin_object();
    for_each_known_event([&]<class Event>() { webhook<Event>(); });
    to_.end_object();
  }

  template <class Event>
  constexpr void webhook() {
    to_.key(schema<Event>::type);
    to_.begin_object();
    operation("post", event_component_of<Event>.view(), schema<Event>::description,
              source::documented);
    security(secret_scheme);
    request_body(event_component_of<Event>.view(), [this] {
      example("documented", "As CM.com documents it",
              [this] { value_writer<Event>::write(to_, schema<Event>::sample); });
    });
    to_.key("responses");
    to_.begin_object();
    success("The event is received. CM.com ignores the content.");
    to_.key("5XX");
    to_.begin_object();
    to_.key("description");
    constexpr auto hours = std::chrono::duration_cast<std::chrono::hours>(max_retry_delay.value);
    to_.string("CM.com sends the event again, with delays that grow up to ",
               decimal(static_cast<std::uint64_t>(hours.count())).view(),
               " hours, and drops it after ",
               decimal(static_cast<std::uint64_t>(max_retries.value)).view(), " failed retries.");
    to_.end_object();
    to_.end_object();
    to_.end_object();
    to_.end_object();
  }

  // ---- What these refer to ----

  constexpr void components() {
    to_.key("components");
    to_.begin_object();
    to_.key("schemas");
    to_.begin_object();
    components_.event_schemas();
    components_.template object<subscription>(answer);
    to_.key(list);
    to_.begin_object();
    to_.member("type", "array");
    to_.key("items");
    components_.reference(answer);
    to_.end_object();
    components_.template object<request_content>(request);
    components_.template object<update_content>(update);
    components_.template object<api_error>(error);
    to_.end_object();
    to_.key("securitySchemes");
    to_.begin_object();
    to_.key(token_scheme);
    to_.begin_object();
    to_.member("type", "http");
    to_.member("scheme", "bearer");
    to_.end_object();
    components_.secret("apiKey", secret_header_);
    to_.end_object();
    to_.end_object();
  }

  json_writer<Out> to_;
  components_writer<Out> components_;
  std::string_view secret_header_;
};

}  // namespace detail

/// Writes a document of OpenAPI 3.1, compact: the known events as webhooks, and the calls of the subscription API.
/// Returns the end.
///
/// Each event is a schema that is named after its type; the schema `event` is any of them, and in the tolerant form any
/// event of another type too. `secret_header` is the name of the custom header with the secret. What CM.com
/// documents is marked as `documented` by `x-signhook-source`. The schemas accept what `write_json_schema`'s do.
/// Allocates nothing and throws only what `out` throws.
template <std::output_iterator<char> Out>
constexpr Out write_openapi(Out out, schema_form form,
                            std::string_view secret_header = "X-Secret") {
  return detail::openapi_writer<Out>(std::move(out), form, secret_header).write();
}

}  // namespace signhook::inline SIGNHOOK_ABI
