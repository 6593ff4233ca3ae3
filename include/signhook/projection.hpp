// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/event.hpp>
#include <signhook/timestamp.hpp>
#include <signhook/uuid.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <variant>

// What was last observation of a dossier and of all within it. The service states no order of its deliveries
// and repeats them, so nothing here depends on either.

namespace signhook::inline SIGNHOOK_ABI {

/// The dossier of an event; null where an unknown event has none.
/// *Lifetime*: points into `of`.
[[nodiscard]] constexpr const dossier* dossier_of(const event& of SIGNHOOK_LIFETIMEBOUND) noexcept {
  return std::visit(
      [](const auto& one) -> const dossier* {
        if constexpr (requires { one.dossier.has_value(); }) {
          return one.dossier ? &*one.dossier : nullptr;
        } else {
          return &one.dossier;
        }
      },
      of);
}
void dossier_of(const event&& of) = delete;

/// What an event tells of an invite, which has no state on the wire.
enum class invite_status : std::uint8_t { created, expired, undelivered, viewed };

/// What an event tells of a reassign request.
struct reassignment {
  open_state<reassign_request_state> state;  ///< of the request
  invitee_id original_invitee;               ///< who asked

  friend constexpr bool operator==(const reassignment&, const reassignment&) noexcept = default;
};

namespace detail {

[[nodiscard]] constexpr std::strong_ordering compare_instants(const timestamp& a,
                                                              const timestamp& b) noexcept {
  const auto seconds = [](const timestamp& of) { return of.time().time_since_epoch().count(); };
  // A leap second lengthens the second before it.
  const auto nanoseconds = [](const timestamp& of) {
    return (of.subsecond() + std::chrono::seconds(of.is_leap_second() ? 1 : 0)).count();
  };
  if (const auto order = seconds(a) <=> seconds(b); std::is_neq(order)) return order;
  return nanoseconds(a) <=> nanoseconds(b);
}

[[nodiscard]] constexpr std::strong_ordering compare_values(invite_status a,
                                                            invite_status b) noexcept {
  return a <=> b;
}
[[nodiscard]] constexpr std::strong_ordering compare_values(const invite_id& a,
                                                            const invite_id& b) noexcept {
  return a <=> b;
}
template <class Known>
[[nodiscard]] constexpr std::strong_ordering compare_values(const open_state<Known>& a,
                                                            const open_state<Known>& b) noexcept {
  return a.text().compare(b.text()) <=> 0;
}
[[nodiscard]] constexpr std::strong_ordering compare_values(const reassignment& a,
                                                            const reassignment& b) noexcept {
  if (const auto order = compare_values(a.state, b.state); std::is_neq(order)) return order;
  return a.original_invitee <=> b.original_invitee;
}

[[nodiscard]] constexpr invite_status status_of(const invite_created&) noexcept {
  return invite_status::created;
}
[[nodiscard]] constexpr invite_status status_of(const invite_expired&) noexcept {
  return invite_status::expired;
}
[[nodiscard]] constexpr invite_status status_of(const invite_undelivered&) noexcept {
  return invite_status::undelivered;
}
[[nodiscard]] constexpr invite_status status_of(const invite_viewed&) noexcept {
  return invite_status::viewed;
}

}  // namespace detail

/// A value, and the event that observation it.
///
/// Of two the greater counts:
/// 1. the later `created`, as an instant: to the nanosecond, a leap second after the second before
///    it, whatever offset it was written with;
/// 2. at the same instant, that of an event which tells of a change before a mere mention;
/// 3. then that of the greater event id.
///
/// The second and third rule are this library's and make a choice, not the truth: the service tells
/// whole seconds and does not say what came last within one. For events that share an id, which
/// none should, there follow the value (a state by the bytes of its text) and the offset, so that
/// no two of different content are equal.
template <class Value>
struct observation {
  Value value{};      ///< what was observation
  timestamp created;  ///< of the event
  event_id by;        ///< the event that observation it
  /// The event's type says that the value has changed. Other events only mention it: all but
  /// `dossier.state.updated` do so with the dossier's state, and those of a reassign request with
  /// the original invitee's.
  bool is_change = false;

  friend constexpr bool operator==(const observation&, const observation&) noexcept = default;
  friend constexpr std::strong_ordering operator<=>(const observation& a,
                                                    const observation& b) noexcept {
    if (const auto order = detail::compare_instants(a.created, b.created); std::is_neq(order))
      return order;
    if (a.is_change != b.is_change) {
      return a.is_change ? std::strong_ordering::greater : std::strong_ordering::less;
    }
    if (const auto order = a.by <=> b.by; std::is_neq(order)) return order;
    if (const auto order = detail::compare_values(a.value, b.value); std::is_neq(order))
      return order;
    return a.created <=> b.created;
  }
};

/// The latest that was observation, and whether that is beyond doubt.
template <class Value>
struct latest {
  observation<Value> last;  ///< the greatest of all
  /// A conflict: the greatest of those that tell another value at the same instant.
  std::optional<observation<Value>> conflict = std::nullopt;

  friend constexpr bool operator==(const latest&, const latest&) noexcept = default;
};

/// An invite, as far as the events of a view tell.
struct known_invite {
  invite_id id;                  ///< of the invite
  latest<invite_status> status;  ///< what became of it last

  friend constexpr bool operator==(const known_invite&, const known_invite&) noexcept = default;
};

/// An invitee, as far as the events of a view tell.
struct known_invitee {
  invitee_id id;  ///< of the invitee
  /// None where all that is known is that the invitee viewed an invite.
  std::optional<latest<open_state<invitee_state>>> state = std::nullopt;
  /// The invite viewed last, and when. To view two in the same second is no conflict.
  std::optional<observation<invite_id>> viewed = std::nullopt;

  friend constexpr bool operator==(const known_invitee&, const known_invitee&) noexcept = default;
};

/// A reassign request, as far as the events of a view tell.
struct known_reassign_request {
  reassign_request_id id;      ///< of the request
  latest<reassignment> state;  ///< as it was observation last

  friend constexpr bool operator==(const known_reassign_request&,
                                   const known_reassign_request&) noexcept = default;
};

namespace detail {

// Each makes `known` the least that holds both, and tells whether that is another than it was.

template <class Value>
constexpr bool join(latest<Value>& known, const observation<Value>& more) noexcept {
  const auto instants = compare_instants(more.created, known.last.created);
  if (std::is_lt(instants)) return false;
  if (std::is_gt(instants)) {
    known = {more};
    return true;
  }
  if (more.value == known.last.value) {
    if (more <= known.last) return false;
    known.last = more;
    return true;
  }
  if (more > known.last) {
    known.conflict = known.last;
    known.last = more;
    return true;
  }
  if (known.conflict && more <= *known.conflict) return false;
  known.conflict = more;
  return true;
}

template <class Value>
constexpr bool join(latest<Value>& known, const latest<Value>& more) noexcept {
  const bool is_last_new = join(known, more.last);
  const bool is_rival_new = more.conflict && join(known, *more.conflict);
  return is_last_new || is_rival_new;
}

template <class Value>
constexpr bool join(observation<Value>& known, const observation<Value>& more) noexcept {
  if (more <= known) return false;
  known = more;
  return true;
}

template <class Value>
constexpr bool join(std::optional<Value>& known, const Value& more) noexcept {
  if (known) return join(*known, more);
  known = more;
  return true;
}

template <class Value>
constexpr bool join(std::optional<Value>& known, const std::optional<Value>& more) noexcept {
  return more && join(known, *more);
}

constexpr bool join(known_invite& known, const known_invite& more) noexcept {
  return join(known.status, more.status);
}

constexpr bool join(known_invitee& known, const known_invitee& more) noexcept {
  const bool is_state_new = join(known.state, more.state);
  const bool is_viewed_new = join(known.viewed, more.viewed);
  return is_state_new || is_viewed_new;
}

constexpr bool join(known_reassign_request& known, const known_reassign_request& more) noexcept {
  return join(known.state, more.state);
}

}  // namespace detail

template <std::size_t MaxInvites, std::size_t MaxInvitees, std::size_t MaxRequests>
class basic_dossier_projection;

/// Objects by their ids: all there are, or where these are more than `Capacity`, those with the
/// smallest ids. Which these are does not depend on the order in which they were found, and an
/// object among them was never left out on the way: what is known of it is whole.
template <class Object, std::size_t Capacity>
class bounded_map {
 public:
  static constexpr std::size_t capacity = Capacity;  ///< the most that it holds

  constexpr bounded_map() noexcept = default;

  /// In the order of their ids.
  /// *Lifetime*: until the view that holds them is changed.
  [[nodiscard]] constexpr const Object* begin() const noexcept SIGNHOOK_LIFETIMEBOUND {
    return objects_.data();
  }
  /// Behind the last. *Lifetime*: as of `begin`.
  [[nodiscard]] constexpr const Object* end() const noexcept SIGNHOOK_LIFETIMEBOUND {
    return objects_.data() + size_;
  }
  /// How many there are, at most `capacity`.
  [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
  /// Whether there is none.
  [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }

  /// Whether none was left out: true exactly as long as there were not more than `capacity`.
  [[nodiscard]] constexpr bool is_complete() const noexcept { return is_complete_; }

  /// The object with this id, or null.
  /// *Complexity*: logarithmic.
  [[nodiscard]] constexpr const Object* find(const decltype(Object::id)& id) const noexcept
      SIGNHOOK_LIFETIMEBOUND {
    const Object* const at = begin() + place_of(id);
    return at != end() && at->id == id ? at : nullptr;
  }

  friend constexpr bool operator==(const bounded_map&, const bounded_map&) noexcept = default;

 private:
  template <std::size_t, std::size_t, std::size_t>
  friend class basic_dossier_projection;

  [[nodiscard]] constexpr std::size_t place_of(const decltype(Object::id)& id) const noexcept {
    return static_cast<std::size_t>(std::lower_bound(begin(), end(), id,
                                                     [](const Object& object, const auto& other) {
                                                       return object.id < other;
                                                     }) -
                                    begin());
  }

  constexpr bool join(const Object& more) noexcept {
    if constexpr (Capacity == 0) {
      return leave_out();
    } else {
      const std::size_t place = place_of(more.id);
      if (place == Capacity) return leave_out();
      if (place != size_ && objects_[place].id == more.id) {
        return detail::join(objects_[place], more);
      }
      if (size_ == Capacity) {
        leave_out();
      } else {
        ++size_;
      }
      Object* const objects = objects_.data();
      std::move_backward(objects + place, objects + size_ - 1, objects + size_);
      objects_[place] = more;
      return true;
    }
  }

  constexpr bool join(const bounded_map& more) noexcept {
    bool is_new = !more.is_complete_ && leave_out();
    for (const Object& object : more) is_new |= join(object);
    return is_new;
  }

  constexpr bool leave_out() noexcept {
    const bool is_new = is_complete_;
    is_complete_ = false;
    return is_new;
  }

  std::array<Object, Capacity> objects_{};
  std::size_t size_ = 0;
  bool is_complete_ = true;
};

/// What became of something that was to be applied in.
enum class apply_result : std::uint8_t {
  rejected,   ///< of another dossier, or of none
  unchanged,  ///< nothing new: a repetition, or older than what is known
  changed,    ///< the view is no longer equal to what it was
};

/// The latest known states of one dossier, its invites, invitees and reassign requests.
///
///     dossier_projection view(id);
///     for (const event& e : events) view.apply(e);
///     if (const auto& state = view.state(); state && state->last.value == dossier_state::completed)
///       archive(view.id());
///
/// Views are a join-semilattice, and to apply an event in is to join what it tells. With V(S) for a
/// view into which the events of a set S were applied:
/// - V(S) is the same for every order of S, each event applied in once or more often;
/// - V(A) merged with V(B) equals V(A and B together), so `merge` is associative, commutative and
///   idempotent: parts of a history may be applied anywhere and joined later.
///
/// `observation` says which of two events counts, `latest` what is a conflict, and `bounded_map` which
/// objects are kept: none of it by arrival.
///
/// For many dossiers, a map of views:
///
///     if (const dossier* d = dossier_of(e)) views.try_emplace(d->id, d->id).first->second.apply(e);
///
/// *Allocation*: none. *Lifetime*: owns all that it holds, and is trivially copyable.
template <std::size_t MaxInvites, std::size_t MaxInvitees, std::size_t MaxRequests>
class basic_dossier_projection {
 public:
  /// A view of the dossier before anything is known of it.
  constexpr explicit basic_dossier_projection(const dossier_id& of) noexcept : id_(of) {}

  /// Takes what an event tells: of an unknown type, its dossier's state.
  /// *Complexity*: linear in the capacity where an object is new, else logarithmic.
  constexpr apply_result apply(const event& of) noexcept {
    return std::visit([&](const auto& one) { return take(one); }, of);
  }

  /// Takes all that another view of the same dossier knows.
  constexpr apply_result merge(const basic_dossier_projection& other) noexcept {
    if (other.id_ != id_) return apply_result::rejected;
    bool is_new = detail::join(state_, other.state_);
    is_new |= invites_.join(other.invites_);
    is_new |= invitees_.join(other.invitees_);
    is_new |= reassign_requests_.join(other.reassign_requests_);
    return outcome(is_new);
  }

  /// The dossier whose view it is: that of the first event.
  [[nodiscard]] constexpr dossier_id id() const noexcept { return id_; }

  /// The dossier's; none before the first event. As every event tells it, `last.created` is the
  /// time of the latest event.
  [[nodiscard]] constexpr const std::optional<latest<open_state<dossier_state>>>& state()
      const& noexcept SIGNHOOK_LIFETIMEBOUND {
    return state_;
  }
  void state() const&& = delete;

  /// Those that events observation of.
  /// *Lifetime*: a view into this object.
  [[nodiscard]] constexpr const bounded_map<known_invite, MaxInvites>& invites() const& noexcept
      SIGNHOOK_LIFETIMEBOUND {
    return invites_;
  }
  void invites() const&& = delete;

  /// Those that events observation of.
  /// *Lifetime*: a view into this object.
  [[nodiscard]] constexpr const bounded_map<known_invitee, MaxInvitees>& invitees() const& noexcept
      SIGNHOOK_LIFETIMEBOUND {
    return invitees_;
  }
  void invitees() const&& = delete;

  /// Those that events observation of.
  /// *Lifetime*: a view into this object.
  [[nodiscard]] constexpr const bounded_map<known_reassign_request, MaxRequests>&
  reassign_requests() const& noexcept SIGNHOOK_LIFETIMEBOUND {
    return reassign_requests_;
  }
  void reassign_requests() const&& = delete;

  /// Whether no object was left out.
  [[nodiscard]] constexpr bool is_complete() const noexcept {
    return invites_.is_complete() && invitees_.is_complete() && reassign_requests_.is_complete();
  }

  /// Whether anything known has a `conflict`.
  [[nodiscard]] constexpr bool has_conflicts() const noexcept {
    const auto has_rival = [](const auto& one) { return one.conflict.has_value(); };
    const auto any = [](const auto& objects, auto is_so) {
      return std::any_of(objects.begin(), objects.end(), is_so);
    };
    return (state_ && has_rival(*state_)) ||
           any(invites_, [&](const known_invite& one) { return has_rival(one.status); }) ||
           any(invitees_,
               [&](const known_invitee& one) { return one.state && has_rival(*one.state); }) ||
           any(reassign_requests_,
               [&](const known_reassign_request& one) { return has_rival(one.state); });
  }

  friend constexpr bool operator==(const basic_dossier_projection&,
                                   const basic_dossier_projection&) noexcept = default;

 private:
  [[nodiscard]] static constexpr apply_result outcome(bool is_new) noexcept {
    return is_new ? apply_result::changed : apply_result::unchanged;
  }

  template <class Event>
  constexpr apply_result take(const Event& one) noexcept {
    const std::optional<dossier> about(one.dossier);  // which an unknown event may lack
    if (!about || about->id != id_) return apply_result::rejected;
    const auto tells = [&one]<class Value>(const Value& value, bool is_change) {
      return latest<Value>{{value, one.created, one.id, is_change}};
    };
    constexpr bool is_change = std::is_same_v<Event, dossier_state_updated>;
    bool is_new = detail::join(state_, tells(about->state, is_change));
    if constexpr (requires { one.invite; }) {
      is_new |= invites_.join({one.invite.id, tells(detail::status_of(one), true)});
    }
    if constexpr (requires { one.invitee.state; }) {
      is_new |= invitees_.join({one.invitee.id, tells(one.invitee.state, true)});
    } else if constexpr (requires { one.invitee; }) {
      is_new |= invitees_.join({one.invitee.id, std::nullopt, tells(one.invite.id, true).last});
    }
    if constexpr (requires { one.reassign_request; }) {
      const reassign_request& request = one.reassign_request;
      const invitee& original = request.original_invitee;
      is_new |= reassign_requests_.join(
          {request.id, tells(reassignment{request.state, original.id}, true)});
      is_new |= invitees_.join({original.id, tells(original.state, false)});
    }
    return outcome(is_new);
  }

  dossier_id id_;
  std::optional<latest<open_state<dossier_state>>> state_;
  bounded_map<known_invite, MaxInvites> invites_;
  bounded_map<known_invitee, MaxInvitees> invitees_;
  bounded_map<known_reassign_request, MaxRequests> reassign_requests_;
};

/// Room for 16 of each kind, in 10 KiB.
using dossier_projection = basic_dossier_projection<16, 16, 16>;

static_assert(std::is_trivially_copyable_v<dossier_projection>);
static_assert(sizeof(dossier_projection) <= 10'240);

}  // namespace signhook::inline SIGNHOOK_ABI
