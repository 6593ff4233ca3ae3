// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/format/text.hpp>
#include <signhook/detail/json/writer.hpp>
#include <signhook/event.hpp>
#include <signhook/schema.hpp>
#include <signhook/subscription.hpp>
#include <signhook/subscription/request_error.hpp>

#include <fmt/format.h>

#include <concepts>
#include <cstddef>
#include <string_view>

// The formatters of subscriptions, a part of `format.hpp`. A header's value and a URL's query may be secrets,
// and are never printed.

namespace signhook::inline SIGNHOOK_ABI::detail {

[[nodiscard]] constexpr std::string_view item_of(request_errc code) noexcept {
  if (code <= request_errc::url_with_fragment) return "url";
  if (code <= request_errc::repeated_event_type) return "events";
  if (code <= request_errc::header_value_not_utf8) return "headers";
  return {};
}

template <class Buffer>
constexpr void append_text(Buffer& to, const request_error& error) noexcept {
  to.append(name_of_enumerator(error.code));
  if (const auto item = item_of(error.code); !item.empty()) {
    to.append(" in ");
    to.append(item);
    if (item != "url") {
      to.append('[');
      to.append_number(error.item);
      to.append(']');
    }
    to.append(" at ");
    to.append_number(error.offset);
  }
  to.append(": ");
  to.append(describe(error.code));
}

// The names of all types, and of an audit that has two sets of them.
inline constexpr std::size_t type_names_size = [] {
  std::size_t size = std::string_view("unknown types").size();
  for (const std::string_view type : event_types) size += type.size() + 2;
  return size;
}();
template <>
inline constexpr std::size_t text_capacity<event_type_set> = type_names_size;
template <>
inline constexpr std::size_t text_capacity<audit_report> = 2 * type_names_size + 256;

template <class Buffer, std::same_as<event_type_set> Types>
constexpr void append_text(Buffer& to, const Types& types) noexcept {
  bool first = true;
  for (const std::size_t index : types) {
    if (!first) to.append(", ");
    first = false;
    to.append(index < event_types.size() ? event_types[index] : std::string_view("unknown types"));
  }
}

template <class Buffer>
constexpr void append_text(Buffer& to, const audit_report& report) noexcept {
  bool first = true;
  const auto append = [&](bool is_so, std::string_view what) {
    if (!is_so) return;
    if (!first) to.append("; ");
    first = false;
    to.append(what);
  };
  append(report.is_clean(), "no difference");
  append(!report.not_handled.empty(), "subscribed but not handled: ");
  append_text(to, report.not_handled);
  append(!report.not_subscribed.empty(), "handled but not subscribed: ");
  append_text(to, report.not_subscribed);
  append(report.events_absent, "events absent");
  append(report.disabled, "disabled");
  append(report.unauthenticated, "no secret header, so anybody can post");
}

// Writes a URL without its query, in which there may be a secret.
template <class Out>
constexpr Out write_shown_url(Out out, std::string_view url) {
  const std::size_t query = url.find('?');
  out = write_visible(out, url.substr(0, query));
  return query == std::string_view::npos ? out : write_text(out, "?...");
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail

namespace fmt {

/// `dossier.prepared, dossier.state.updated, unknown types`
///
/// The set is also a range: this is no partial specialisation, so that fmt/ranges.h may be included.
template <>
struct formatter<signhook::event_type_set>
    : signhook::detail::text_formatter<signhook::event_type_set> {};

/// `subscription id=... url=https://example.com/hook?... events=[dossier.prepared] headers=[X-Secret]
/// disabled=false updatedAt=... createdAt=...` on one line; takes no format.
template <>
struct formatter<signhook::subscription> {
  constexpr auto parse(format_parse_context& context) { return context.begin(); }

  template <class Context>
  auto format(const signhook::subscription& of, Context& context) const {
    auto out = format_to(context.out(), "subscription id={} url=", of.id);
    out = signhook::detail::write_shown_url(out, of.url);
    if (of.events)
      out = list(out, "events", *of.events, [](const auto& one) { return std::string_view(one); });
    out = list(out, "headers", of.headers,
               [](const auto& one) { return std::string_view(one.name); });
    if (of.disabled) out = format_to(out, " disabled={}", *of.disabled);
    return format_to(out, " updatedAt={} createdAt={}", of.updated_at, of.created_at);
  }

 private:
  template <class Out, class Items, class Text>
  static Out list(Out out, std::string_view name, const Items& items, Text text_of) {
    out = format_to(out, " {}=[", name);
    bool first = true;
    for (const auto& one : items) {
      if (!first) *out++ = ' ';
      first = false;
      out = signhook::detail::write_visible(out, text_of(one));
    }
    *out++ = ']';
    return out;
  }
};

/// `404: not found`; takes no format.
template <>
struct formatter<signhook::api_error> {
  constexpr auto parse(format_parse_context& context) { return context.begin(); }

  template <class Context>
  auto format(const signhook::api_error& of, Context& context) const {
    return signhook::detail::write_visible(format_to(context.out(), "{}: ", of.status), of.message);
  }
};

}  // namespace fmt
