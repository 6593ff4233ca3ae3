// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/event.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

// The schema: every name on the wire and every requirement of every event, once. Decoder, encoder,
// formatters, JSON Schema and samples follow from it. Another event is one struct in event.hpp, with
// its place in `event`, and one entry here; another state is one enumerator there and one line here.

namespace signhook::inline SIGNHOOK_ABI {

/// A member of an object on the wire, and the member of the struct that holds its value. It is
/// required unless the struct's is a `std::optional`.
template <class Object, class Value>
struct member {
  /// The type that the struct holds: a `std::optional` where the member may be absent.
  using value_type = Value;

  std::string_view name;   ///< on the wire
  Value Object::*pointer;  ///< in the struct
};

/// Deduces both types from a pointer to a member.
template <class Object, class Value>
member(std::string_view, Value Object::*) -> member<Object, Value>;

/// The member whose value is the name of the event's type; a known event's struct does not hold it.
struct type_member {
  /// The type that holds any name of a type.
  using value_type = type_text;

  std::string_view name;  ///< on the wire
};

/// A known state and its name on the wire.
template <class Known>
struct state_name {
  Known value;            ///< the enumerator
  std::string_view name;  ///< on the wire
};

/// Deduces the enumeration.
template <class Known>
state_name(Known, std::string_view) -> state_name<Known>;

/// The entry of `T`: an event, an object in one, or an enumeration of states. Events and objects have
/// a `description`, for people, and `members`, a tuple in the documented order; an event also has
/// `type`, its name, and `sample`, the documented body's value. An enumeration has `states`.
template <class T>
struct schema;

template <>
struct schema<dossier_state> {
  static constexpr std::array states{
      state_name{dossier_state::draft, "draft"},
      state_name{dossier_state::pending, "pending"},
      state_name{dossier_state::completed, "completed"},
  };
};

template <>
struct schema<invitee_state> {
  static constexpr std::array states{
      state_name{invitee_state::approved, "approved"},
      state_name{invitee_state::declined, "declined"},
      state_name{invitee_state::reassigned, "reassigned"},
  };
};

template <>
struct schema<reassign_request_state> {
  static constexpr std::array states{
      state_name{reassign_request_state::pending, "pending"},
      state_name{reassign_request_state::approved, "approved"},
  };
};

namespace detail {

// Parses the schema's own constants: one that is not valid does not compile.
template <class T>
[[nodiscard]] consteval T valid(std::optional<T> value) {
  if (!value) std::abort();
  return *value;
}

template <class Id>
[[nodiscard]] consteval Id parse_id(std::string_view text) {
  return valid(Id::parse(text));
}

// The members that all events have, then those of `Event` alone.
template <class Event, class... More>
[[nodiscard]] consteval auto envelope(More... more) {
  return std::tuple{member{"id", &Event::id}, type_member{"type"},
                    member{"created", &Event::created}, member{"dossier", &Event::dossier},
                    more...};
}

inline constexpr timestamp sample_created = valid(timestamp::parse("2026-01-01T00:00:00+00:00"));
inline constexpr auto sample_dossier = parse_id<dossier_id>("b659c273-954e-43cf-893a-0f74a7f87153");
inline constexpr invite sample_invite{parse_id<invite_id>("87aa2c40-7ad1-4493-8ede-640eab6d2f4e")};
inline constexpr auto sample_invitee = parse_id<invitee_id>("f6b72c37-9255-4272-8b21-f2f6ba9537ba");

}  // namespace detail

template <>
struct schema<dossier> {
  static constexpr std::string_view description = "A set of documents to be signed.";
  static constexpr std::tuple members{member{"id", &dossier::id}, member{"state", &dossier::state}};
};

template <>
struct schema<invite> {
  static constexpr std::string_view description = "An invitation of an invitee to act.";
  static constexpr std::tuple members{member{"id", &invite::id}};
};

template <>
struct schema<invitee_reference> {
  static constexpr std::string_view description =
      "Somebody invited, where the service does not tell the state.";
  static constexpr std::tuple members{member{"id", &invitee_reference::id}};
};

template <>
struct schema<invitee> {
  static constexpr std::string_view description = "Somebody invited to a dossier.";
  static constexpr std::tuple members{member{"id", &invitee::id}, member{"state", &invitee::state}};
};

template <>
struct schema<reassign_request> {
  static constexpr std::string_view description =
      "An invitee's wish that somebody else act instead.";
  static constexpr std::tuple members{
      member{"id", &reassign_request::id}, member{"state", &reassign_request::state},
      member{"originalInvitee", &reassign_request::original_invitee}};
};

template <>
struct schema<invite_created> {
  static constexpr std::string_view description = "An invite has been created.";
  static constexpr std::string_view type = "dossier.invite.created";
  static constexpr auto members =
      detail::envelope<invite_created>(member{"invite", &invite_created::invite});
  static constexpr invite_created sample{
      .id = detail::parse_id<event_id>("523075b3-dae7-4f2e-89ba-b194d2b56c2f"),
      .created = detail::sample_created,
      .dossier = {.id = detail::sample_dossier, .state = dossier_state::draft},
      .invite = detail::sample_invite};
};

template <>
struct schema<invite_expired> {
  static constexpr std::string_view description = "An invite has expired.";
  static constexpr std::string_view type = "dossier.invite.expired";
  static constexpr auto members =
      detail::envelope<invite_expired>(member{"invite", &invite_expired::invite});
  static constexpr invite_expired sample{
      .id = detail::parse_id<event_id>("115c17e0-e714-465c-a3a4-f33700a69d7b"),
      .created = detail::sample_created,
      .dossier = {.id = detail::sample_dossier, .state = dossier_state::pending},
      .invite = detail::sample_invite};
};

template <>
struct schema<invite_undelivered> {
  static constexpr std::string_view description = "An invite cannot be delivered.";
  static constexpr std::string_view type = "dossier.invite.undelivered";
  static constexpr auto members =
      detail::envelope<invite_undelivered>(member{"invite", &invite_undelivered::invite});
  static constexpr invite_undelivered sample{
      .id = detail::parse_id<event_id>("e5210e6e-058b-4898-9f71-16f18eb6c141"),
      .created = detail::sample_created,
      .dossier = {.id = detail::sample_dossier, .state = dossier_state::pending},
      .invite = detail::sample_invite};
};

template <>
struct schema<invite_viewed> {
  static constexpr std::string_view description = "An invite has been viewed by the invitee.";
  static constexpr std::string_view type = "dossier.invite.viewed";
  static constexpr auto members = detail::envelope<invite_viewed>(
      member{"invite", &invite_viewed::invite}, member{"invitee", &invite_viewed::invitee});
  static constexpr invite_viewed sample{
      .id = detail::parse_id<event_id>("e20d315d-9b37-4407-a036-22f4fdafb226"),
      .created = detail::sample_created,
      .dossier = {.id = detail::sample_dossier, .state = dossier_state::pending},
      .invite = detail::sample_invite,
      .invitee = {.id = detail::sample_invitee}};
};

template <>
struct schema<invitee_state_updated> {
  static constexpr std::string_view description = "The state of an invitee has changed.";
  static constexpr std::string_view type = "dossier.invitee.state.updated";
  static constexpr auto members =
      detail::envelope<invitee_state_updated>(member{"invitee", &invitee_state_updated::invitee});
  static constexpr invitee_state_updated sample{
      .id = detail::parse_id<event_id>("12a1eded-01ca-4e56-9e6c-125842dca977"),
      .created = detail::sample_created,
      .dossier = {.id = detail::sample_dossier, .state = dossier_state::pending},
      .invitee = {.id = detail::sample_invitee, .state = invitee_state::approved}};
};

template <>
struct schema<dossier_prepared> {
  static constexpr std::string_view description =
      "The prepare step has been completed: invites should be sent.";
  static constexpr std::string_view type = "dossier.prepared";
  static constexpr auto members = detail::envelope<dossier_prepared>();
  static constexpr dossier_prepared sample{
      .id = detail::parse_id<event_id>("c36f5fc9-b412-4aeb-9cbd-bdb6cdca581f"),
      .created = detail::sample_created,
      .dossier = {.id = detail::sample_dossier, .state = dossier_state::draft}};
};

template <>
struct schema<dossier_state_updated> {
  static constexpr std::string_view description = "The state of a dossier has changed.";
  static constexpr std::string_view type = "dossier.state.updated";
  static constexpr auto members = detail::envelope<dossier_state_updated>();
  static constexpr dossier_state_updated sample{
      .id = detail::parse_id<event_id>("b041a287-bc92-4469-801e-ae1a39c08f6e"),
      .created = detail::sample_created,
      .dossier = {.id = detail::sample_dossier, .state = dossier_state::completed}};
};

template <>
struct schema<reassign_request_state_updated> {
  static constexpr std::string_view description = "The state of a reassign request has changed.";
  static constexpr std::string_view type = "dossier.invitee.reassignRequest.state.updated";
  static constexpr auto members = detail::envelope<reassign_request_state_updated>(
      member{"reassignRequest", &reassign_request_state_updated::reassign_request});
  static constexpr reassign_request_state_updated sample{
      .id = detail::parse_id<event_id>("f5b8eb0b-e976-4dc4-88c9-069f377dd1c9"),
      .created = detail::sample_created,
      .dossier = {.id = detail::sample_dossier, .state = dossier_state::pending},
      .reassign_request = {
          .id = detail::parse_id<reassign_request_id>("44971ae0-88fc-43e7-9868-ceaacf6d3ee4"),
          .state = reassign_request_state::pending,
          .original_invitee = {.id = detail::sample_invitee, .state = invitee_state::reassigned}}};
};

/// The event whose type is not in the schema: its envelope, of which the dossier may be absent.
template <>
struct schema<unknown_event> {
  static constexpr std::string_view description =
      "An event of a type that this version does not know.";
  static constexpr std::tuple members{
      member{"id", &unknown_event::id}, member{"type", &unknown_event::type},
      member{"created", &unknown_event::created}, member{"dossier", &unknown_event::dossier}};
};

/// An event that the schema names: all but `unknown_event`.
template <class T>
concept known_event = requires {
  { schema<T>::type } -> std::convertible_to<std::string_view>;
};

namespace detail {

inline constexpr std::size_t known_count = [] {
  return []<class... Event>(std::type_identity<std::variant<Event...>>) {
    return (std::size_t{known_event<Event>} + ...);
  }(std::type_identity<event>{});
}();

static_assert(!known_event<std::variant_alternative_t<known_count, event>>,
              "the known events come first, so that an event's index is its type's");

// An array of what `f.operator()<Event>()` returns for each known event.
template <class Value, class F>
[[nodiscard]] consteval std::array<Value, known_count> for_known_events(F f) {
  return [&f]<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<Value, known_count>{
        f.template operator()<std::variant_alternative_t<I, event>>()...};
  }
  (std::make_index_sequence<known_count>{});
}

}  // namespace detail

/// The names of the known types, in the order of `event`'s alternatives.
inline constexpr auto event_types =
    detail::for_known_events<std::string_view>([]<class Event> { return schema<Event>::type; });

/// The documented bodies' values, in the same order.
inline constexpr auto samples =
    detail::for_known_events<event>([]<class Event> { return event(schema<Event>::sample); });

// Declared in event.hpp.
[[nodiscard]] constexpr std::string_view type_of(const event& of SIGNHOOK_LIFETIMEBOUND) noexcept {
  if (const auto* unknown = std::get_if<unknown_event>(&of)) return unknown->type.view();
  return event_types[of.index()];
}

static_assert(detail::are_distinct<event_types>());

}  // namespace signhook::inline SIGNHOOK_ABI
