// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/http/field_name.hpp>
#include <signhook/detail/http/token.hpp>
#include <signhook/detail/json/writer.hpp>
#include <signhook/schema.hpp>
#include <signhook/schema/json_schema.hpp>
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

// The requests and answers of the subscription API as JSON Schema, draft 2020-12.

namespace signhook::inline SIGNHOOK_ABI {

namespace detail {

// The content of a request, whose JSON Schema has limits that an answer's has not.
struct request_url {};
struct request_types {};
struct request_headers {};

struct request_content {
  request_url url;
  std::optional<request_types> events;
  std::optional<request_headers> headers;
};

// The content of an update. Which members CM.com requires is undocumented.
struct update_types {};

struct update_content {
  std::optional<request_url> url;
  std::optional<update_types> events;
  std::optional<request_headers> headers;
  std::optional<bool> disabled;
};

}  // namespace detail

template <>
struct schema<detail::request_content> {
  static constexpr std::string_view description = "A request for a subscription.";
  static constexpr std::tuple members{
      member{detail::subscription_names::url, &detail::request_content::url},
      member{detail::subscription_names::events, &detail::request_content::events},
      member{detail::subscription_names::headers, &detail::request_content::headers}};
};

template <>
struct schema<detail::update_content> {
  static constexpr std::string_view description =
      "A change of a subscription. CM.com documents that false for `disabled` re-enables it, and "
      "nothing else.";
  static constexpr std::tuple members{
      member{detail::subscription_names::url, &detail::update_content::url},
      member{detail::subscription_names::events, &detail::update_content::events},
      member{detail::subscription_names::headers, &detail::update_content::headers},
      member{detail::subscription_names::disabled, &detail::update_content::disabled}};
};

namespace detail {

// RFC 3986; for an IPv6address only its characters.
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
  static constexpr void write(json_writer<Out>& to, schema_form, schema_place) {
    to.begin_object();
    to.member("type", "string");
    to.end_object();
  }
};

template <>
struct value_schema<bool> {
  template <class Out>
  static constexpr void write(json_writer<Out>& to, schema_form, schema_place) {
    to.begin_object();
    to.member("type", "boolean");
    to.end_object();
  }
};

template <>
struct value_schema<std::int32_t> {
  using limits = std::numeric_limits<std::int32_t>;

  template <class Out>
  static constexpr void write(json_writer<Out>& to, schema_form, schema_place) {
    to.begin_object();
    to.member("type", "integer");
    to.member("minimum", (limits::min)());
    to.member("maximum", (limits::max)());
    to.end_object();
  }
};

template <>
struct value_schema<std::vector<event_name>> {
  template <class Out>
  static constexpr void write(json_writer<Out>& to, schema_form form, schema_place) {
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
struct value_schema<std::vector<custom_header>> {
  template <class Out>
  static constexpr void write(json_writer<Out>& to, schema_form, schema_place) {
    to.begin_object();
    to.key("anyOf");
    to.raw(R"([{"type":"object","additionalProperties":{"type":"string"}},)"
           R"({"type":"null"},{"type":"array","maxItems":0}])");
    to.end_object();
  }
};

template <>
struct value_schema<request_url> {
  template <class Out>
  static constexpr void write(json_writer<Out>& to, schema_form, schema_place) {
    to.begin_object();
    to.member("type", "string");
    to.member("maxLength", request_options().max_url_bytes);
    to.member("pattern", url_pattern);
    to.end_object();
  }
};

// Writes the members of the schema of a request's types.
template <class Out>
constexpr void write_request_types(json_writer<Out>& to, schema_form form) {
  to.member("type", "array");
  to.member("uniqueItems", true);
  to.member("maxItems", request_options().max_event_types);
  to.key("items");
  to.begin_object();
  to.member("type", "string");
  if (form == schema_form::tolerant) {
    to.member("maxLength", type_text::capacity);
  }
  to.key(form == schema_form::strict ? "enum" : "examples");
  to.strings(event_types);
  to.end_object();
}

// The default in words: "By default a, b".
inline constexpr auto default_in_words = [] {
  std::array<std::string_view, 2 * default_event_types.size()> parts;
  for (std::size_t i = 0; i < default_event_types.size(); ++i) {
    parts[2 * i] = i == 0 ? "By default " : ", ";
    parts[2 * i + 1] = default_event_types[i];
  }
  return parts;
}();

template <>
struct value_schema<request_types> {
  template <class Out>
  static constexpr void write(json_writer<Out>& to, schema_form form, schema_place place) {
    to.begin_object();
    write_request_types(to, form);
    if (place == schema_place::components) {
      // Where it is a `default`, generators require the member, as openapi-typescript does, or send it.
      to.key("description");
      std::apply([&](const auto&... parts) { to.string(parts...); }, default_in_words);
    } else {
      to.key("default");
      to.strings(default_event_types);
    }
    to.end_object();
  }
};

// The effect of an update without types is undocumented.
template <>
struct value_schema<update_types> {
  template <class Out>
  static constexpr void write(json_writer<Out>& to, schema_form form, schema_place) {
    to.begin_object();
    write_request_types(to, form);
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
struct value_schema<request_headers> {
  template <class Out>
  static constexpr void write(json_writer<Out>& to, schema_form, schema_place) {
    to.begin_object();
    to.member("type", "object");
    to.member("maxProperties", request_options().max_headers);
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

// The object that the JSON Schema of `T` describes, and its title.
template <class T>
struct described;

template <>
struct described<subscription> {
  using type = subscription;
  static constexpr std::string_view title = "subscription";
};
template <>
struct described<subscription_request> {
  using type = request_content;
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

/// Writes the JSON Schema of a `subscription`, a `subscription_request` (its content; the strict form with
/// known event types only) or an `api_error`, compact. Returns the end.
///
/// It accepts more than the library does, where JSON Schema cannot express a rule: repeated members and
/// headers, the form of an IPv6 address, lengths in bytes (it bounds characters), and 404.0 as an integer.
/// Allocates nothing and throws only what `out` throws.
template <detail::described_resource Resource, std::output_iterator<char> Out>
constexpr Out write_json_schema(Out out, schema_form form) {
  using described = detail::described<Resource>;
  return detail::schema_writer<Out>(std::move(out), form)
      .template write_object<typename described::type>(described::title);
}

}  // namespace signhook::inline SIGNHOOK_ABI
