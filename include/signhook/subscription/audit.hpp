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

/// Compares a subscription with the event types that are handled, and with the name of the header that the
/// receiver takes the secret from, in any case; without a name, any header with a value counts.
[[nodiscard]] inline audit_report audit(const subscription& of, event_type_set handled,
                                        std::string_view secret_header = {}) noexcept {
  audit_report report;
  report.events_absent = !of.events;
  if (of.events) {
    const auto subscribed = event_type_set::from_names(*of.events);
    report.not_handled = subscribed - handled;
    // A program that handles unknown types does not require that a subscription names some.
    report.not_subscribed = handled - subscribed - event_type_set::of<unknown_event>();
  }
  report.disabled = of.disabled.value_or(false);
  report.unauthenticated =
      std::none_of(of.headers.begin(), of.headers.end(), [&](const custom_header& one) {
        const bool is_it =
            secret_header.empty() || detail::equal_without_case(one.name, secret_header);
        return is_it && !one.value.empty();
      });
  return report;
}

/// Returns the subscription changed so that an audit finds no difference but the secret: it names what is handled,
/// and is enabled.
///
///     const subscription repaired = repair(of, handled, {"X-Secret", secret});
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

/// Does the same, and sets the header with the secret: an audit then finds no difference.
[[nodiscard]] inline subscription repair(subscription of, event_type_set handled,
                                         custom_header secret) {
  subscription repaired = repair(std::move(of), handled);
  const auto is_it = [&](const custom_header& one) {
    return detail::equal_without_case(one.name, secret.name);
  };
  std::erase_if(repaired.headers, is_it);
  repaired.headers.push_back(std::move(secret));
  return repaired;
}

}  // namespace signhook::inline SIGNHOOK_ABI
