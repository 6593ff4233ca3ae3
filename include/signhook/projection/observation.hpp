// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/enumeration.hpp>
#include <signhook/event.hpp>
#include <signhook/schema.hpp>
#include <signhook/timestamp.hpp>
#include <signhook/uuid.hpp>

#include <array>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

// Observations: a value, with the event that says so, and the order in which they count.

namespace signhook::inline SIGNHOOK_ABI {

/// The status of an invite. An invite has no state on the wire, so its status is the end of the type of
/// the event that announces it: `created` for `dossier.invite.created`.
enum class invite_status : std::uint8_t { other, created, expired, undelivered, viewed };

namespace detail {

// Returns the part of `type` that follows `name` and a dot: "created" for "dossier.invite.created" and
// "invite". Returns an empty text where `name` is not a segment of `type` or is the last.
[[nodiscard]] constexpr std::string_view after_segment(std::string_view type,
                                                       std::string_view name) noexcept {
  for (std::size_t begin = 0; begin + name.size() < type.size();) {
    const std::string_view rest = type.substr(begin);
    if (rest.starts_with(name) && rest[name.size()] == '.') return rest.substr(name.size() + 1);
    const std::size_t dot = rest.find('.');
    if (dot == std::string_view::npos) break;
    begin += dot + 1;
  }
  return {};
}

// Returns the name of an invite's member, "invite".
[[nodiscard]] consteval std::string_view invite_member_name() noexcept {
  std::string_view found;
  std::apply(
      [&found](const auto&... members) {
        const auto look = [&found]<class Member>(const Member& one) {
          if constexpr (std::is_same_v<typename Member::value_type, invite>) found = one.name;
        };
        (look(members), ...);
      },
      schema<invite_created>::members);
  return found;
}

template <class Event>
[[nodiscard]] consteval state_name<invite_status> name_status(invite_status value) noexcept {
  return {value, after_segment(schema<Event>::type, invite_member_name())};
}

}  // namespace detail

/// The texts of an invite's known statuses, which follow from the types of events.
template <>
struct schema<invite_status> {
  static constexpr std::array states{
      detail::name_status<invite_created>(invite_status::created),
      detail::name_status<invite_expired>(invite_status::expired),
      detail::name_status<invite_undelivered>(invite_status::undelivered),
      detail::name_status<invite_viewed>(invite_status::viewed)};
};

namespace detail {

// Compares two forms of one instant as their canonical texts compare: by local time, and +00:00 before
// -00:00.
[[nodiscard]] constexpr std::strong_ordering compare_forms(const timestamp& a,
                                                           const timestamp& b) noexcept {
  if (const auto order = a.offset().count() <=> b.offset().count(); std::is_neq(order))
    return order;
  if (a.knows_offset() == b.knows_offset()) return std::strong_ordering::equal;
  return a.knows_offset() ? std::strong_ordering::less : std::strong_ordering::greater;
}

template <class Tag>
[[nodiscard]] constexpr std::strong_ordering compare_values(const tagged_id<Tag>& a,
                                                            const tagged_id<Tag>& b) noexcept {
  return a <=> b;
}
template <class Known>
[[nodiscard]] constexpr std::strong_ordering compare_values(const open_state<Known>& a,
                                                            const open_state<Known>& b) noexcept {
  return a.text().compare(b.text()) <=> 0;
}

}  // namespace detail

/// A value, and the event that says so.
///
/// The greater of two observations counts:
/// 1. the one created later, as an instant: to the nanosecond, a leap second after the second before it,
///    whatever offset it was written with;
/// 2. at the same instant, a transition before a mention;
/// 3. then the one with the greater event id.
///
/// CM.com sends whole-second timestamps and no sequence number, so events within one second cannot be
/// ordered: the second and third rule make a choice that is the same everywhere. Two events should never
/// share an id; for those that do, the value follows (the bytes of its text) and then the offset, so
/// that no two different observations are equal.
template <class Value>
struct observation {
  Value value{};        ///< the value
  timestamp created{};  ///< the time of the event
  event_id event{};     ///< the id of the event
  /// True where the type of the event announces this value, as `dossier.state.updated` announces the
  /// state of the dossier. Any other event that has a dossier mentions its state only.
  bool is_transition = false;

  friend constexpr bool operator==(const observation&, const observation&) noexcept = default;
  friend constexpr std::strong_ordering operator<=>(const observation& a,
                                                    const observation& b) noexcept {
    if (const auto order = compare_instants(a.created, b.created); std::is_neq(order)) return order;
    if (a.is_transition != b.is_transition) {
      return a.is_transition ? std::strong_ordering::greater : std::strong_ordering::less;
    }
    if (const auto order = a.event <=> b.event; std::is_neq(order)) return order;
    if (const auto order = detail::compare_values(a.value, b.value); std::is_neq(order))
      return order;
    return detail::compare_forms(a.created, b.created);
  }
};

/// The latest observation of a value, and whether another contradicts it.
template <class Value>
struct latest {
  observation<Value> last{};  ///< the greatest observation
  /// The greatest observation of another value at the same instant. Only a later event resolves it.
  std::optional<observation<Value>> conflict = std::nullopt;

  friend constexpr bool operator==(const latest&, const latest&) noexcept = default;
};

/// The kinds of observation, whose names stand in SQL and in the stored form. Each belongs to an object, and
/// its value has a text.
enum class observation_kind : std::uint8_t {
  dossier,           ///< of a dossier: its state
  invite,            ///< of an invite: its status
  invitee,           ///< of an invitee: their state
  reassign_request,  ///< of a reassign request: its state
  viewed,            ///< of an invitee: the id of an invite that they viewed
  original_invitee,  ///< of a reassign request: the id of the invitee who asked
};

/// Returns whether two values of this kind at one instant contradict each other. States do; an invitee
/// may view two invites within one second.
[[nodiscard]] constexpr bool can_conflict(observation_kind kind) noexcept {
  return kind != observation_kind::viewed && kind != observation_kind::original_invitee;
}

/// One observation as a row, for a database or a log.
struct observation_row {
  /// Holds the text of any value: a state, or an id in lower case.
  using text = inline_text<open_state<dossier_state>::max_text_size>;

  observation_kind kind{};         ///< the kind
  signhook::dossier_id dossier{};  ///< the dossier of the event
  uuid object{};                   ///< the id of the object, which is the dossier's for `dossier`
  text value{};                    ///< the value
  timestamp created{};             ///< the time of the event
  event_id event{};                ///< the id of the event
  bool is_transition = false;      ///< as in `observation`

  friend constexpr bool operator==(const observation_row&,
                                   const observation_row&) noexcept = default;
};

namespace detail {

template <class Known>
[[nodiscard]] constexpr observation_row::text text_of(const open_state<Known>& state) noexcept {
  static_assert(open_state<Known>::max_text_size <= observation_row::text::capacity);
  return observation_row::text::from(state.text()).value_or(observation_row::text());
}
template <class Tag>
[[nodiscard]] constexpr observation_row::text text_of(const tagged_id<Tag>& id) noexcept {
  static_assert(uuid::text_size <= observation_row::text::capacity);
  std::array<char, uuid::text_size> written{};
  id.write_to(written.data());
  return observation_row::text::from({written.data(), written.size()})
      .value_or(observation_row::text());
}

}  // namespace detail

}  // namespace signhook::inline SIGNHOOK_ABI
