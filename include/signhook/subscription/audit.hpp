// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/http/token.hpp>
#include <signhook/event.hpp>
#include <signhook/subscription/event_types.hpp>
#include <signhook/subscription/request.hpp>
#include <signhook/subscription/resource.hpp>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Compares a subscription with what the program at its URL handles.

namespace signhook::inline SIGNHOOK_ABI {

/// The differences between a subscription and what a program handles.
struct audit_report {
  /// Subscribed but not handled: these deliveries are useless. `unknown_event` in it: the subscription names
  /// types that the schema does not have.
  event_type_set not_handled{};

  /// Handled but not subscribed: these events never arrive.
  event_type_set not_subscribed{};

  bool events_absent = false;  ///< an older answer without `events`; the two sets are empty then
  bool disabled = false;       ///< nothing is delivered

  /// No header can hold a secret: anybody can post to the URL.
  bool unauthenticated = false;

  /// Returns true if there is no difference.
  [[nodiscard]] constexpr bool is_clean() const noexcept { return *this == audit_report{}; }

  friend constexpr bool operator==(const audit_report&, const audit_report&) noexcept = default;
};

namespace detail {

[[nodiscard]] inline bool has_value(const subscription& of, std::string_view header) noexcept {
  return std::any_of(of.headers.begin(), of.headers.end(), [&](const custom_header& one) {
    return equal_without_case(one.name, header) && !one.value.empty();
  });
}

// All but `unauthenticated`.
[[nodiscard]] inline audit_report audit_types(const subscription& of,
                                              event_type_set handled) noexcept {
  audit_report report;
  report.events_absent = !of.events;
  if (of.events) {
    const auto subscribed = event_type_set::from_names(*of.events);
    report.not_handled = subscribed - handled;
    // A program that handles unknown types does not require that a subscription names some.
    report.not_subscribed = handled - subscribed - event_type_set::of<unknown_event>();
  }
  report.disabled = of.disabled.value_or(false);
  return report;
}

}  // namespace detail

/// Compares a subscription with the event types that are handled, and with the name of the header that the
/// receiver takes the secret from, in any case: `receiver.secret_header()`. Without a name, any header with a value
/// counts.
[[nodiscard]] inline audit_report audit(const subscription& of, event_type_set handled,
                                        std::string_view secret_header = {}) noexcept {
  audit_report report = detail::audit_types(of, handled);
  report.unauthenticated =
      secret_header.empty()
          ? std::all_of(of.headers.begin(), of.headers.end(),
                        [](const custom_header& one) { return one.value.empty(); })
          : !detail::has_value(of, secret_header);
  return report;
}

/// Compares a subscription with the request that made it: with the types that it names, or the service's
/// `default_event_types` if it names none, and with its headers, any of which may be the secret. It is
/// `unauthenticated` unless each header of the request, and at least one, has a value.
[[nodiscard]] inline audit_report audit(const subscription& of,
                                        const subscription_request& request) noexcept {
  audit_report report = detail::audit_types(of, request.event_types());
  report.unauthenticated =
      request.headers.empty() ||
      !std::all_of(request.headers.begin(), request.headers.end(),
                   [&](const custom_header& one) { return detail::has_value(of, one.name); });
  return report;
}

/// Returns the subscription changed so that an audit finds no difference but the secret: it names what is handled,
/// and is enabled.
///
///     const subscription repaired = repair(of, request);
///     const auto body = encode_update(repaired, buffer);     // PUT subscription_path(kid, of.id)
///
/// The names that stay keep their order, once each. Unknown names stay only if `unknown_event` is handled, and
/// are written only with `request_options::types` as `unknown::keep`. The effect of an update without any type
/// is undocumented.
/// *Allocation*: the subscription's own.
[[nodiscard]] inline subscription repair(subscription of, event_type_set handled) {
  auto& events = of.events ? *of.events : of.events.emplace();
  std::set<std::string> kept;
  std::erase_if(events, [&](const event_name& one) {
    return !handled.contains(one.index()) || !kept.insert(one.text()).second;
  });
  const auto added = (handled - event_type_set::from_names(events)).names();
  events.insert(events.end(), added.begin(), added.end());
  of.disabled = false;
  return of;
}

namespace detail {

// Replaces the headers of that name, in any case.
inline void set_header(subscription& of, custom_header header) {
  std::erase_if(of.headers, [&](const custom_header& one) {
    return equal_without_case(one.name, header.name);
  });
  of.headers.push_back(std::move(header));
}

}  // namespace detail

/// Does the same, and sets the header with the secret: an audit then finds no difference.
[[nodiscard]] inline subscription repair(subscription of, event_type_set handled,
                                         custom_header secret) {
  subscription repaired = repair(std::move(of), handled);
  detail::set_header(repaired, std::move(secret));
  return repaired;
}

/// Does the same for the types and the headers of a request: an audit with that request then finds no difference if
/// its headers have values. The URL stays.
[[nodiscard]] inline subscription repair(subscription of, const subscription_request& request) {
  subscription repaired = repair(std::move(of), request.event_types());
  for (const custom_header& one : request.headers) detail::set_header(repaired, one);
  return repaired;
}

}  // namespace signhook::inline SIGNHOOK_ABI
