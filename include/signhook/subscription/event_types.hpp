// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/decode/scalar.hpp>
#include <signhook/event.hpp>
#include <signhook/schema.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

// The event types that a subscription names and that a program handles.

namespace signhook::inline SIGNHOOK_ABI {

namespace detail {

template <class T, class... Alternative>
[[nodiscard]] consteval std::size_t index_among(std::type_identity<std::variant<Alternative...>>) {
  const std::array<bool, sizeof...(Alternative)> matches = {std::same_as<T, Alternative>...};
  return static_cast<std::size_t>(std::find(matches.begin(), matches.end(), true) -
                                  matches.begin());
}

// The index of `Event` among `event`'s alternatives.
template <class Event>
inline constexpr std::size_t index_of = index_among<Event>(std::type_identity<event>{});

}  // namespace detail

/// The name of an event type, known or not.
class event_name {
 public:
  event_name() = default;
  /// Takes any text; the name is known if the schema has it.
  explicit event_name(std::string text)
      : text_(std::move(text)), index_(detail::find_type(text_)) {}

  /// Returns the name on the wire. *Lifetime*: a view into this object.
  [[nodiscard]] const std::string& text() const& noexcept SIGNHOOK_LIFETIMEBOUND { return text_; }
  void text() const&& = delete;
  /// Returns the text. *Lifetime*: a view into this object.
  operator std::string_view() const& noexcept SIGNHOOK_LIFETIMEBOUND { return text_; }
  operator std::string_view() const&& = delete;

  /// Returns true if the schema has that name.
  [[nodiscard]] bool is_known() const noexcept { return index_ != detail::known_count; }

  /// Returns the index of the type in `event_types` and among `event`'s alternatives: that of
  /// `unknown_event` if the name is not known.
  [[nodiscard]] std::size_t index() const noexcept { return index_; }

  friend bool operator==(const event_name&, const event_name&) = default;
  friend bool operator==(const event_name& a, std::string_view b) noexcept { return a.text_ == b; }

 private:
  std::string text_;
  std::size_t index_ = detail::known_count;
};

/// A set of event types. `unknown_event` in it stands for all types that the schema does not name.
///
///     constexpr auto handled = event_type_set::of<dossier_prepared, invite_viewed>();
///     for (const std::size_t index : handled) fmt::print("{}\n", event_types[index]);
///     const subscription_request request{"https://example.com/hook", handled, {}};
class event_type_set {
 public:
  class iterator;

  constexpr event_type_set() noexcept = default;

  /// Returns the types of these events.
  template <class... Event>
  [[nodiscard]] static constexpr event_type_set of() noexcept {
    static_assert((std::constructible_from<event, Event> && ...),
                  "event_type_set::of takes alternatives of event");
    event_type_set made;
    (made.insert(detail::index_of<Event>), ...);
    return made;
  }

  /// Returns the types with these names: a range of what converts to `std::string_view`. A name that the schema
  /// does not have puts `unknown_event` into the set.
  template <class Names>
  [[nodiscard]] static constexpr event_type_set from_names(const Names& names) noexcept {
    event_type_set made;
    for (const std::string_view name : names) made.insert(detail::find_type(name));
    return made;
  }

  /// Returns true if the set has the type at this index among `event`'s alternatives.
  [[nodiscard]] constexpr bool contains(std::size_t index) const noexcept {
    return index < alternatives && (words_[index / 64] >> index % 64 & 1U) != 0;
  }
  /// Adds the type at this index among `event`'s alternatives, if there is one.
  constexpr void insert(std::size_t index) noexcept {
    if (index < alternatives) words_[index / 64] |= std::uint64_t{1} << index % 64;
  }
  /// Returns true if the set has no type.
  [[nodiscard]] constexpr bool empty() const noexcept { return *this == event_type_set(); }
  /// Returns the number of types in the set.
  [[nodiscard]] constexpr std::size_t size() const noexcept {
    std::size_t count = 0;
    for (const std::uint64_t word : words_) count += static_cast<std::size_t>(std::popcount(word));
    return count;
  }

  /// The indices of the types in the set among `event`'s alternatives, in that order.
  [[nodiscard]] constexpr iterator begin() const noexcept;
  /// The end of the indices.
  [[nodiscard]] constexpr iterator end() const noexcept;

  /// Returns the names of the known types in the set, in the order of `event_types`.
  [[nodiscard]] std::vector<event_name> names() const {
    std::vector<event_name> made;
    for (std::size_t index = 0; index != event_types.size(); ++index) {
      if (contains(index)) made.emplace_back(std::string(event_types[index]));
    }
    return made;
  }
  /// As `names`: the types of a request or of a subscription.
  operator std::vector<event_name>() const { return names(); }  // NOLINT(*-explicit-*)

  friend constexpr event_type_set operator|(event_type_set a, event_type_set b) noexcept {
    for (std::size_t i = 0; i != a.words_.size(); ++i) a.words_[i] |= b.words_[i];
    return a;
  }
  friend constexpr event_type_set operator-(event_type_set a, event_type_set b) noexcept {
    for (std::size_t i = 0; i != a.words_.size(); ++i) a.words_[i] &= ~b.words_[i];
    return a;
  }
  friend constexpr bool operator==(event_type_set, event_type_set) noexcept = default;

 private:
  static constexpr std::size_t alternatives = std::variant_size_v<event>;

  // A bit for each of `event`'s alternatives.
  std::array<std::uint64_t, (alternatives + 63) / 64> words_{};
};

/// Iterates over the indices of the types in an `event_type_set`.
class event_type_set::iterator {
 public:
  ///@{
  /// A type that `std::iterator_traits` asks for.
  using iterator_category = std::forward_iterator_tag;
  using value_type = std::size_t;
  using difference_type = std::ptrdiff_t;
  using pointer = const std::size_t*;
  using reference = std::size_t;
  ///@}

  constexpr iterator() noexcept = default;

  /// Returns the index of a type.
  [[nodiscard]] constexpr std::size_t operator*() const noexcept { return index_; }

  ///@{
  /// Moves to the next type of the set.
  constexpr iterator& operator++() noexcept {
    ++index_;
    skip_absent();
    return *this;
  }
  constexpr iterator operator++(int) noexcept {
    const iterator before = *this;
    ++*this;
    return before;
  }
  ///@}

  friend constexpr bool operator==(const iterator& a, const iterator& b) noexcept {
    return a.index_ == b.index_;
  }

 private:
  friend class event_type_set;

  constexpr iterator(event_type_set of, std::size_t index) noexcept : of_(of), index_(index) {
    skip_absent();
  }

  constexpr void skip_absent() noexcept {
    while (index_ < alternatives && !of_.contains(index_)) ++index_;
  }

  event_type_set of_;
  std::size_t index_ = alternatives;
};

constexpr event_type_set::iterator event_type_set::begin() const noexcept { return {*this, 0}; }
constexpr event_type_set::iterator event_type_set::end() const noexcept {
  return {*this, alternatives};
}

}  // namespace signhook::inline SIGNHOOK_ABI
