// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/event.hpp>
#include <signhook/schema.hpp>
#include <signhook/subscription/resource.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

// Whether a subscription fits what the program at its address handles.

namespace signhook::inline SIGNHOOK_ABI {

namespace detail {

template <class T, class... Alternative>
[[nodiscard]] consteval std::size_t index_among(std::type_identity<std::variant<Alternative...>>) {
  std::size_t index = 0;
  static_cast<void>(((std::same_as<T, Alternative> || (++index, false)) || ...));
  return index;
}

// The index among `event`'s alternatives.
template <class Event>
inline constexpr std::size_t index_of = index_among<Event>(std::type_identity<event>{});

}  // namespace detail

/// A set of types of event. `unknown_event` in it stands for all that the table does not name.
///
///     constexpr auto handled = event_type_set::of<dossier_prepared, invite_viewed>();
class event_type_set {
 public:
  constexpr event_type_set() noexcept = default;

  /// The types of these events.
  template <class... Event>
  [[nodiscard]] static constexpr event_type_set of() noexcept {
    static_assert((std::constructible_from<event, Event> && ...), "these are no events");
    event_type_set made;
    (made.insert(detail::index_of<Event>), ...);
    return made;
  }

  /// By the index of `event`'s alternatives; one beyond them is in no set.
  [[nodiscard]] constexpr bool contains(std::size_t index) const noexcept {
    return index < std::variant_size_v<event> && (bits_ >> index & 1U) != 0;
  }
  /// By the index of `event`'s alternatives; one beyond them is left out.
  constexpr void insert(std::size_t index) noexcept {
    if (index < std::variant_size_v<event>) bits_ |= std::uint32_t{1} << index;
  }
  /// Whether there is none.
  [[nodiscard]] constexpr bool empty() const noexcept { return bits_ == 0; }

  friend constexpr event_type_set operator|(event_type_set a, event_type_set b) noexcept {
    return event_type_set(a.bits_ | b.bits_);
  }
  friend constexpr event_type_set operator-(event_type_set a, event_type_set b) noexcept {
    return event_type_set(a.bits_ & ~b.bits_);
  }
  friend constexpr bool operator==(event_type_set, event_type_set) noexcept = default;

 private:
  constexpr explicit event_type_set(std::uint32_t bits) noexcept : bits_(bits) {}
  static_assert(std::variant_size_v<event> <= 32);

  std::uint32_t bits_ = 0;  // by the index of `event`'s alternatives
};

/// What is to be said of a webhook.
struct audit_report {
  /// Subscribed and not handled: deliveries for nothing. `unknown_event` in it: the webhook names
  /// types that the table does not.
  event_type_set not_handled;

  /// Handled and not subscribed: these events never come.
  event_type_set not_subscribed;

  bool events_not_told = false;  ///< by an older answer; the two sets are empty then
  bool disabled = false;         ///< observation to be: nothing is delivered

  /// No custom header with a value: nothing tells a delivery from anybody else's request.
  bool unauthenticated = false;

  /// Whether there is nothing to say.
  [[nodiscard]] constexpr bool is_clean() const noexcept { return *this == audit_report{}; }

  friend constexpr bool operator==(const audit_report&, const audit_report&) noexcept = default;
};

/// Compares a webhook with what is handled.
[[nodiscard]] inline audit_report audit(const webhook& of, event_type_set handled) noexcept {
  audit_report report;
  report.events_not_told = !of.events;
  if (of.events) {
    event_type_set subscribed;
    for (const event_name& one : *of.events) subscribed.insert(one.index());
    report.not_handled = subscribed - handled;
    // That unknown types are welcome does not mean that there are any to subscribe to.
    report.not_subscribed = handled - subscribed - event_type_set::of<unknown_event>();
  }
  report.disabled = of.disabled.value_or(false);
  report.unauthenticated = true;
  for (const webhook_header& one : of.headers) {
    report.unauthenticated = report.unauthenticated && one.value.empty();
  }
  return report;
}

/// The webhook without what an audit has to say, as far as that can be repaired from here: subscribed to
/// what is handled, and enabled. A secret header, where there is none, is the caller's to add.
///
///     webhook repaired = repair(of, handled);
///     repaired.headers = {{"X-Secret", secret}};
///     const auto body = encode_update(repaired, buffer);     // PUT webhook_path(kid, of.id)
///
/// Names that stay keep their order, once each; names that are unknown stay only where `unknown_event` is handled,
/// and are written only with `draft_options::types` as `unknown::keep`. What the service makes of an
/// update without any type is not stated.
/// *Allocation*: the webhook's own.
[[nodiscard]] inline webhook repair(webhook of, event_type_set handled) {
  auto& events = of.events ? *of.events : of.events.emplace();
  std::set<std::string> kept;
  event_type_set subscribed;
  std::erase_if(events, [&](const event_name& one) {
    if (!handled.contains(one.index()) || !kept.insert(one.text()).second) return true;
    subscribed.insert(one.index());
    return false;
  });
  const event_type_set more = handled - subscribed;
  for (std::size_t index = 0; index < event_types.size(); ++index) {
    if (more.contains(index)) events.emplace_back(std::string(event_types[index]));
  }
  of.disabled = false;
  return of;
}

}  // namespace signhook::inline SIGNHOOK_ABI
