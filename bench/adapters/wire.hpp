// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "adapter.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

// Structs of the same form as the body, for the libraries that map JSON to structs, and the event that is
// made of them. `Text` is a string or a view of one.

namespace bench::wire {

template <class Text>
struct named {
  Text id;
};

template <class Text>
struct with_state {
  Text id;
  Text state;
};

// In one type of event it has no state.
template <class Text>
struct with_optional_state {
  Text id;
  std::optional<Text> state;
};

template <class Text>
struct request {
  Text id;
  Text state;
  std::optional<with_state<Text>> originalInvitee;
};

template <class Text>
struct body {
  Text id;
  Text type;
  Text created;
  std::optional<with_state<Text>> dossier;
  std::optional<named<Text>> invite;
  std::optional<with_optional_state<Text>> invitee;
  std::optional<request<Text>> reassignRequest;
};

template <class Value>
bool read(std::string_view text, Value& into) {
  const auto value = read_scalar<Value>(text);
  if (value) into = *value;
  return value.has_value();
}

template <class Text, class Value>
bool read(const std::optional<Text>& text, Value& into) {
  return text && read(std::string_view(*text), into);
}

template <class From, class Into>
bool read_object(const std::optional<From>& from, Into& into) {
  if (!from || !read(from->id, into.id)) return false;
  if constexpr (requires { into.state; }) {
    if (!read(from->state, into.state)) return false;
  }
  if constexpr (requires { into.original_invitee; }) {
    return read_object(from->originalInvitee, into.original_invitee);
  }
  return true;
}

// Returns true if `body` and `fill` have all members of an event.
template <class Event>
consteval bool has_all_members() {
  constexpr std::string_view known[] = {"id",     "type",    "created",        "dossier",
                                        "invite", "invitee", "reassignRequest"};
  const auto is_known = [&](std::string_view name) {
    for (const std::string_view one : known) {
      if (one == name) return true;
    }
    return false;
  };
  return std::apply([&](const auto&... members) { return (is_known(members.name) && ...); },
                    signhook::schema<Event>::members);
}

template <class Text, class Event>
bool fill(const body<Text>& from, Event& into) {
  static_assert(has_all_members<Event>(),
                "an event has a new member: add it to body and fill in bench/adapters/wire.hpp");
  if (!read(from.id, into.id) || !read(from.created, into.created)) return false;
  if constexpr (std::is_same_v<Event, signhook::unknown_event>) {
    return read(from.type, into.type) &&
           (!from.dossier || read_object(from.dossier, into.dossier.emplace()));
  } else {
    if (!read_object(from.dossier, into.dossier)) return false;
    if constexpr (requires { into.invite; }) {
      if (!read_object(from.invite, into.invite)) return false;
    }
    if constexpr (requires { into.invitee; }) {
      if (!read_object(from.invitee, into.invitee)) return false;
    }
    if constexpr (requires { into.reassign_request; }) {
      return read_object(from.reassignRequest, into.reassign_request);
    }
    return true;
  }
}

template <class Text>
bool fill_event(const body<Text>& from, signhook::event& into) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    bool filled = false;
    const bool known = ((std::string_view(from.type) == signhook::event_types[I] &&
                         (filled = fill(from, into.emplace<I>()), true)) ||
                        ...);
    return known ? filled : fill(from, into.emplace<signhook::unknown_event>());
  }
  (std::make_index_sequence<signhook::event_types.size()>{});
}

}  // namespace bench::wire
