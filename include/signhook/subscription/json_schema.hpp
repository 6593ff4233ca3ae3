// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/http_field.hpp>
#include <signhook/detail/http_token.hpp>
#include <signhook/detail/json/writer.hpp>
#include <signhook/json_schema.hpp>
#include <signhook/schema.hpp>
#include <signhook/subscription/request.hpp>
#include <signhook/subscription/resource.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
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
  template <class Out>
  static constexpr void write(json_writer<Out>& to, schema_form) {
    to.begin_object();
    to.member("type", "string");
    to.end_object();
  }
};

template <>
struct value_schema<bool> {
  template <class Out>
  static constexpr void write(json_writer<Out>& to, schema_form) {
    to.begin_object();
    to.member("type", "boolean");
    to.end_object();
  }
};

template <>
struct value_schema<std::int32_t> {
  using limits = std::numeric_limits<std::int32_t>;

  template <class Out>
  static constexpr void write(json_writer<Out>& to, schema_form) {
    to.begin_object();
    to.member("type", "integer");
    to.member("minimum", limits::min());
    to.member("maximum", limits::max());
    to.end_object();
  }
};

template <>
struct value_schema<std::vector<event_name>> {
  template <class Out>
  static constexpr void write(json_writer<Out>& to, schema_form form) {
    to.begin_object();
    to.member("type", "array");
    to.key("items");
    to.begin_object();
    to.member("type", "string");
    to.key(form == schema_form::strict ? "enum" : "examples");
    to.strings(event_types);
    to.end_object();
    to.end_object();
  }
};

template <>
struct value_schema<std::vector<webhook_header>> {
  template <class Out>
  static constexpr void write(json_writer<Out>& to, schema_form) {
    to.begin_object();
    to.key("anyOf");
    to.raw(R"([{"type":"object","additionalProperties":{"type":"string"}},)"
           R"({"type":"null"},{"type":"array","maxItems":0}])");
    to.end_object();
  }
};

template <>
struct value_schema<draft_url> {
  template <class Out>
  static constexpr void write(json_writer<Out>& to, schema_form) {
    to.begin_object();
    to.member("type", "string");
    to.member("maxLength", draft_options().max_url_bytes);
    to.member("pattern", url_pattern);
    to.end_object();
  }
};

template <>
struct value_schema<draft_types> {
  template <class Out>
  static constexpr void write(json_writer<Out>& to, schema_form form) {
    to.begin_object();
    to.member("type", "array");
    to.member("uniqueItems", true);
    to.member("maxItems", draft_options().max_event_types);
    to.key("items");
    to.begin_object();
    to.member("type", "string");
    if (form == schema_form::tolerant) {
      to.member("maxLength", type_text::capacity);
    }
    to.key(form == schema_form::strict ? "enum" : "examples");
    to.strings(event_types);
    to.end_object();
    to.key("default");
    to.strings(default_event_types);
    to.end_object();
  }
};

// A pattern for the reserved names, each letter in either case: "^([Hh][Oo][Ss][Tt]|...)$".
struct reserved_pattern {
  consteval reserved_pattern() {
    add("^(");
    for (const std::string_view& name : reserved_names) {
      if (&name != reserved_names.data()) add("|");
      for (const char c : name) {
        if (is_letter(c)) {
          const char either[] = {'[', static_cast<char>(c - 'a' + 'A'), c, ']'};
          add({either, sizeof either});
        } else {
          if (c == '*') add("\\");
          add({&c, 1});
        }
      }
    }
    add(")$");
  }
  [[nodiscard]] constexpr std::string_view view() const { return {chars.data(), size}; }

  std::array<char, 4096> chars{};
  std::size_t size = 0;

 private:
  constexpr void add(std::string_view text) {
    for (const char c : text) chars[size++] = c;
  }
};

inline constexpr reserved_pattern reserved_names_pattern;

template <>
struct value_schema<draft_headers> {
  template <class Out>
  static constexpr void write(json_writer<Out>& to, schema_form) {
    to.begin_object();
    to.member("type", "object");
    to.member("maxProperties", draft_options().max_headers);
    to.key("propertyNames");
    to.begin_object();
    to.member("type", "string");
    to.member("pattern", token_pattern);
    to.key("not");
    to.begin_object();
    to.member("type", "string");
    to.member("pattern", reserved_names_pattern.view());
    to.end_object();
    to.end_object();
    to.key("additionalProperties");
    to.begin_object();
    to.member("type", "string");
    to.member("pattern", field_value_pattern);
    to.end_object();
    to.end_object();
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
  return detail::schema_writer<Out>(std::move(out), form)
      .template write_object<typename described::type>(described::title);
}

}  // namespace signhook::inline SIGNHOOK_ABI
