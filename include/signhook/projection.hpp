// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/projection/join.hpp>
#include <signhook/detail/projection/observe.hpp>
#include <signhook/event.hpp>
#include <signhook/projection/bounded_map.hpp>
#include <signhook/projection/observation.hpp>
#include <signhook/uuid.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <variant>

// The latest state of a dossier and of its objects, from events in any order. CM.com delivers events in
// no documented order and may deliver one more than once, so the result depends on neither.

namespace signhook::inline SIGNHOOK_ABI {

/// Calls `sink` with each observation of an event, as an `observation_row`: first that of the dossier's
/// state, then those of the other objects. An unknown event says no more than the state of its dossier,
/// and nothing where it has none.
///
/// A projection applies these observations and no others.
template <class Sink>
constexpr void for_each_observation(const event& of, Sink&& sink) {
  std::visit(
      [&](const auto& one) {
        const std::optional<dossier> about(one.dossier);  // which an unknown event may lack
        if (!about) return;
        const auto write = [&](auto kind, const auto& id, const auto& value, bool is_transition) {
          sink(observation_row{kind, about->id, id.value, detail::text_of(value), one.created,
                               one.id, is_transition});
        };
        detail::observe_event(one, write);
      },
      of);
}

/// An invite, as far as events say.
struct known_invite {
  invite_id id{};                              ///< the id of the invite
  latest<open_state<invite_status>> status{};  ///< the latest status

  friend constexpr bool operator==(const known_invite&, const known_invite&) noexcept = default;
};

/// An invitee, as far as events say.
struct known_invitee {
  invitee_id id{};  ///< the id of the invitee
  /// The latest state; empty where no event says more than that the invitee viewed an invite.
  std::optional<latest<open_state<invitee_state>>> state = std::nullopt;
  /// The invite viewed last. An invitee may view two within one second, so there is no conflict.
  std::optional<observation<invite_id>> viewed = std::nullopt;

  friend constexpr bool operator==(const known_invitee&, const known_invitee&) noexcept = default;
};

/// A reassign request, as far as events say.
struct known_reassign_request {
  reassign_request_id id{};  ///< the id of the request
  /// The latest state. It and `original_invitee` are set by every event; rows may come one by one.
  std::optional<latest<open_state<reassign_request_state>>> state = std::nullopt;
  /// The invitee who asked.
  std::optional<observation<invitee_id>> original_invitee = std::nullopt;

  friend constexpr bool operator==(const known_reassign_request&,
                                   const known_reassign_request&) noexcept = default;
};

namespace detail {

template <>
struct object_join<known_invite> {
  static constexpr bool join(known_invite& known, const known_invite& more) noexcept {
    return detail::join(known.status, more.status);
  }
};

template <>
struct object_join<known_invitee> {
  static constexpr bool join(known_invitee& known, const known_invitee& more) noexcept {
    const bool is_state_new = detail::join(known.state, more.state);
    return detail::join(known.viewed, more.viewed) || is_state_new;
  }
};

template <>
struct object_join<known_reassign_request> {
  static constexpr bool join(known_reassign_request& known,
                             const known_reassign_request& more) noexcept {
    const bool is_state_new = detail::join(known.state, more.state);
    return detail::join(known.original_invitee, more.original_invitee) || is_state_new;
  }
};

struct projection_access;

}  // namespace detail

/// The result of applying an event, an observation or another projection.
enum class apply_result : std::uint8_t {
  rejected,   ///< it belongs to another dossier or to none; nothing changed
  unchanged,  ///< it is a repetition, or older than what is known
  changed,    ///< the projection is no longer equal to what it was
};

/// The latest known states of one dossier, its invites, invitees and reassign requests.
///
///     dossier_projection latest(id);
///     for (const event& e : events) latest.apply(e);
///     if (const auto& state = latest.state(); state && state->last.value == dossier_state::completed)
///       archive(latest.id());
///
/// Projections are a join-semilattice, and applying an event joins what it says. With P(S) for a
/// projection to which the events of a set S were applied:
/// - P(S) is the same for every order of S, with each event applied once or more often;
/// - P(A) merged with P(B) equals P(A and B), so `merge` is associative, commutative and idempotent:
///   parts of a history may be applied anywhere and merged later.
///
/// `observation` defines which of two events counts, `latest` what a conflict is, and `bounded_map` which
/// objects are kept. None of it depends on the order of arrival.
///
/// For many dossiers, use a map of projections:
///
///     if (const dossier* d = dossier_of(e)) all.try_emplace(d->id, d->id).first->second.apply(e);
///
/// *Allocation*: none. *Lifetime*: owns all that it holds, and is trivially copyable.
template <std::size_t MaxInvites, std::size_t MaxInvitees, std::size_t MaxRequests>
class basic_dossier_projection {
 public:
  /// A projection of the dossier before anything is known of it.
  constexpr explicit basic_dossier_projection(const dossier_id& of) noexcept : id_(of) {}

  /// Applies all observations of an event.
  /// *Complexity*: linear in the capacity where an object is new, else logarithmic.
  constexpr apply_result apply(const event& of) noexcept {
    return std::visit(
        [&](const auto& one) {
          const std::optional<dossier> about(one.dossier);  // which an unknown event may lack
          if (!about || about->id != id_) return apply_result::rejected;
          bool is_new = false;
          const auto apply_one = [&]<class Value>(auto kind, const auto& id, const Value& value,
                                                  bool is_transition) {
            is_new |= take(kind, id, observation<Value>{value, one.created, one.id, is_transition});
          };
          detail::observe_event(one, apply_one);
          return result_of(is_new);
        },
        of);
  }

  /// Applies one observation, say from a database. A row whose value cannot be of its kind is rejected.
  constexpr apply_result apply(const observation_row& row) noexcept {
    if (row.dossier != id_) return apply_result::rejected;
    switch (row.kind) {
      case observation_kind::dossier:
        if (row.object != id_.value) break;
        return take_state<observation_kind::dossier, dossier_state, dossier_id>(row);
      case observation_kind::invite:
        return take_state<observation_kind::invite, invite_status, invite_id>(row);
      case observation_kind::invitee:
        return take_state<observation_kind::invitee, invitee_state, invitee_id>(row);
      case observation_kind::reassign_request:
        return take_state<observation_kind::reassign_request, reassign_request_state,
                          reassign_request_id>(row);
      case observation_kind::viewed:
        return take_row<observation_kind::viewed, invitee_id>(row,
                                                              invite_id::parse(row.value.view()));
      case observation_kind::original_invitee:
        return take_row<observation_kind::original_invitee, reassign_request_id>(
            row, invitee_id::parse(row.value.view()));
    }
    return apply_result::rejected;
  }

  /// Applies all that another projection of the same dossier knows.
  constexpr apply_result merge(const basic_dossier_projection& other) noexcept {
    if (other.id_ != id_) return apply_result::rejected;
    bool is_new = detail::join(state_, other.state_);
    is_new |= access::merge(invites_, other.invites_);
    is_new |= access::merge(invitees_, other.invitees_);
    is_new |= access::merge(reassign_requests_, other.reassign_requests_);
    return result_of(is_new);
  }

  /// Returns the id of the dossier.
  [[nodiscard]] constexpr dossier_id id() const noexcept { return id_; }

  /// Returns the latest state of the dossier, or nothing before the first event. As every event has the
  /// state, `last.created` is the time of the latest event.
  [[nodiscard]] constexpr const std::optional<latest<open_state<dossier_state>>>& state()
      const& noexcept SIGNHOOK_LIFETIMEBOUND {
    return state_;
  }
  void state() const&& = delete;

  /// Returns the invites. *Lifetime*: a view into this object.
  [[nodiscard]] constexpr const bounded_map<known_invite, MaxInvites>& invites() const& noexcept
      SIGNHOOK_LIFETIMEBOUND {
    return invites_;
  }
  void invites() const&& = delete;

  /// Returns the invitees. *Lifetime*: a view into this object.
  [[nodiscard]] constexpr const bounded_map<known_invitee, MaxInvitees>& invitees() const& noexcept
      SIGNHOOK_LIFETIMEBOUND {
    return invitees_;
  }
  void invitees() const&& = delete;

  /// Returns the reassign requests. *Lifetime*: a view into this object.
  [[nodiscard]] constexpr const bounded_map<known_reassign_request, MaxRequests>&
  reassign_requests() const& noexcept SIGNHOOK_LIFETIMEBOUND {
    return reassign_requests_;
  }
  void reassign_requests() const&& = delete;

  /// Returns whether no object was left out.
  [[nodiscard]] constexpr bool is_complete() const noexcept {
    return invites_.is_complete() && invitees_.is_complete() && reassign_requests_.is_complete();
  }

  /// Returns whether the state of anything has a `conflict`.
  [[nodiscard]] constexpr bool has_conflicts() const noexcept {
    const auto any = [](const auto& objects, auto has_conflict) {
      return std::any_of(objects.begin(), objects.end(), has_conflict);
    };
    const auto in_state = [](const auto& one) { return one.state && one.state->conflict; };
    return (state_ && state_->conflict) ||
           any(invites_, [](const known_invite& one) { return one.status.conflict.has_value(); }) ||
           any(invitees_, in_state) || any(reassign_requests_, in_state);
  }

  friend constexpr bool operator==(const basic_dossier_projection&,
                                   const basic_dossier_projection&) noexcept = default;

 private:
  friend detail::projection_access;
  using access = detail::bounded_map_access;
  template <observation_kind Kind>
  using kind_constant = detail::kind_constant<Kind>;

  [[nodiscard]] static constexpr apply_result result_of(bool is_new) noexcept {
    return is_new ? apply_result::changed : apply_result::unchanged;
  }

  template <observation_kind Kind, class Known, class Id>
  constexpr apply_result take_state(const observation_row& row) noexcept {
    return take_row<Kind, Id>(row, open_state<Known>::from_text(row.value.view()));
  }

  template <observation_kind Kind, class Id, class Value>
  constexpr apply_result take_row(const observation_row& row,
                                  const std::optional<Value>& value) noexcept {
    if (!value) return apply_result::rejected;
    return result_of(take(kind_constant<Kind>(), Id(row.object),
                          observation<Value>{*value, row.created, row.event, row.is_transition}));
  }

  constexpr bool take(kind_constant<observation_kind::dossier>, const dossier_id&,
                      const observation<open_state<dossier_state>>& more) noexcept {
    return detail::join(state_, latest<open_state<dossier_state>>{more});
  }
  constexpr bool take(kind_constant<observation_kind::invite>, const invite_id& id,
                      const observation<open_state<invite_status>>& more) noexcept {
    return access::insert_or_join(invites_, known_invite{id, {more}});
  }
  constexpr bool take(kind_constant<observation_kind::invitee>, const invitee_id& id,
                      const observation<open_state<invitee_state>>& more) noexcept {
    return access::insert_or_join(invitees_,
                                  known_invitee{id, latest<open_state<invitee_state>>{more}});
  }
  constexpr bool take(kind_constant<observation_kind::viewed>, const invitee_id& id,
                      const observation<invite_id>& more) noexcept {
    return access::insert_or_join(invitees_, known_invitee{id, std::nullopt, more});
  }
  constexpr bool take(kind_constant<observation_kind::reassign_request>,
                      const reassign_request_id& id,
                      const observation<open_state<reassign_request_state>>& more) noexcept {
    return access::insert_or_join(
        reassign_requests_,
        known_reassign_request{id, latest<open_state<reassign_request_state>>{more}});
  }
  constexpr bool take(kind_constant<observation_kind::original_invitee>,
                      const reassign_request_id& id, const observation<invitee_id>& more) noexcept {
    return access::insert_or_join(reassign_requests_,
                                  known_reassign_request{id, std::nullopt, more});
  }

  dossier_id id_;
  std::optional<latest<open_state<dossier_state>>> state_{};
  bounded_map<known_invite, MaxInvites> invites_{};
  bounded_map<known_invitee, MaxInvitees> invitees_{};
  bounded_map<known_reassign_request, MaxRequests> reassign_requests_{};
};

/// A projection with room for 16 objects of each kind, in 12 KiB.
using dossier_projection = basic_dossier_projection<16, 16, 16>;

/// Calls `sink` with the fewest observations that give this projection, as `observation_row`s: all latest
/// observations and their conflicts, that of the dossier's state first, then by object. Applied to another
/// projection or a database in any order, they are merged into it.
template <class Sink, std::size_t MaxInvites, std::size_t MaxInvitees, std::size_t MaxRequests>
constexpr void for_each_observation(
    const basic_dossier_projection<MaxInvites, MaxInvitees, MaxRequests>& of, Sink&& sink) {
  const auto write = [&](observation_kind kind, const auto& id, const auto& one) {
    sink(observation_row{kind, of.id(), id.value, detail::text_of(one.value), one.created,
                         one.event, one.is_transition});
  };
  const auto write_latest = [&](observation_kind kind, const auto& id, const auto& one) {
    write(kind, id, one.last);
    if (one.conflict) write(kind, id, *one.conflict);
  };
  if (of.state()) write_latest(observation_kind::dossier, of.id(), *of.state());
  for (const known_invite& one : of.invites()) {
    write_latest(observation_kind::invite, one.id, one.status);
  }
  for (const known_invitee& one : of.invitees()) {
    if (one.state) write_latest(observation_kind::invitee, one.id, *one.state);
    if (one.viewed) write(observation_kind::viewed, one.id, *one.viewed);
  }
  for (const known_reassign_request& one : of.reassign_requests()) {
    if (one.state) write_latest(observation_kind::reassign_request, one.id, *one.state);
    if (one.original_invitee) {
      write(observation_kind::original_invitee, one.id, *one.original_invitee);
    }
  }
}

namespace detail {

// Lets load_projection say which kinds lack objects: bit 0 invites, bit 1 invitees, bit 2 requests.
struct projection_access {
  // Returns false where that cannot be: only a full map leaves objects out.
  template <class Projection>
  static constexpr bool set_left_out(Projection& projection, unsigned kinds) noexcept {
    const auto set = [kinds](unsigned bit, auto& map) {
      if ((kinds & bit) == 0) return true;
      bounded_map_access::set_incomplete(map);
      return map.size() == map.capacity;
    };
    return set(1, projection.invites_) && set(2, projection.invitees_) &&
           set(4, projection.reassign_requests_);
  }
};

}  // namespace detail

static_assert(std::is_trivially_copyable_v<dossier_projection>);
static_assert(sizeof(dossier_projection) <= 12'288);

}  // namespace signhook::inline SIGNHOOK_ABI
