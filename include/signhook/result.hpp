// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/error.hpp>

#include <cstdlib>
#include <type_traits>
#include <utility>
#include <variant>

namespace signhook::inline SIGNHOOK_ABI {

/// A value or an error, with the interface of `std::expected`, which C++20 lacks.
///
///     const auto decoded = d.decode(body);
///     if (!decoded) return log(decoded.error());
///     handle(*decoded);
///
/// To ask for what is not there (`*`, `->` without a value, `error()` with one) ends the process
/// by `std::abort`, in every build type. A temporary must be named before it can be read, so that
/// there is a place to check it: `*d.decode(body)` does not compile.
///
/// *Lifetime*: owns what it holds.
template <class T, class Error = struct error>
class [[nodiscard]] result {
 public:
  using value_type = T;      ///< as `std::expected` calls it
  using error_type = Error;  ///< likewise

  /// Holds a value.
  constexpr result(T value) noexcept(std::is_nothrow_move_constructible_v<T>)
      : held_(std::in_place_index<0>, std::move(value)) {}
  /// Holds an error.
  constexpr result(const Error& why) noexcept : held_(std::in_place_index<1>, why) {}

  /// Makes a value of these arguments in the place of what was held.
  template <class... Arguments>
  constexpr T& emplace(Arguments&&... arguments) noexcept(
      std::is_nothrow_constructible_v<T, Arguments...>) SIGNHOOK_LIFETIMEBOUND {
    return held_.template emplace<0>(std::forward<Arguments>(arguments)...);
  }
  /// Holds an error in the place of what was held.
  constexpr result& operator=(const Error& why) noexcept {
    held_.template emplace<1>(why);
    return *this;
  }

  /// Returns true if there is a value, and no error.
  [[nodiscard]] constexpr bool has_value() const noexcept { return held_.index() == 0; }
  /// The same, for conditions.
  constexpr explicit operator bool() const noexcept { return has_value(); }

  /// The value, which must be there.
  /// *Lifetime*: a view into this object.
  [[nodiscard]] constexpr const T& operator*() const& noexcept SIGNHOOK_LIFETIMEBOUND {
    return checked(std::get_if<0>(&held_));
  }
  /// The same, to change or move from.
  [[nodiscard]] constexpr T& operator*() & noexcept SIGNHOOK_LIFETIMEBOUND {
    return checked(std::get_if<0>(&held_));
  }
  void operator*() const&& = delete;

  /// A member of the value, which must be there.
  [[nodiscard]] constexpr const T* operator->() const& noexcept SIGNHOOK_LIFETIMEBOUND {
    return &**this;
  }
  /// The same, to change.
  [[nodiscard]] constexpr T* operator->() & noexcept SIGNHOOK_LIFETIMEBOUND { return &**this; }
  void operator->() const&& = delete;

  /// The value, or null: for `if (const auto* e = decoded.get_if())`.
  [[nodiscard]] constexpr const T* get_if() const& noexcept SIGNHOOK_LIFETIMEBOUND {
    return std::get_if<0>(&held_);
  }
  void get_if() const&& = delete;

  /// Returns a copy of the value, or `otherwise` if there is none.
  [[nodiscard]] constexpr T value_or(T otherwise) const& {
    return has_value() ? **this : std::move(otherwise);
  }

  /// Why there is no value; there must be none.
  /// *Lifetime*: a view into this object.
  [[nodiscard]] constexpr const Error& error() const& noexcept SIGNHOOK_LIFETIMEBOUND {
    return checked(std::get_if<1>(&held_));
  }
  /// The same by value, as a temporary does not last: `d.decode(body).error()`.
  [[nodiscard]] constexpr Error error() const&& noexcept { return checked(std::get_if<1>(&held_)); }

  friend constexpr bool operator==(const result&, const result&) = default;

 private:
  template <class Held>
  static constexpr Held& checked(Held* held) noexcept {
    if (held == nullptr) std::abort();
    return *held;
  }

  std::variant<T, Error> held_;
};

}  // namespace signhook::inline SIGNHOOK_ABI
