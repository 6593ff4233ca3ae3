// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/schema/traits.hpp>
#include <signhook/event.hpp>
#include <signhook/projection/observation.hpp>
#include <signhook/schema.hpp>

#include <cstddef>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

// The observations of an event follow from its members and the name of its type, so that an added event
// needs nothing here; an added type of object needs an `object_observer` below.

namespace signhook::inline SIGNHOOK_ABI::detail {

template <class Event>
[[nodiscard]] consteval std::string_view type_name_of() noexcept {
  if constexpr (known_event<Event>) {
    return schema<Event>::type;
  } else {
    return {};
  }
}

// True where the type of `Event` announces a new state of the object whose member on the wire is `name`:
// `dossier.invitee.state.updated` does so for `invitee`, and mentions the state of `dossier`.
template <class Event>
[[nodiscard]] consteval bool announces_state(std::string_view name) noexcept {
  return after_segment(type_name_of<Event>(), name) == "state.updated";
}

// Returns the status of an invite that the type of `Event` announces, or nothing where it announces none.
template <class Event>
[[nodiscard]] consteval std::optional<open_state<invite_status>> announced_status() noexcept {
  constexpr std::string_view text = after_segment(type_name_of<Event>(), invite_member_name());
  static_assert(
      text.size() <= open_state<invite_status>::max_text_size,
      "signhook: the status that this event's type gives an invite is too long for open_state. "
      "Decide on a shorter status, in announced_status of signhook/detail/projection/observe.hpp.");
  if (text.empty()) return std::nullopt;
  return open_state<invite_status>::from_text(text);
}

template <observation_kind Kind>
using kind_constant = std::integral_constant<observation_kind, Kind>;

// Tells `sink` the observations of one object of an event: the kind, the id of the object, the value, and
// whether the value is a transition. An object of a type without a specialisation does not compile.
template <class Event, class Object>
struct object_observer;

template <class Event>
struct object_observer<Event, dossier> {
  template <class Sink>
  static constexpr void observe(const dossier& object, bool is_transition, Sink& sink) {
    sink(kind_constant<observation_kind::dossier>(), object.id, object.state, is_transition);
  }
};

template <class Event>
struct object_observer<Event, invite> {
  template <class Sink>
  static constexpr void observe(const invite& object, bool, Sink& sink) {
    if constexpr (constexpr auto status = announced_status<Event>(); status.has_value()) {
      sink(kind_constant<observation_kind::invite>(), object.id, *status, true);
    }
  }
};

template <class Event>
struct object_observer<Event, invitee> {
  template <class Sink>
  static constexpr void observe(const invitee& object, bool is_transition, Sink& sink) {
    sink(kind_constant<observation_kind::invitee>(), object.id, object.state, is_transition);
  }
};

// A reference has no state to observe. `observe_event` reads it together with the invite.
template <class Event>
struct object_observer<Event, invitee_reference> {
  template <class Sink>
  static constexpr void observe(const invitee_reference&, bool, Sink&) {}
};

template <class Event>
struct object_observer<Event, reassign_request> {
  template <class Sink>
  static constexpr void observe(const reassign_request& object, bool is_transition, Sink& sink) {
    sink(kind_constant<observation_kind::reassign_request>(), object.id, object.state,
         is_transition);
    sink(kind_constant<observation_kind::original_invitee>(), object.id, object.original_invitee.id,
         false);
  }
};

template <class Event, class Object>
concept observed_object = requires {
  sizeof(object_observer<Event, Object>);
};

template <class Event, class Owner, class Sink>
constexpr void observe_members(const Owner& owner, Sink& sink);

template <class Event, std::size_t Index, class Owner, class Sink>
constexpr void observe_member(const Owner& owner, Sink& sink) {
  using member_type = std::remove_cvref_t<decltype(std::get<Index>(schema<Owner>::members))>;
  using value_type = typename member_type::value_type;
  using object_type = typename required_form<value_type>::type;
  if constexpr (wire_object<object_type>) {
    constexpr member_type member = std::get<Index>(schema<Owner>::members);
    static_assert(
        observed_object<Event, object_type>,
        "signhook: an event has an object that the projection does not know. Decide what the event "
        "says of it: specialise object_observer for its type in "
        "signhook/detail/projection/observe.hpp (an empty `observe` ignores it), and give a new "
        "kind a place in observation_kind.");
    const std::optional<object_type> object(owner.*member.pointer);
    if (!object) return;
    object_observer<Event, object_type>::observe(*object, announces_state<Event>(member.name),
                                                 sink);
    observe_members<Event>(*object, sink);
  }
}

template <class Event, class Owner, class Sink>
constexpr void observe_members(const Owner& owner, Sink& sink) {
  [&]<std::size_t... I>(std::index_sequence<I...>) { (observe_member<Event, I>(owner, sink), ...); }
  (std::make_index_sequence<
      std::tuple_size_v<std::remove_cvref_t<decltype(schema<Owner>::members)>>>());
}

// Tells `sink` all observations of an event, that of its dossier first.
template <class Event, class Sink>
constexpr void observe_event(const Event& of, Sink& sink) {
  observe_members<Event>(of, sink);
  if constexpr (requires {
                  of.invite.id;
                  of.invitee.id;
                }) {
    if constexpr (announced_status<Event>() == open_state<invite_status>(invite_status::viewed)) {
      sink(kind_constant<observation_kind::viewed>(), of.invitee.id, of.invite.id, true);
    }
  }
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail
