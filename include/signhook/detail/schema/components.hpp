// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/json/writer.hpp>
#include <signhook/detail/schema/component_name.hpp>
#include <signhook/encoder.hpp>
#include <signhook/event.hpp>
#include <signhook/schema.hpp>
#include <signhook/schema/json_schema.hpp>

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

// The parts that OpenAPI and AsyncAPI documents have in common.

namespace signhook::inline SIGNHOOK_ABI::detail {

// Calls `f.operator()<Event>()` for each known event.
template <class F>
constexpr void for_each_known_event(F f) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (f.template operator()<std::variant_alternative_t<I, event>>(), ...);
  }
  (std::make_index_sequence<known_count>{});
}

// The name of the security scheme of a delivery.
inline constexpr std::string_view secret_scheme = "secret";

template <class Out>
class components_writer {
 public:
  constexpr components_writer(json_writer<Out>& to, schema_form form)
      : to_(to), form_(form), objects_(to, form, schema_place::components) {}

  // Writes the member `info`.
  constexpr void info(std::string_view title, std::string_view description) {
    to_.key("info");
    to_.begin_object();
    to_.member("title", title);
    to_.key("version");
    with_version([&](const auto&... version) { to_.string(version...); });
    to_.member("description", description);
    to_.end_object();
  }

  // Writes the schemas of events and of what is in them, as members of an object.
  constexpr void event_schemas() {
    to_.key(component_name<event>);
    to_.begin_object();
    to_.member("description", "The body of a webhook.");
    to_.key("oneOf");
    to_.begin_array();
    for_each_known_event(
        [&]<class Event>() { objects_.reference(event_component_of<Event>.view()); });
    if (form_ == schema_form::tolerant) objects_.reference(component_name<unknown_event>);
    to_.end_array();
    to_.end_object();
    for_each_known_event([&]<class Event>() { object<Event>(event_component_of<Event>.view()); });
    if (form_ == schema_form::tolerant) object<unknown_event>(component_name<unknown_event>);
    [&]<class... Object>(std::type_identity<std::tuple<Object...>>) {
      (object<Object>(component_name<Object>), ...);
    }(std::type_identity<component_objects>{});
    [&]<class... Known>(std::type_identity<std::tuple<Known...>>) {
      ((to_.key(component_name<Known>), objects_.template state<Known>()), ...);
    }(std::type_identity<component_states>{});
    objects_.definitions();
  }

  template <class Object>
  constexpr void object(std::string_view name) {
    to_.key(name);
    objects_.template described_object<Object>();
  }

  // Writes an object that refers to a schema.
  constexpr void reference(std::string_view name) { objects_.reference(name); }

  // Writes the security scheme of a delivery, as a member of an object.
  constexpr void secret(std::string_view type, std::string_view header) {
    to_.key(secret_scheme);
    to_.begin_object();
    to_.member("type", type);
    to_.member("in", "header");
    to_.member("name", header);
    to_.member("description",
               "A custom header of the subscription, whose value is a secret. CM.com documents "
               "custom headers, and no "
               "other way to tell its deliveries from anybody else's requests.");
    to_.end_object();
  }

 private:
  json_writer<Out>& to_;
  schema_form form_;
  object_schema_writer<Out> objects_;
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
