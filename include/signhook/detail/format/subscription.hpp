// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/format/text.hpp>
#include <signhook/detail/json/writer.hpp>
#include <signhook/detail/text/decimal.hpp>
#include <signhook/event.hpp>
#include <signhook/schema.hpp>
#include <signhook/subscription.hpp>
#include <signhook/subscription/request_error.hpp>

#include <fmt/format.h>

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

template <class Room>
constexpr void put_types(Room& out, event_type_set types) noexcept {
  bool first = true;
  const auto put = [&](std::string_view name) {
    if (!first) out.put(", ");
    first = false;
    out.put(name);
  };
  for (std::size_t i = 0; i != event_types.size(); ++i) {
    if (types.contains(i)) put(event_types[i]);
  }
  if (types.contains(index_of<unknown_event>)) put("unknown types");
}

template <class Room>
constexpr void put_report(Room& out, const audit_report& report) noexcept {
  bool first = true;
  const auto put = [&](bool is_so, std::string_view what) {
    if (!is_so) return;
    if (!first) out.put("; ");
    first = false;
    out.put(what);
  };
  put(report.is_clean(), "no difference");
  put(!report.not_handled.empty(), "subscribed but not handled: ");
  put_types(out, report.not_handled);
  put(!report.not_subscribed.empty(), "handled but not subscribed: ");
  put_types(out, report.not_subscribed);
  put(report.events_absent, "events absent");
  put(report.disabled, "disabled");
  put(report.unauthenticated, "no secret header, so anybody can post");
}

// An address without its query, in which there may be a secret.
template <class Out>
constexpr Out write_shown_url(Out out, std::string_view url) {
  const std::size_t query = url.find('?');
  out = write_visible(out, url.substr(0, query));
  return query == std::string_view::npos ? out : write_text(out, "?...");
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail

/// `invalid_header_value in headers[1] at 3: not a valid header value`
template <>
struct fmt::formatter<signhook::request_error>
    : signhook::detail::formatter_of_text<signhook::detail::text_buffer<256>> {
  auto format(const signhook::request_error& error, fmt::format_context& context) const {
    return format_text(context, [&](auto& out) {
      out.put(name(error.code));
      if (const auto item = signhook::detail::item_of(error.code); !item.empty()) {
        out.put(" in ");
        out.put(item);
        if (item != "url") {
          out.put('[');
          out.put(signhook::detail::decimal(error.item).view());
          out.put(']');
        }
        out.put(" at ");
        out.put(signhook::detail::decimal(error.offset).view());
      }
      out.put(": ");
      out.put(describe(error.code));
    });
  }
};

/// `dossier.prepared, dossier.state.updated, unknown types`
template <>
struct fmt::formatter<signhook::event_type_set>
    : signhook::detail::formatter_of_text<signhook::detail::text_buffer<1024>> {
  auto format(signhook::event_type_set types, fmt::format_context& context) const {
    return format_text(context, [&](auto& out) { signhook::detail::put_types(out, types); });
  }
};

/// `subscribed but not handled: dossier.prepared; disabled; no secret header, so anybody can post`
template <>
struct fmt::formatter<signhook::audit_report>
    : signhook::detail::formatter_of_text<signhook::detail::text_buffer<1024>> {
  auto format(const signhook::audit_report& report, fmt::format_context& context) const {
    return format_text(context, [&](auto& out) { signhook::detail::put_report(out, report); });
  }
};

/// `subscription id=... url=https://example.com/hook?... events=[dossier.prepared] headers=[X-Secret]
/// disabled=false updatedAt=... createdAt=...` on one line; takes no format.
template <>
struct fmt::formatter<signhook::subscription> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }

  auto format(const signhook::subscription& of, fmt::format_context& context) const {
    auto out = signhook::detail::write_text(context.out(), "subscription id=");
    out = written(out, of.id);
    out = signhook::detail::write_text(out, " url=");
    out = signhook::detail::write_shown_url(out, of.url);
    if (of.events)
      out = list(out, "events", *of.events, [](const auto& one) { return std::string_view(one); });
    out = list(out, "headers", of.headers,
               [](const auto& one) { return std::string_view(one.name); });
    if (of.disabled) out = fmt::format_to(out, " disabled={}", *of.disabled);
    out = written(signhook::detail::write_text(out, " updatedAt="), of.updated_at);
    return written(signhook::detail::write_text(out, " createdAt="), of.created_at);
  }

 private:
  template <class Out, class Value>
  static Out written(Out out, const Value& value) {
    signhook::detail::text_buffer<64> text;
    text.put_written(value);
    return signhook::detail::write_text(out, text.view());
  }

  template <class Out, class Items, class Text>
  static Out list(Out out, std::string_view name, const Items& items, Text text_of) {
    out = fmt::format_to(out, " {}=[", name);
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
struct fmt::formatter<signhook::api_error> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }

  auto format(const signhook::api_error& of, fmt::format_context& context) const {
    return signhook::detail::write_visible(fmt::format_to(context.out(), "{}: ", of.status),
                                           of.message);
  }
};
