// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/text/enumerators.hpp>
#include <signhook/detail/text/fixed_text.hpp>
#include <signhook/detail/text/utf8.hpp>
#include <signhook/enumeration.hpp>
#include <signhook/timestamp.hpp>
#include <signhook/uuid.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

// The service's events as values: every type here is trivially copyable, owns all that it holds and
// compares with `==`. schema.hpp, which this header includes at its end, has their names on the wire.

namespace signhook::inline SIGNHOOK_ABI {

template <class T>
struct schema;

namespace detail {

// True where the states follow the enumerators in their order, the first of which is `other`.
template <class States>
[[nodiscard]] consteval bool are_in_order(const States& states) {
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (static_cast<std::size_t>(states[i].value) != i + 1) return false;
  }
  return true;
}

// The names of all states on the wire, in the order of `Known` without `other`.
template <class Known>
inline constexpr auto state_names = [] {
  constexpr auto& states = schema<Known>::states;
  static_assert(states.size() + 1 == enumerator_names<Known>.size(),
                "give each enumerator but `other` a line in schema<...>::states, in schema.hpp");
  std::array<std::string_view, states.size()> names;
  for (std::size_t i = 0; i < states.size(); ++i) {
    names[i] = states[i].name;
  }
  static_assert(are_in_order(states), "schema<...>::states has the order of its enumeration");
  return names;
}();

}  // namespace detail

/// Up to `Capacity` bytes of UTF-8, kept inline.
template <std::size_t Capacity>
class inline_text {
  static_assert(Capacity <= 255);

 public:
  /// The longest text that is kept, in bytes.
  static constexpr std::size_t capacity = Capacity;

  constexpr inline_text() noexcept = default;

  /// Returns a copy of `text`, or nothing where it is longer than `capacity` bytes or not UTF-8.
  [[nodiscard]] static constexpr std::optional<inline_text> from(std::string_view text) noexcept {
    if (text.size() > Capacity || !detail::is_utf8(text)) return std::nullopt;
    inline_text made;
    std::copy_n(text.data(), text.size(), made.bytes_.data());
    made.size_ = static_cast<std::uint8_t>(text.size());
    return made;
  }

  /// *Lifetime*: a view into this object.
  [[nodiscard]] constexpr std::string_view view() const& noexcept SIGNHOOK_LIFETIMEBOUND {
    return {bytes_.data(), size_};
  }
  void view() const&& = delete;

  friend constexpr bool operator==(const inline_text&, const inline_text&) noexcept = default;
  friend constexpr bool operator==(const inline_text& a, std::string_view b) noexcept {
    return a.view() == b;
  }

 private:
  std::uint8_t size_ = 0;
  std::array<char, Capacity> bytes_{};  // zero after the text, so that `==` may compare all
};

/// A state the service may send: a known one, or the text of any other. The service documents no full
/// list of its states, so a new one is data and not an error.
///
///     switch (e.dossier.state.value()) {
///       case dossier_state::completed: ...
///       case dossier_state::other: log(e.dossier.state.text()); ...
///     }
///
/// `Known` is an enumeration whose first enumerator is `other`; `schema<Known>::states` has the names
/// of the rest on the wire.
///
/// Two states are equal if their texts are. `==` compares with an enumerator as with the state made of it, so that
/// states equal to the same enumerator are equal: `other` makes a state without a text, which no decoded state is equal
/// to. `is_known()` tells whether a state is another one. `==` compares with a text too: `state == "completed"`.
template <class Known>
class open_state {
 public:
  /// The enumeration to switch over.
  using known_type = Known;

  /// The longest text that is kept, in bytes of UTF-8.
  static constexpr std::size_t max_text_size = 46;

  /// Returns the known states' texts, in the order of `Known` without `other`.
  [[nodiscard]] static constexpr auto known_texts() noexcept { return detail::state_names<Known>; }

  /// Another state, without a text.
  constexpr open_state() noexcept = default;

  /// A known state; `other` makes one without a text.
  constexpr open_state(Known known) noexcept : value_(known) {}

  /// Returns the state with this text, known or not, or nothing where the text is longer than
  /// `max_text_size` or not UTF-8.
  [[nodiscard]] static constexpr std::optional<open_state> from_text(
      std::string_view text) noexcept {
    constexpr auto& names = detail::state_names<Known>;
    static_assert(detail::are_distinct<detail::state_names<Known>>());
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (text == names[i]) return open_state(static_cast<Known>(i + 1));
    }
    const auto kept = inline_text<max_text_size>::from(text);
    if (!kept) return std::nullopt;
    open_state made;
    made.other_ = *kept;
    return made;
  }

  /// The known state, or `other`.
  [[nodiscard]] constexpr Known value() const noexcept { return value_; }

  /// False for `other`, with or without a text.
  [[nodiscard]] constexpr bool is_known() const noexcept { return value_ != Known::other; }

  /// The text on the wire.
  /// *Lifetime*: a view into this object, or of static storage where the state is known.
  [[nodiscard]] constexpr std::string_view text() const& noexcept SIGNHOOK_LIFETIMEBOUND {
    // Any value may have been cast to the enumeration, so the index is checked.
    const std::size_t index = static_cast<std::size_t>(value_) - 1;
    if (index >= detail::state_names<Known>.size()) return other_.view();
    return detail::state_names<Known>[index];
  }
  void text() const&& = delete;

  friend constexpr bool operator==(const open_state&, const open_state&) noexcept = default;
  friend constexpr bool operator==(const open_state& a, Known b) noexcept {
    return a.value_ == b && a.other_.view().empty();
  }
  friend constexpr bool operator==(const open_state& a, std::string_view b) noexcept {
    return a.text() == b;
  }

 private:
  Known value_ = Known::other;
  inline_text<max_text_size> other_{};  // empty where the state is known
};

/// The state of a dossier.
enum class dossier_state : std::uint8_t { other, draft, pending, completed };
/// The state of an invitee.
enum class invitee_state : std::uint8_t { other, approved, declined, reassigned };
/// The state of a reassign request.
enum class reassign_request_state : std::uint8_t { other, pending, approved };

namespace detail {
template <>
inline constexpr bool is_named<dossier_state> = false;
template <>
inline constexpr bool is_named<invitee_state> = false;
template <>
inline constexpr bool is_named<reassign_request_state> = false;
}  // namespace detail

/// Returns the name of a state on the wire; `other` for another one, and empty for a value that is no state.
/// *Lifetime*: static storage.
template <enumeration Known>
requires(!detail::is_named<Known>) [[nodiscard]] constexpr std::string_view
    name(Known state) noexcept {
  if (state == Known::other) return "other";
  constexpr auto& names = detail::state_names<Known>;
  const std::size_t index = static_cast<std::size_t>(state) - 1;
  return index < names.size() ? names[index] : std::string_view();
}

// `schema<T>::description`, in schema.hpp, describes each object and event.

struct dossier {
  dossier_id id{};
  open_state<dossier_state> state{};

  friend constexpr bool operator==(const dossier&, const dossier&) noexcept = default;
};

struct invite {
  invite_id id{};

  friend constexpr bool operator==(const invite&, const invite&) noexcept = default;
};

struct invitee_reference {
  invitee_id id{};

  friend constexpr bool operator==(const invitee_reference&,
                                   const invitee_reference&) noexcept = default;
};

struct invitee {
  invitee_id id{};
  open_state<invitee_state> state{};

  friend constexpr bool operator==(const invitee&, const invitee&) noexcept = default;
};

struct reassign_request {
  reassign_request_id id{};
  open_state<reassign_request_state> state{};
  invitee original_invitee{};

  friend constexpr bool operator==(const reassign_request&,
                                   const reassign_request&) noexcept = default;
};

struct invite_created {
  event_id id{};
  timestamp created{};
  signhook::dossier dossier{};
  signhook::invite invite{};

  friend constexpr bool operator==(const invite_created&, const invite_created&) noexcept = default;
};

struct invite_expired {
  event_id id{};
  timestamp created{};
  signhook::dossier dossier{};
  signhook::invite invite{};

  friend constexpr bool operator==(const invite_expired&, const invite_expired&) noexcept = default;
};

struct invite_undelivered {
  event_id id{};
  timestamp created{};
  signhook::dossier dossier{};
  signhook::invite invite{};

  friend constexpr bool operator==(const invite_undelivered&,
                                   const invite_undelivered&) noexcept = default;
};

struct invite_viewed {
  event_id id{};
  timestamp created{};
  signhook::dossier dossier{};
  signhook::invite invite{};
  invitee_reference invitee{};

  friend constexpr bool operator==(const invite_viewed&, const invite_viewed&) noexcept = default;
};

struct invitee_state_updated {
  event_id id{};
  timestamp created{};
  signhook::dossier dossier{};
  signhook::invitee invitee{};

  friend constexpr bool operator==(const invitee_state_updated&,
                                   const invitee_state_updated&) noexcept = default;
};

struct dossier_prepared {
  event_id id{};
  timestamp created{};
  signhook::dossier dossier{};

  friend constexpr bool operator==(const dossier_prepared&,
                                   const dossier_prepared&) noexcept = default;
};

struct dossier_state_updated {
  event_id id{};
  timestamp created{};
  signhook::dossier dossier{};

  friend constexpr bool operator==(const dossier_state_updated&,
                                   const dossier_state_updated&) noexcept = default;
};

struct reassign_request_state_updated {
  event_id id{};
  timestamp created{};
  signhook::dossier dossier{};
  signhook::reassign_request reassign_request{};

  friend constexpr bool operator==(const reassign_request_state_updated&,
                                   const reassign_request_state_updated&) noexcept = default;
};

/// The name of a type of event, up to 79 bytes of UTF-8.
using type_text = inline_text<79>;

struct unknown_event {
  event_id id{};
  type_text type{};  ///< not one of the known types
  timestamp created{};
  std::optional<signhook::dossier> dossier{};

  friend constexpr bool operator==(const unknown_event&, const unknown_event&) noexcept = default;
};

/// Any event. The known ones come first, so that the index of an event is that of its type.
using event = std::variant<invite_created, invite_expired, invite_undelivered, invite_viewed,
                           invitee_state_updated, dossier_prepared, dossier_state_updated,
                           reassign_request_state_updated, unknown_event>;

static_assert(std::is_trivially_copyable_v<event>);
static_assert(sizeof(event) <= 256, "an event fits four cache lines");

/// Returns the id of an event.
[[nodiscard]] constexpr event_id id(const event& of) noexcept {
  return std::visit([](const auto& one) { return one.id; }, of);
}

/// Returns the time at which the service says an event was created.
[[nodiscard]] constexpr timestamp created(const event& of) noexcept {
  return std::visit([](const auto& one) { return one.created; }, of);
}

/// Returns the dossier of an event, or null where an unknown event has none.
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

/// Returns the name of an event's type.
/// *Lifetime*: a view into `of` where the type is unknown, else static storage.
[[nodiscard]] constexpr std::string_view type_of(const event& of SIGNHOOK_LIFETIMEBOUND) noexcept;
void type_of(const event&& of) = delete;

namespace detail {

template <class... Handlers>
struct overloaded : Handlers... {
  using Handlers::operator()...;
};
template <class... Handlers>
overloaded(Handlers...) -> overloaded<Handlers...>;

}  // namespace detail

/// Calls the handler that fits an event best, and returns what it returns.
///
///     match(e, [](const dossier_state_updated& one) { ... },
///              [](const auto&) { /* any other, known or not */ });
///
/// A handler for `const auto&` takes what the others leave; without one every type of event needs a
/// handler, so that an added type does not compile until it has one.
template <class... Handlers>
constexpr decltype(auto) match(const event& of, Handlers&&... handlers) {
  return std::visit(detail::overloaded{std::forward<Handlers>(handlers)...}, of);
}

}  // namespace signhook::inline SIGNHOOK_ABI

#include <signhook/schema.hpp>  // the names on the wire, which `text` and `type_of` return
