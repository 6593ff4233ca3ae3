// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/decode/fields.hpp>
#include <signhook/detail/text/decimal.hpp>
#include <signhook/encoder.hpp>
#include <signhook/event.hpp>
#include <signhook/schema.hpp>
#include <signhook/version.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

// The table as JSON Schema, draft 2020-12, for those who validate with something else.

namespace signhook::inline SIGNHOOK_ABI {

/// What a JSON Schema accepts.
enum class schema_form : std::uint8_t {
  tolerant,  ///< what a decoder accepts by default: new types, states and members are welcome
  strict,    ///< what `decoder_options::strict()` accepts
};

namespace detail {

// RFC 9562, section 4, and RFC 3339, section 5.6. `format` may be no more than a comment to a
// validator; what the patterns leave to it are days that a month does not have.
inline constexpr std::string_view uuid_pattern =
    "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$";
inline constexpr std::string_view date_time_pattern =
    "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:"
    "([0-5][0-9]|60)(\\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$";

// How a schema says what a value is, for types that no event has: `write(schema_writer&)`.
template <class Value>
struct value_schema;

template <class Out>
class schema_writer {
 public:
  constexpr schema_writer(Out out, schema_form form) : out_(out), form_(form) {}

  constexpr Out write_all() {
    begin("any", "events of CM.com Sign", "The body of a webhook.");
    text(R"(,"oneOf":[)");
    std::size_t count = 0;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      ((separate(count), braced<std::variant_alternative_t<I, event>>()), ...);
    }
    (std::make_index_sequence<known_count>{});
    if (form_ == schema_form::tolerant) {
      separate(count);
      braced<unknown_event>();
    }
    text("]");
    return end();
  }

  template <class Object>
  constexpr Out write_object(std::string_view title) {
    begin(title, title, schema<Object>::description);
    text(",");
    object<Object>();
    return end();
  }

  template <class Event>
  constexpr Out write_event() {
    begin(schema<Event>::type, schema<Event>::type, schema<Event>::description);
    text(",");
    object<Event>();
    text(",");
    example<Event>();
    return end();
  }

  [[nodiscard]] constexpr schema_form form() const { return form_; }

  constexpr void text(std::string_view written) { out_ = write_text(out_, written); }
  constexpr void string(std::string_view value) { out_ = write_string(out_, value); }
  constexpr void number(std::size_t value) { text(decimal(value).view()); }

  template <class Texts>
  constexpr void strings(const Texts& texts) {
    std::size_t count = 0;
    for (const std::string_view one : texts) {
      separate(count);
      string(one);
    }
  }

 private:
  constexpr void separate(std::size_t& count) {
    if (count++ != 0) text(",");
  }

  constexpr void titled(std::string_view title, std::string_view description) {
    text(R"("title":)");
    string(title);
    text(R"(,"description":)");
    string(description);
  }

  constexpr void begin(std::string_view id, std::string_view title, std::string_view description) {
    text(R"({"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"urn:x-signhook:)");
    number(SIGNHOOK_VERSION_MAJOR);
    text(".");
    number(SIGNHOOK_VERSION_MINOR);
    text(".");
    number(SIGNHOOK_VERSION_PATCH);
    text(form_ == schema_form::strict ? ":strict:" : ":tolerant:");
    text(id);
    text("\",");
    titled(title, description);
  }

  constexpr Out end() {
    text(R"(,"$defs":{"uuid":{"description":"A UUID as text: RFC 9562, section 4.",)");
    text(R"("type":"string","format":"uuid","pattern":)");
    string(uuid_pattern);
    text(R"(},"timestamp":{"description":"A date-time: RFC 3339, section 5.6. A second of 60 )");
    text(R"(must be the last of a month in UTC.","type":"string","format":"date-time","pattern":)");
    string(date_time_pattern);
    text("}}}");
    return out_;
  }

  template <class Event>
  constexpr void braced() {
    text("{");
    if constexpr (known_event<Event>) {
      titled(schema<Event>::type, schema<Event>::description);
      text(",");
      object<Event>();
      text(",");
      example<Event>();
    } else {
      titled("any other type", schema<Event>::description);
      text(",");
      object<Event>();
    }
    text("}");
  }

  template <class Event>
  constexpr void example() {
    text(R"("examples":[)");
    out_ = object_writer(out_).write(schema<Event>::sample);
    text("]");
  }

  template <class Object>
  constexpr void object() {
    text(R"("type":"object","properties":{)");
    std::size_t count = 0;
    std::apply(
        [&](const auto&... members) {
          ((separate(count), string(members.name), text(":"), value<Object>(members)), ...);
        },
        schema<Object>::members);
    text(R"(},"required":[)");
    count = 0;
    std::apply(
        [&]<class... Member>(const Member&... members) {
          ((required_form<typename Member::value_type>::is_required
                ? (separate(count), string(members.name))
                : void()),
           ...);
        },
        schema<Object>::members);
    text("]");
    if (form_ == schema_form::strict) text(R"(,"additionalProperties":false)");
  }

  template <class Object, class Value>
  constexpr void value(const member<Object, Value>&) {
    value_of(static_cast<const typename required_form<Value>::type*>(nullptr));
  }

  template <class Event>
  constexpr void value(const type_member&) {
    text(R"({"const":)");
    string(schema<Event>::type);
    text("}");
  }

  template <class Object>
  constexpr void value(const member<Object, type_text>&) {
    text(R"({"type":"string","maxLength":)");
    number(type_text::capacity);
    text(R"(,"not":{"enum":[)");
    strings(event_types);
    text("]}}");
  }

  template <wire_object Object>
  constexpr void value_of(const Object*) {
    text(R"({"description":)");
    string(schema<Object>::description);
    text(",");
    object<Object>();
    text("}");
  }

  template <class Tag>
  constexpr void value_of(const tagged_id<Tag>*) {
    text(R"({"$ref":"#/$defs/uuid"})");
  }

  constexpr void value_of(const timestamp*) { text(R"({"$ref":"#/$defs/timestamp"})"); }

  template <class Known>
  constexpr void value_of(const open_state<Known>*) {
    using state = open_state<Known>;
    text(R"({"type":"string",)");
    if (form_ == schema_form::tolerant) {
      text(R"("maxLength":)");
      number(state::max_text_size);
      text(",");
    }
    text(form_ == schema_form::strict ? R"("enum":[)" : R"("examples":[)");
    strings(state::known_texts());
    text("]}");
  }

  template <class Value>
  constexpr void value_of(const Value*) {
    value_schema<Value>::write(*this);
  }

  Out out_;
  schema_form form_;
};

}  // namespace detail

/// Writes the JSON Schema (draft 2020-12) of all events, compact. Returns the end.
///
/// It says less than a decoder does, as no JSON Schema can say it: that no member occurs twice, where
/// a second of 60 may be, and the length of new types and states in bytes (it bounds characters).
/// Allocates nothing and throws only what `out` throws.
template <std::output_iterator<char> Out>
constexpr Out write_json_schema(Out out, schema_form form) {
  return detail::schema_writer<Out>(out, form).write_all();
}

/// The same of the events of one type.
template <known_event Event, std::output_iterator<char> Out>
constexpr Out write_json_schema(Out out, schema_form form) {
  return detail::schema_writer<Out>(out, form).template write_event<Event>();
}

}  // namespace signhook::inline SIGNHOOK_ABI
