// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/projection.hpp>
#include <signhook/schema.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

// A model of the projection: it keeps all statements of all events and searches them anew. Model and
// projection are written out as text, to be compared and to be read where they differ.

namespace projection_model {

template <class Value>
std::string text(const Value& value) {
  std::array<char, 64> written{};
  return {written.data(), value.write_to(written.data())};
}

struct statement {
  std::tuple<std::int64_t, bool, std::int64_t> instant;
  bool is_transition;
  std::string event;
  std::string value;
  std::pair<std::int64_t, bool> form;
  std::string created;

  [[nodiscard]] auto order() const { return std::tie(instant, is_transition, event, value, form); }
  friend bool operator<(const statement& a, const statement& b) { return a.order() < b.order(); }

  [[nodiscard]] std::string written() const {
    return " '" + value + "' " + created + " by " + event +
           (is_transition ? " announced" : " mentioned");
  }
};

inline statement make_statement(const signhook::timestamp& created, const signhook::event_id& event,
                                bool is_transition, std::string_view value) {
  return {{created.time().time_since_epoch().count(), created.is_leap_second(),
           created.subsecond().count()},
          is_transition,
          text(event),
          std::string(value),
          {created.offset().count(), !created.knows_offset()},
          text(created)};
}

using statements = std::vector<statement>;
using statements_by_id = std::map<std::string, statements>;

inline statements conflicts_of(const statements& all) {
  statements conflicts;
  if (all.empty()) return conflicts;
  const statement& last = *std::max_element(all.begin(), all.end());
  for (const statement& one : all) {
    if (one.instant == last.instant && one.value != last.value) conflicts.push_back(one);
  }
  return conflicts;
}

inline std::string last_of(const statements& all) {
  return std::max_element(all.begin(), all.end())->written();
}

inline std::string latest_of(const statements& all) {
  const statements conflicts = conflicts_of(all);
  return last_of(all) + (conflicts.empty() ? "" : " or" + last_of(conflicts));
}

inline std::string summary(bool has_conflicts, bool is_complete) {
  return std::string(has_conflicts ? "conflicts" : "no conflict") +
         (is_complete ? ", complete\n" : ", incomplete\n");
}

// The statements about the objects of a kind: their states, and the ids of other objects.
struct objects {
  statements_by_id states;
  statements_by_id relations;

  // Returns the lines of the objects that are kept, and one more where some are left out.
  [[nodiscard]] std::string lines(std::string_view kind, std::size_t capacity,
                                  std::string_view relation = {}) const {
    std::string lines;
    std::size_t kept = 0;
    for (const std::string& id : ids()) {
      if (kept++ == capacity) return lines + std::string(kind) + " left out\n";
      lines += std::string(kind) + ' ' + id;
      if (states.contains(id)) lines += latest_of(states.at(id));
      if (relations.contains(id)) lines += std::string(relation) + last_of(relations.at(id));
      lines += '\n';
    }
    return lines;
  }

  [[nodiscard]] bool has_conflicts(std::size_t capacity) const {
    std::size_t kept = 0;
    for (const std::string& id : ids()) {
      if (kept++ == capacity) return false;
      if (states.contains(id) && !conflicts_of(states.at(id)).empty()) return true;
    }
    return false;
  }

  [[nodiscard]] std::vector<std::string> ids() const {
    std::map<std::string, bool> all;
    for (const auto& [id, stated] : states) all[id] = true;
    for (const auto& [id, stated] : relations) all[id] = true;
    std::vector<std::string> sorted;
    for (const auto& [id, is_there] : all) sorted.push_back(id);
    return sorted;
  }
};

// Returns the text of the projection `of` after `history`, as its documentation says it.
template <std::size_t Invites, std::size_t Invitees, std::size_t Requests>
std::string expected(const signhook::basic_dossier_projection<Invites, Invitees, Requests>& of,
                     const std::vector<signhook::event>& history) {
  using namespace signhook;
  statements dossiers;
  objects invites;
  objects invitees;
  objects requests;
  const auto take = [&]<class Event>(const Event& e, std::string_view type) {
    std::optional<dossier> about;
    about = e.dossier;
    if (!about || about->id != of.id()) return;
    const auto state = [&e](bool is_transition, std::string_view value) {
      return make_statement(e.created, e.id, is_transition, value);
    };
    dossiers.push_back(state(std::is_same_v<Event, dossier_state_updated>, about->state.text()));
    constexpr std::string_view invite_type = "dossier.invite.";
    if constexpr (requires { e.invite; }) {
      if (type.starts_with(invite_type)) {
        invites.states[text(e.invite.id)].push_back(state(true, type.substr(invite_type.size())));
      }
    }
    if constexpr (std::is_same_v<Event, invite_viewed>) {
      invitees.relations[text(e.invitee.id)].push_back(state(true, text(e.invite.id)));
    }
    if constexpr (requires { e.invitee.state; }) {
      invitees.states[text(e.invitee.id)].push_back(
          state(std::is_same_v<Event, invitee_state_updated>, e.invitee.state.text()));
    }
    if constexpr (requires { e.reassign_request; }) {
      const reassign_request& request = e.reassign_request;
      const invitee& original = request.original_invitee;
      requests.states[text(request.id)].push_back(
          state(std::is_same_v<Event, reassign_request_state_updated>, request.state.text()));
      requests.relations[text(request.id)].push_back(state(false, text(original.id)));
      invitees.states[text(original.id)].push_back(state(false, original.state.text()));
    }
  };
  for (const event& one : history) {
    std::visit([&](const auto& e) { take(e, type_of(one)); }, one);
  }

  const bool is_complete = invites.ids().size() <= Invites && invitees.ids().size() <= Invitees &&
                           requests.ids().size() <= Requests;
  const bool has_conflicts = !conflicts_of(dossiers).empty() || invites.has_conflicts(Invites) ||
                             invitees.has_conflicts(Invitees) || requests.has_conflicts(Requests);
  return summary(has_conflicts, is_complete) + "dossier " + text(of.id()) +
         (dossiers.empty() ? "" : latest_of(dossiers)) + '\n' + invites.lines("invite", Invites) +
         invitees.lines("invitee", Invitees, " viewed") +
         requests.lines("request", Requests, " asked by");
}

// The same text, of a projection.

template <class Tag>
std::string value_of(const signhook::tagged_id<Tag>& id) {
  return text(id);
}
template <class Known>
std::string value_of(const signhook::open_state<Known>& state) {
  return std::string(state.text());
}

template <class Value>
std::string written(const signhook::observation<Value>& of) {
  return make_statement(of.created, of.event, of.is_transition, value_of(of.value)).written();
}

template <class Value>
std::string written(const signhook::latest<Value>& of) {
  return written(of.last) + (of.conflict ? " or" + written(*of.conflict) : "");
}

template <class Value>
std::string written(const std::optional<Value>& of) {
  return of ? written(*of) : "";
}

template <class Objects, class Write>
std::string lines_of(std::string_view kind, const Objects& objects, Write write) {
  std::string lines;
  for (const auto& one : objects)
    lines += std::string(kind) + ' ' + text(one.id) + write(one) + '\n';
  return objects.is_complete() ? lines : lines + std::string(kind) + " left out\n";
}

template <class Projection>
std::string written_projection(const Projection& of) {
  return summary(of.has_conflicts(), of.is_complete()) + "dossier " + text(of.id()) +
         written(of.state()) + '\n' +
         lines_of("invite", of.invites(), [](const auto& one) { return written(one.status); }) +
         lines_of("invitee", of.invitees(),
                  [](const auto& one) {
                    return written(one.state) + (one.viewed ? " viewed" + written(one.viewed) : "");
                  }) +
         lines_of("request", of.reassign_requests(), [](const auto& one) {
           return written(one.state) +
                  (one.original_invitee ? " asked by" + written(one.original_invitee) : "");
         });
}

// Makes events that meet: ids, instants and states are replaced by one of few. `pick(n)` returns any number
// below n; n - 1 is the rarest where the pick is made by `choices` that have run out.

template <class Pick, class Tag>
void narrow(signhook::tagged_id<Tag>& id, const Pick& pick) {
  id = {};
  id.value.bytes[pick(2) * 15] = static_cast<std::uint8_t>(pick(4) * 0x50);
}

template <class Pick>
void narrow(signhook::dossier_id& id, const Pick& pick) {
  id = {};
  id.value.bytes[3] = pick(8) == 7 ? 1 : 0;
}

template <class Pick>
void narrow(signhook::timestamp& time, const Pick& pick) {
  static constexpr std::string_view times[] = {
      "2016-12-31T23:59:59Z",           "2016-12-31T23:59:60Z",
      "2016-12-31T15:59:60-08:00",      "2016-12-31T23:59:59.5Z",
      "2016-12-31T23:59:60.5Z",         "2017-01-01T00:00:00Z",
      "2017-01-01T01:00:00+01:00",      "2017-01-01T00:00:00-00:00",
      "2017-01-01T00:00:00.000000001Z", "2016-12-31T23:00:00.000000001-01:00"};
  const std::size_t at = pick(std::size(times) + 1);
  if (at != std::size(times)) time = *signhook::timestamp::parse(times[at]);
}

template <class Pick, class Known>
void narrow(signhook::open_state<Known>& state, const Pick& pick) {
  constexpr auto known = signhook::open_state<Known>::known_texts();
  const std::size_t at = pick(known.size() + 3);
  if (at < known.size()) state = *signhook::open_state<Known>::from_text(known[at]);
  if (at == known.size()) state = *signhook::open_state<Known>::from_text("\xc3\xa9");
  if (at == known.size() + 1) state = *signhook::open_state<Known>::from_text({"a\0b", 3});
}

template <class Pick>
void narrow(signhook::type_text&, const Pick&) {}

template <class Pick, class Object>
requires requires { signhook::schema<Object>::members; }
void narrow(Object& object, const Pick& pick);

template <class Pick, class Value>
void narrow(std::optional<Value>& value, const Pick& pick) {
  if (value) narrow(*value, pick);
}

template <class Pick, class Object>
requires requires { signhook::schema<Object>::members; }
void narrow(Object& object, const Pick& pick) {
  const auto member = [&](const auto& of) {
    if constexpr (requires { object.*of.pointer; }) narrow(object.*of.pointer, pick);
  };
  std::apply([&](const auto&... members) { (member(members), ...); },
             signhook::schema<Object>::members);
}

template <class Pick>
void narrow(signhook::event& of, const Pick& pick) {
  std::visit([&](auto& one) { narrow(one, pick); }, of);
}

// Applies all events. Returns what is wrong with a result of `apply`, or nothing.
template <class Projection>
[[nodiscard]] std::string apply_all(Projection& projection,
                                    const std::vector<signhook::event>& history) {
  using signhook::apply_result;
  for (const signhook::event& one : history) {
    const Projection before = projection;
    const signhook::dossier* const about = signhook::dossier_of(one);
    const apply_result result = projection.apply(one);
    const bool belongs = about != nullptr && about->id == projection.id();
    if ((result == apply_result::rejected) == belongs)
      return "an event of this dossier was rejected, or one of another was not";
    if ((result == apply_result::changed) != (projection != before))
      return "the result of `apply` is wrong about a change";
    if (projection.apply(one) == apply_result::changed)
      return "an event changes a projection twice";
  }
  return {};
}

}  // namespace projection_model
