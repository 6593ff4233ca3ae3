// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/http/field_name.hpp>
#include <signhook/detail/http/token.hpp>
#include <signhook/json_schema.hpp>
#include <signhook/schema.hpp>
#include <signhook/subscription/request.hpp>
#include <signhook/subscription/resource.hpp>

#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

// Requests and answers about webhooks as JSON Schema, draft 2020-12.

namespace signhook::inline SIGNHOOK_ABI {

namespace detail {

// The content of a request, as a table for the schema: a draft is views, and says less of itself.
struct draft_url {};
struct draft_types {};
struct draft_headers {};

struct draft_content {
  draft_url url;
  std::optional<draft_types> events;
  std::optional<draft_headers> headers;
};

}  // namespace detail

template <>
struct schema<detail::draft_content> {
  static constexpr std::string_view description = "A subscription to be.";
  static constexpr std::tuple members{
      member{detail::webhook_names::url, &detail::draft_content::url},
      member{detail::webhook_names::events, &detail::draft_content::events},
      member{detail::webhook_names::headers, &detail::draft_content::headers}};
};

namespace detail {

// RFC 3986; of an IPv6address the characters alone.
inline constexpr std::string_view url_pattern =
    "^[Hh][Tt][Tt][Pp][Ss]://"
    "(([A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+"
    "|\\[([0-9A-Fa-f:.]+|[Vv][0-9A-Fa-f]+\\.[A-Za-z0-9._~!$&'()*+,;=:-]+)\\])"
    "(:(0*([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?)"
    "?"
    "(/([A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*)?"
    "(\\?([A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?$";

// RFC 9110, sections 5.6.2 and 5.5.
inline constexpr std::string_view token_pattern = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$";
inline constexpr std::string_view field_value_pattern =
    "^([^\\u0000-\\u0020\\u007f]([^\\u0000-\\u0008\\u000a-\\u001f\\u007f]*"
    "[^\\u0000-\\u0020\\u007f])?)?$";

template <>
struct value_schema<std::string> {
  template <class Writer>
  static constexpr void write(Writer& to) {
    to.text(R"({"type":"string"})");
  }
};

template <>
struct value_schema<bool> {
  template <class Writer>
  static constexpr void write(Writer& to) {
    to.text(R"({"type":"boolean"})");
  }
};

template <>
struct value_schema<std::int32_t> {
  template <class Writer>
  static constexpr void write(Writer& to) {
    to.text(R"({"type":"integer","minimum":-2147483648,"maximum":2147483647})");
  }
};

template <>
struct value_schema<std::vector<event_name>> {
  template <class Writer>
  static constexpr void write(Writer& to) {
    to.text(R"({"type":"array","items":{"type":"string",)");
    to.text(to.form() == schema_form::strict ? R"("enum":[)" : R"("examples":[)");
    to.strings(event_types);
    to.text("]}}");
  }
};

template <>
struct value_schema<std::vector<webhook_header>> {
  template <class Writer>
  static constexpr void write(Writer& to) {
    to.text(R"({"anyOf":[{"type":"object","additionalProperties":{"type":"string"}},)");
    to.text(R"({"type":"null"},{"type":"array","maxItems":0}]})");
  }
};

template <>
struct value_schema<draft_url> {
  template <class Writer>
  static constexpr void write(Writer& to) {
    to.text(R"({"type":"string","maxLength":)");
    to.number(draft_options().max_url_bytes);
    to.text(R"(,"pattern":)");
    to.string(url_pattern);
    to.text("}");
  }
};

template <>
struct value_schema<draft_types> {
  template <class Writer>
  static constexpr void write(Writer& to) {
    to.text(R"({"type":"array","uniqueItems":true,"maxItems":)");
    to.number(draft_options().max_event_types);
    to.text(R"(,"items":{"type":"string",)");
    if (to.form() == schema_form::strict) {
      to.text(R"("enum":[)");
    } else {
      to.text(R"("maxLength":)");
      to.number(type_text::capacity);
      to.text(R"(,"examples":[)");
    }
    to.strings(event_types);
    to.text(R"(]},"default":[)");
    to.strings(default_event_types);
    to.text("]}");
  }
};

template <>
struct value_schema<draft_headers> {
  template <class Writer>
  static constexpr void write(Writer& to) {
    to.text(R"({"type":"object","maxProperties":)");
    to.number(draft_options().max_headers);
    to.text(R"(,"propertyNames":{"type":"string","pattern":)");
    to.string(token_pattern);
    to.text(R"(,"not":{"type":"string","pattern":")");
    write_reserved(to);
    to.text(R"("}},"additionalProperties":{"type":"string","pattern":)");
    to.string(field_value_pattern);
    to.text("}}");
  }

 private:
  // Each letter in either case: "^([Hh][Oo][Ss][Tt]|...)$". Within a string of JSON.
  template <class Writer>
  static constexpr void write_reserved(Writer& to) {
    std::string_view before = "^(";
    for (const std::string_view name : reserved_names) {
      to.text(before);
      before = "|";
      for (const char& c : name) {
        const char upper = static_cast<char>(c - 'a' + 'A');
        if (is_letter(c)) {
          to.text("[");
          to.text({&upper, 1});
          to.text({&c, 1});
          to.text("]");
        } else if (c == '*') {
          to.text(R"(\\*)");
        } else {
          to.text({&c, 1});
        }
      }
    }
    to.text(")$");
  }
};

// What a schema of that name describes.
template <class T>
struct described;

template <>
struct described<webhook> {
  using type = webhook;
  static constexpr std::string_view title = "webhook";
};
template <>
struct described<subscription_request> {
  using type = draft_content;
  static constexpr std::string_view title = "subscription_request";
};
template <>
struct described<api_error> {
  using type = api_error;
  static constexpr std::string_view title = "api_error";
};

template <class T>
concept described_resource = requires {
  described<T>::title;
};

}  // namespace detail

/// Writes the JSON Schema of a `webhook`, a `subscription_request` (the content of a request, the strict form
/// with known types of event alone) or an `api_error`, compact. Returns the end.
///
/// It says less than the library does: nothing of members and of headers that occur twice, of an IPv6
/// address no more than its characters, of lengths in bytes (it bounds characters), and that a number
/// is an integer where its value is one: 404.0.
/// Allocates nothing and throws only what `out` throws.
template <detail::described_resource Resource, std::output_iterator<char> Out>
constexpr Out write_json_schema(Out out, schema_form form) {
  using described = detail::described<Resource>;
  return detail::schema_writer<Out>(out, form).template write_object<typename described::type>(
      described::title);
}

}  // namespace signhook::inline SIGNHOOK_ABI
