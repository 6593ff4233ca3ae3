// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/format/events.hpp>
#include <signhook/detail/format/writers.hpp>
#include <signhook/schema.hpp>

#include <concepts>
#include <cstddef>
#include <string_view>

// The texts of subscriptions, whose types are declared here and not defined. A header's value and a URL's query
// may be secrets, and are never printed.

namespace signhook::inline SIGNHOOK_ABI {

class event_name;
class event_type_set;
struct audit_report;

namespace detail {

template <class To, std::same_as<event_name> Name>
constexpr void append_text(To& to, const Name& name) {
  to.append_visible(name.text());
}
template <>
inline constexpr std::size_t text_capacity<event_name> = unbounded;

// "dossier.prepared, dossier.state.updated, unknown types"
template <class To, std::same_as<event_type_set> Types>
constexpr void append_text(To& to, const Types& types) {
  bool first = true;
  for (const std::size_t index : types) {
    if (!first) to.append(", ");
    first = false;
    to.append(index < event_types.size() ? event_types[index] : std::string_view("unknown types"));
  }
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

// "subscribed but not handled: dossier.prepared; disabled"
template <class To, std::same_as<audit_report> Report>
constexpr void append_text(To& to, const Report& report) {
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

template <class To, class Items, class Text>
constexpr void append_list(To& to, std::string_view name, const Items& items, Text text_of) {
  to.append(' ');
  to.append(name);
  to.append("=[");
  bool first = true;
  for (const auto& one : items) {
    if (!first) to.append(' ');
    first = false;
    to.append_visible(text_of(one));
  }
  to.append(']');
}

// "subscription id=... url=https://example.com/hook?... events=[dossier.prepared] headers=[X-Secret]
// disabled=false updatedAt=... createdAt=..." on one line.
template <class To, std::same_as<subscription> Subscription>
constexpr void append_text(To& to, const Subscription& of) {
  to.append("subscription id=");
  append_text(to, of.id);
  to.append(" url=");
  const std::string_view url = of.url;
  const std::size_t query = url.find('?');  // in which there may be a secret
  to.append_visible(url.substr(0, query));
  if (query != std::string_view::npos) to.append("?...");
  if (of.events) {
    append_list(to, "events", *of.events, [](const auto& one) { return std::string_view(one); });
  }
  append_list(to, "headers", of.headers,
              [](const auto& one) { return std::string_view(one.name); });
  if (of.disabled) to.append(*of.disabled ? " disabled=true" : " disabled=false");
  to.append(" updatedAt=");
  append_text(to, of.updated_at);
  to.append(" createdAt=");
  append_text(to, of.created_at);
}
template <>
inline constexpr std::size_t text_capacity<subscription> = unbounded;

// "404: not found"
template <class To, std::same_as<api_error> Error>
constexpr void append_text(To& to, const Error& of) {
  to.append_integer(of.status);
  to.append(": ");
  to.append_visible(of.message);
}
template <>
inline constexpr std::size_t text_capacity<api_error> = unbounded;

}  // namespace detail
}  // namespace signhook::inline SIGNHOOK_ABI
