// SPDX-License-Identifier: BSL-1.0
// glaze, which needs C++23, into structs of the same form as the body, with views of its texts.
#include "adapter.hpp"

#include <glaze/json/read.hpp>

#include <string>

namespace bench {

struct named {
  std::string_view id;
};

struct with_state {
  std::string_view id;
  std::string_view state;
};

struct request {
  std::string_view id;
  std::string_view state;
  std::optional<with_state> originalInvitee;
};

struct wire_body {
  std::string_view id;
  std::string_view type;
  std::string_view created;
  std::optional<with_state> dossier;
  std::optional<named> invite;
  std::optional<with_state> invitee;
  std::optional<request> reassignRequest;
};

namespace {

template <class Value>
bool read(std::string_view text, Value& into) {
  const auto value = read_scalar<Value>(text);
  if (value) into = *value;
  return value.has_value();
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

// Whether `wire_body` and `fill` have all members of an event.
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

template <class Event>
bool fill(const wire_body& from, Event& into) {
  static_assert(
      has_all_members<Event>(),
      "an event has a new member: add it to wire_body and fill in bench/adapters/glaze.cpp");
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

struct options : glz::opts {
  bool validate_skipped = true;
};

class glaze : public adapter {
 public:
  bool decode(std::string_view body, signhook::event& into) override {
    constexpr options how{{.null_terminated = false, .error_on_unknown_keys = false}};
    wire_body read;
    if (glz::read<how>(read, body)) return false;
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      bool filled = false;
      const bool known = ((read.type == signhook::event_types[I] &&
                           (filled = fill(read, into.emplace<I>()), true)) ||
                          ...);
      return known ? filled : fill(read, into.emplace<signhook::unknown_event>());
    }
    (std::make_index_sequence<signhook::event_types.size()>{});
  }
};

}  // namespace

std::unique_ptr<adapter> make_glaze() { return std::make_unique<glaze>(); }

}  // namespace bench
