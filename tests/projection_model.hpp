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
#include <vector>

// What a view should be: all events are kept, and everything is looked for anew among them. Both are
// written out as text, to be compared and to be read where they differ.

namespace projection_model {

template <class Value>
std::string text(const Value& value) {
  std::array<char, 64> written{};
  return {written.data(), value.write_to(written.data())};
}

struct claim {
  std::tuple<std::int64_t, bool, std::int64_t> instant;
  bool is_change;
  std::string by;
  std::pair<std::string, std::string> value;
  std::pair<std::int64_t, bool> offset;
  std::string created;

  [[nodiscard]] auto order() const { return std::tie(instant, is_change, by, value, offset); }
  friend bool operator<(const claim& a, const claim& b) { return a.order() < b.order(); }

  [[nodiscard]] std::string written() const {
    return " '" + value.first + "' '" + value.second + "' " + created + " by " + by +
           (is_change ? " changed" : " mentioned");
  }
};

inline claim make_claim(const signhook::timestamp& created, const signhook::event_id& by,
                        bool is_change, std::string_view value, std::string second = {}) {
  return {{created.time().time_since_epoch().count(), created.is_leap_second(),
           created.subsecond().count()},
          is_change,
          text(by),
          {std::string(value), std::move(second)},
          {created.offset().count(), created.knows_offset()},
          text(created)};
}

using claims = std::vector<claim>;
using claims_by_id = std::map<std::string, claims>;

inline claims rivals_of(const claims& all) {
  claims conflicts;
  for (const claim& one : all) {
    const claim& last = *std::max_element(all.begin(), all.end());
    if (one.instant == last.instant && one.value != last.value) conflicts.push_back(one);
  }
  return conflicts;
}

inline std::string latest_of(const claims& all) {
  const claim& last = *std::max_element(all.begin(), all.end());
  const claims conflicts = rivals_of(all);
  if (conflicts.empty()) return last.written();
  return last.written() + " or" + std::max_element(conflicts.begin(), conflicts.end())->written();
}

inline std::string summary(bool has_conflicts, bool is_complete) {
  return std::string(has_conflicts ? "conflicts" : "no conflict") +
         (is_complete ? ", complete\n" : ", incomplete\n");
}

// The lines of the objects that are kept, and one more where some are not.
inline std::string lines_of(std::string_view kind, const claims_by_id& all, std::size_t capacity,
                            const claims_by_id* viewings = nullptr) {
  std::string lines;
  std::size_t kept = 0;
  for (const auto& [id, observation] : all) {
    if (kept++ == capacity) return lines + std::string(kind) + " left out\n";
    lines += std::string(kind) + ' ' + id + (observation.empty() ? "" : latest_of(observation));
    if (viewings != nullptr && viewings->contains(id)) {
      const claims& viewed = viewings->at(id);
      lines += " viewed" + std::max_element(viewed.begin(), viewed.end())->written();
    }
    lines += '\n';
  }
  return lines;
}

// The view of `id` after `history`, by its documentation.
template <std::size_t Invites, std::size_t Invitees, std::size_t Requests>
std::string expected(const signhook::basic_dossier_projection<Invites, Invitees, Requests>& of,
                     const std::vector<signhook::event>& history) {
  using namespace signhook;
  claims dossiers;
  claims_by_id invites;
  claims_by_id invitees;
  claims_by_id viewings;
  claims_by_id requests;
  const auto take = [&]<class Event>(const Event& e) {
    std::optional<dossier> about;
    about = e.dossier;
    if (!about || about->id != of.id()) return;
    const auto observation = [&e](auto... more) { return make_claim(e.created, e.id, more...); };
    dossiers.push_back(observation(std::is_same_v<Event, dossier_state_updated>,
                                   std::string(about->state.text())));
    const auto invite = [&](std::string_view status) {
      if constexpr (requires { e.invite; })
        invites[text(e.invite.id)].push_back(observation(true, status));
    };
    if constexpr (std::is_same_v<Event, invite_created>) invite("created");
    if constexpr (std::is_same_v<Event, invite_expired>) invite("expired");
    if constexpr (std::is_same_v<Event, invite_undelivered>) invite("undelivered");
    if constexpr (std::is_same_v<Event, invite_viewed>) {
      invite("viewed");
      invitees[text(e.invitee.id)];
      viewings[text(e.invitee.id)].push_back(observation(true, text(e.invite.id)));
    }
    if constexpr (std::is_same_v<Event, invitee_state_updated>) {
      invitees[text(e.invitee.id)].push_back(
          observation(true, std::string(e.invitee.state.text())));
    }
    if constexpr (std::is_same_v<Event, reassign_request_state_updated>) {
      const reassign_request& request = e.reassign_request;
      const invitee& original = request.original_invitee;
      requests[text(request.id)].push_back(
          observation(true, std::string(request.state.text()), text(original.id)));
      invitees[text(original.id)].push_back(observation(false, std::string(original.state.text())));
    }
  };
  for (const event& one : history) std::visit(take, one);

  // Of what is kept alone.
  bool has_conflicts = !rivals_of(dossiers).empty();
  const auto look = [&](const claims_by_id& all, std::size_t capacity) {
    std::size_t kept = 0;
    for (const auto& [id, observation] : all)
      has_conflicts |= kept++ < capacity && !rivals_of(observation).empty();
    return kept <= capacity;
  };
  const bool has_invites = look(invites, Invites);
  const bool has_invitees = look(invitees, Invitees);
  const bool has_requests = look(requests, Requests);
  return summary(has_conflicts, has_invites && has_invitees && has_requests) + "dossier " +
         text(of.id()) + (dossiers.empty() ? "" : latest_of(dossiers)) + '\n' +
         lines_of("invite", invites, Invites) + lines_of("invitee", invitees, Invitees, &viewings) +
         lines_of("request", requests, Requests);
}

// The same text, of a view.

inline std::pair<std::string, std::string> value_of(signhook::invite_status status) {
  return {std::string(
              signhook::detail::enumerator_names<signhook::invite_status>[static_cast<std::size_t>(
                  status)]),
          {}};
}
inline std::pair<std::string, std::string> value_of(const signhook::invite_id& id) {
  return {text(id), {}};
}
template <class Known>
std::pair<std::string, std::string> value_of(const signhook::open_state<Known>& state) {
  return {std::string(state.text()), {}};
}
inline std::pair<std::string, std::string> value_of(const signhook::reassignment& of) {
  return {std::string(of.state.text()), text(of.original_invitee)};
}

template <class Value>
std::string written(const signhook::observation<Value>& observation) {
  const auto [first, second] = value_of(observation.value);
  return make_claim(observation.created, observation.by, observation.is_change, first, second)
      .written();
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

template <class View>
std::string written_view(const View& view) {
  return summary(view.has_conflicts(), view.is_complete()) + "dossier " + text(view.id()) +
         written(view.state()) + '\n' +
         lines_of("invite", view.invites(), [](const auto& one) { return written(one.status); }) +
         lines_of("invitee", view.invitees(),
                  [](const auto& one) {
                    return written(one.state) + (one.viewed ? " viewed" + written(one.viewed) : "");
                  }) +
         lines_of("request", view.reassign_requests(),
                  [](const auto& one) { return written(one.state); });
}

// Events near each other: ids, instants and states are replaced by some of few. `pick(n)` is any number
// below n; the last of them is the rarest where the pick is made by `choices` that have run out.

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
  const std::size_t at = pick(known.size() + 2);
  if (at < known.size()) state = *signhook::open_state<Known>::from_text(known[at]);
  if (at == known.size()) state = *signhook::open_state<Known>::from_text("\xc3\xa9");
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

// Folds all in. Returns what is wrong with what `apply` answers, or nothing.
template <class View>
[[nodiscard]] std::string fold_all(View& view, const std::vector<signhook::event>& history) {
  using signhook::apply_result;
  for (const signhook::event& one : history) {
    const View before = view;
    const signhook::dossier* const about = signhook::dossier_of(one);
    const apply_result outcome = view.apply(one);
    if ((outcome == apply_result::rejected) != (about == nullptr || about->id != view.id()))
      return "an event is rejected, or is not, that belongs to another dossier or does not";
    if ((outcome == apply_result::changed) != (view != before))
      return "a view has changed, or has not, other than is said";
    if (view.apply(one) == apply_result::changed) return "an event changes a view twice";
  }
  return {};
}

}  // namespace projection_model
