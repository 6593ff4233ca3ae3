// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/json/writer.hpp>
#include <signhook/detail/schema/component_name.hpp>
#include <signhook/detail/schema/traits.hpp>
#include <signhook/detail/text/decimal.hpp>
#include <signhook/encoder.hpp>
#include <signhook/event.hpp>
#include <signhook/schema.hpp>
#include <signhook/timestamp.hpp>
#include <signhook/uuid.hpp>
#include <signhook/version.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

// The schema as JSON Schema, draft 2020-12, for other validators.

namespace signhook::inline SIGNHOOK_ABI {

/// The form of a JSON Schema, by what it accepts.
enum class schema_form : std::uint8_t {
  tolerant,  ///< accepts what a decoder accepts by default: also new types, states and members
  strict,    ///< accepts what `decoder_options::strict()` accepts
};

namespace detail {

// RFC 9562, section 4, and RFC 3339, section 5.6. A validator may ignore `format`; the patterns leave only
// the days that a month does not have to it.
inline constexpr std::string_view uuid_pattern =
    "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$";
inline constexpr std::string_view date_time_pattern =
    "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:"
    "([0-5][0-9]|60)(\\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$";

// Customization point: the JSON Schema of a type of value that no event has, by
// `write(json_writer&, schema_form, schema_place)`.
template <class Value>
struct value_schema;

// Writes the schemas of objects and of their values.
template <class Out>
class object_schema_writer {
 public:
  constexpr object_schema_writer(json_writer<Out>& to, schema_form form, schema_place place)
      : to_(to), form_(form), place_(place) {}

  // Writes a value's schema, or a reference to it.
  template <class Value>
  constexpr void value() {
    value_of(static_cast<const Value*>(nullptr));
  }

  // Writes the members of an object's schema.
  template <class Object>
  constexpr void object() {
    to_.member("type", "object");
    to_.key("properties");
    to_.begin_object();
    std::apply(
        [&](const auto&... members) {
          ((to_.key(members.name), member_value<Object>(members)), ...);
        },
        schema<Object>::members);
    to_.end_object();
    to_.key("required");
    to_.begin_array();
    std::apply(
        [&]<class... Member>(const Member&... members) {
          ((required_form<typename Member::value_type>::is_required ? to_.string(members.name)
                                                                    : void()),
           ...);
        },
        schema<Object>::members);
    to_.end_array();
    if (form_ == schema_form::strict) {
      to_.member("additionalProperties", false);
    }
  }

  // Writes an object's schema.
  template <class Object>
  constexpr void described_object() {
    to_.begin_object();
    to_.member("description", schema<Object>::description);
    object<Object>();
    to_.end_object();
  }

  // Writes the schema of a state.
  template <class Known>
  constexpr void state() {
    using state = open_state<Known>;
    to_.begin_object();
    to_.member("type", "string");
    if (form_ == schema_form::tolerant) {
      to_.member("maxLength", state::max_text_size);
    }
    to_.key(form_ == schema_form::strict ? "enum" : "examples");
    to_.strings(state::known_texts());
    to_.end_object();
  }

  // Writes the schemas of ids and times, as members of an object.
  constexpr void definitions() {
    definition(component_name<event_id>, "A UUID as text: RFC 9562, section 4.", "uuid",
               uuid_pattern);
    definition(
        component_name<timestamp>,
        "A date-time: RFC 3339, section 5.6. A second of 60 must be the last of a month in UTC.",
        "date-time", date_time_pattern);
  }

  // Writes an object that refers to a schema.
  constexpr void reference(std::string_view name) {
    to_.begin_object();
    to_.key("$ref");
    to_.string(place_ == schema_place::components ? "#/components/schemas/" : "#/$defs/", name);
    to_.end_object();
  }

 private:
  constexpr void definition(std::string_view name, std::string_view description,
                            std::string_view format, std::string_view pattern) {
    to_.key(name);
    to_.begin_object();
    to_.member("description", description);
    to_.member("type", "string");
    to_.member("format", format);
    to_.member("pattern", pattern);
    to_.end_object();
  }

  template <class Object, class Value>
  constexpr void member_value(const signhook::member<Object, Value>&) {
    value<typename required_form<Value>::type>();
  }

  template <class Event>
  constexpr void member_value(const type_member&) {
    to_.begin_object();
    // Many generators need the type, which follows from the constant.
    if (place_ == schema_place::components) to_.member("type", "string");
    to_.member("const", schema<Event>::type);
    to_.end_object();
  }

  template <class Object>
  constexpr void member_value(const signhook::member<Object, type_text>&) {
    to_.begin_object();
    to_.member("type", "string");
    to_.member("maxLength", type_text::capacity);
    to_.key("not");
    to_.begin_object();
    to_.key("enum");
    to_.strings(event_types);
    to_.end_object();
    to_.end_object();
  }

  template <wire_object Object>
  constexpr void value_of(const Object*) {
    if (refers_to<Object>()) {
      reference(component_name<Object>);
    } else {
      described_object<Object>();
    }
  }

  template <class Tag>
  constexpr void value_of(const tagged_id<Tag>*) {
    reference(component_name<tagged_id<Tag>>);
  }

  constexpr void value_of(const timestamp*) { reference(component_name<timestamp>); }

  template <class Known>
  constexpr void value_of(const open_state<Known>*) {
    if (refers_to<Known>()) {
      reference(component_name<Known>);
    } else {
      state<Known>();
    }
  }

  template <class Value>
  constexpr void value_of(const Value*) {
    value_schema<Value>::write(to_, form_, place_);
  }

  template <class T>
  [[nodiscard]] constexpr bool refers_to() const {
    return place_ == schema_place::components && !component_name<T>.empty();
  }

  json_writer<Out>& to_;
  schema_form form_;
  schema_place place_;
};

// Writes the number of this version as a string's text, by `write(parts...)`.
template <class Write>
constexpr void with_version(Write write) {
  write(decimal(SIGNHOOK_VERSION_MAJOR).view(), ".", decimal(SIGNHOOK_VERSION_MINOR).view(), ".",
        decimal(SIGNHOOK_VERSION_PATCH).view());
}

// Writes a document that is a JSON Schema.
template <class Out>
class schema_writer {
 public:
  constexpr schema_writer(Out out, schema_form form)
      : to_(std::move(out)), form_(form), objects_(to_, form, schema_place::definitions) {}
  schema_writer(const schema_writer&) = delete;  // `objects_` refers to `to_`
  schema_writer& operator=(const schema_writer&) = delete;

  constexpr Out write_all() {
    begin("any", "events of CM.com Sign", "The body of a webhook.");
    to_.key("oneOf");
    to_.begin_array();
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (event_object<std::variant_alternative_t<I, event>>(), ...);
    }
    (std::make_index_sequence<known_count>{});
    if (form_ == schema_form::tolerant) event_object<unknown_event>();
    to_.end_array();
    return end();
  }

  template <class Object>
  constexpr Out write_object(std::string_view title) {
    begin(title, title, schema<Object>::description);
    objects_.template object<Object>();
    return end();
  }

  template <class Event>
  constexpr Out write_event() {
    begin(schema<Event>::type, schema<Event>::type, schema<Event>::description);
    objects_.template object<Event>();
    example<Event>();
    return end();
  }

 private:
  constexpr void begin(std::string_view id, std::string_view title, std::string_view description) {
    to_.begin_object();
    to_.member("$schema", "https://json-schema.org/draft/2020-12/schema");
    to_.key("$id");
    with_version([&](const auto&... version) {
      to_.string("urn:x-signhook:", version...,
                 form_ == schema_form::strict ? ":strict:" : ":tolerant:", id);
    });
    to_.member("title", title);
    to_.member("description", description);
  }

  constexpr Out end() {
    to_.key("$defs");
    to_.begin_object();
    objects_.definitions();
    to_.end_object();
    to_.end_object();
    return to_.end();
  }

  template <class Event>
  constexpr void event_object() {
    to_.begin_object();
    if constexpr (known_event<Event>) {
      to_.member("title", schema<Event>::type);
    } else {
      to_.member("title", "any other type");
    }
    to_.member("description", schema<Event>::description);
    objects_.template object<Event>();
    if constexpr (known_event<Event>) example<Event>();
    to_.end_object();
  }

  template <class Event>
  constexpr void example() {
    to_.key("examples");
    to_.begin_array();
    value_writer<Event>::write(to_, schema<Event>::sample);
    to_.end_array();
  }

  json_writer<Out> to_;
  schema_form form_;
  object_schema_writer<Out> objects_;
};

}  // namespace detail

/// Writes the JSON Schema (draft 2020-12) of all events, compact. Returns the end.
///
/// It accepts more than a decoder does, where JSON Schema cannot express a rule: that no member occurs twice,
/// where a second of 60 may be, and the length of new types and states in bytes (it bounds characters).
/// Allocates nothing and throws only what `out` throws.
template <std::output_iterator<char> Out>
constexpr Out write_json_schema(Out out, schema_form form) {
  return detail::schema_writer<Out>(std::move(out), form).write_all();
}

/// Writes the JSON Schema of the events of one type. Returns the end.
template <known_event Event, std::output_iterator<char> Out>
constexpr Out write_json_schema(Out out, schema_form form) {
  return detail::schema_writer<Out>(std::move(out), form).template write_event<Event>();
}

}  // namespace signhook::inline SIGNHOOK_ABI
