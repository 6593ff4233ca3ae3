// SPDX-License-Identifier: BSL-1.0
// glaze, which needs C++23, to structs of the body's form, whose texts are views into it.
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

template <class Event>
bool fill(const wire_body& from, Event& into) {
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

class glaze : public way {
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

std::unique_ptr<way> make_glaze() { return std::make_unique<glaze>(); }

}  // namespace bench
