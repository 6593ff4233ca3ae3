// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/error.hpp>

#include <cstdlib>
#include <type_traits>
#include <utility>
#include <variant>

namespace signhook::inline SIGNHOOK_ABI {

/// A value, or the error for which there is none: what `std::expected` would be in C++20.
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
  using value_type = T;
  using error_type = Error;

  constexpr result(T value) noexcept(std::is_nothrow_move_constructible_v<T>)
      : held_(std::in_place_index<0>, std::move(value)) {}
  /// Makes the value in its place, of these arguments.
  template <class... Arguments>
  constexpr explicit result(std::in_place_t, Arguments&&... arguments) noexcept(
      std::is_nothrow_constructible_v<T, Arguments...>)
      : held_(std::in_place_index<0>, std::forward<Arguments>(arguments)...) {}
  constexpr result(const Error& why) noexcept : held_(std::in_place_index<1>, why) {}

  [[nodiscard]] constexpr bool has_value() const noexcept { return held_.index() == 0; }
  constexpr explicit operator bool() const noexcept { return has_value(); }

  [[nodiscard]] constexpr const T& operator*() const& noexcept SIGNHOOK_LIFETIMEBOUND {
    return checked(std::get_if<0>(&held_));
  }
  [[nodiscard]] constexpr T& operator*() & noexcept SIGNHOOK_LIFETIMEBOUND {
    return checked(std::get_if<0>(&held_));
  }
  void operator*() const&& = delete;

  [[nodiscard]] constexpr const T* operator->() const& noexcept SIGNHOOK_LIFETIMEBOUND {
    return &**this;
  }
  [[nodiscard]] constexpr T* operator->() & noexcept SIGNHOOK_LIFETIMEBOUND { return &**this; }
  void operator->() const&& = delete;

  /// The value, or null: for `if (const auto* e = decoded.get_if())`.
  [[nodiscard]] constexpr const T* get_if() const& noexcept SIGNHOOK_LIFETIMEBOUND {
    return std::get_if<0>(&held_);
  }
  void get_if() const&& = delete;

  [[nodiscard]] constexpr T value_or(T otherwise) const& {
    return has_value() ? **this : std::move(otherwise);
  }

  [[nodiscard]] constexpr const Error& error() const& noexcept SIGNHOOK_LIFETIMEBOUND {
    return checked(std::get_if<1>(&held_));
  }
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
