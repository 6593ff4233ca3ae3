// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>

#include <concepts>
#include <initializer_list>
#include <type_traits>
#include <utility>

namespace signhook::inline SIGNHOOK_ABI {

/// Says that the arguments which follow make the error of a `result`, as `std::unexpect_t`.
struct unexpect_t {
  explicit unexpect_t() = default;
};
/// The value to pass for it.
inline constexpr unexpect_t unexpect{};

template <class Error>
class unexpected;

namespace detail {

template <class Argument, class Error>
concept error_argument = !std::same_as<std::remove_cvref_t<Argument>, unexpected<Error>> &&
                         !std::same_as<std::remove_cvref_t<Argument>, std::in_place_t> &&
                         std::constructible_from<Error, Argument>;

}  // namespace detail

/// An error on its way into a `result`: `return unexpected(why);`, as `std::unexpected`.
template <class Error>
class unexpected {
 public:
  /// Holds an error made of `why`.
  template <detail::error_argument<Error> Why = Error>
  // NOLINTNEXTLINE(*-forwarding-*)
  constexpr explicit unexpected(Why&& why) : held_(std::forward<Why>(why)) {}
  /// Holds an error made of these arguments.
  template <class... Arguments>
  constexpr explicit unexpected(std::in_place_t, Arguments&&... arguments)
      : held_(std::forward<Arguments>(arguments)...) {}
  /// Holds an error made of these arguments.
  template <class Element, class... Arguments>
  constexpr explicit unexpected(std::in_place_t, std::initializer_list<Element> list,
                                Arguments&&... arguments)
      : held_(list, std::forward<Arguments>(arguments)...) {}

  ///@{
  /// Returns the error.
  /// *Lifetime*: a view into this object.
  [[nodiscard]] constexpr Error& error() & noexcept SIGNHOOK_LIFETIMEBOUND { return held_; }
  [[nodiscard]] constexpr const Error& error() const& noexcept SIGNHOOK_LIFETIMEBOUND {
    return held_;
  }
  [[nodiscard]] constexpr Error&& error() && noexcept SIGNHOOK_LIFETIMEBOUND {
    return std::move(held_);
  }
  [[nodiscard]] constexpr const Error&& error() const&& noexcept SIGNHOOK_LIFETIMEBOUND {
    return std::move(held_);
  }
  ///@}

  /// Exchanges the errors.
  constexpr void swap(unexpected& other) noexcept(std::is_nothrow_swappable_v<Error>) {
    using std::swap;
    swap(held_, other.held_);
  }
  /// Exchanges the errors.
  friend constexpr void swap(unexpected& a, unexpected& b) noexcept(noexcept(a.swap(b))) {
    a.swap(b);
  }

  template <class Other>
  friend constexpr bool operator==(const unexpected& a, const unexpected<Other>& b) {
    return a.error() == b.error();
  }

 private:
  Error held_;
};

/// Deduces the error's type.
template <class Error>
unexpected(Error) -> unexpected<Error>;

}  // namespace signhook::inline SIGNHOOK_ABI
