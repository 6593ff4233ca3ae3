// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/result/traits.hpp>
#include <signhook/error.hpp>
#include <signhook/result/unexpected.hpp>

#include <concepts>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <initializer_list>
#include <type_traits>
#include <utility>
#include <variant>

namespace signhook::inline SIGNHOOK_ABI {

struct error;

/// A value, or the error for which there is none: `std::expected` of C++23 for C++20, with the same
/// members of the same meaning, `result<void, E>` included.
///
///     const auto decoded = decoder.decode(body);
///     if (!decoded) return log(decoded.error());
///     handle(*decoded);
///
/// It differs from the standard's in three ways:
/// - Access to what is not there (`*`, `->`, `value()` without a value, `error()` with one) calls
///   `std::abort`, in every build type. The standard's is undefined, and its `value()` throws.
/// - It converts to and from `std::expected`, and from `std::unexpected`, where there are these.
/// - `emplace` takes any arguments; those that are parts of this object too.
///
/// *Lifetime*: owns what it holds. What is read from a temporary lives to the end of the full
/// expression; clang warns about what is kept longer.
template <class T, class Error = error>
class [[nodiscard]] result {
  using stored = std::conditional_t<std::is_void_v<T>, std::monostate, T>;
  using reference = std::add_lvalue_reference_t<T>;
  using const_reference = std::add_lvalue_reference_t<const T>;
  using rvalue_reference = std::add_rvalue_reference_t<T>;
  using const_rvalue_reference = std::add_rvalue_reference_t<const T>;

 public:
  using value_type = T;                                 ///< the value's type, or void
  using error_type = Error;                             ///< the error's type
  using unexpected_type = signhook::unexpected<Error>;  ///< makes one with an error
  template <class U>
  using rebind = result<U, Error>;  ///< one with another value type

  /// Holds a value-initialized value.
  constexpr result() noexcept(std::is_nothrow_default_constructible_v<stored>)  //
      requires(std::is_default_constructible_v<stored>)
      : held_() {}

  /// Holds a value.
  template <detail::value_argument<result> U = T>
  constexpr explicit(!std::is_convertible_v<U, T>) result(U&& value)  // NOLINT(*-forwarding-*)
      : held_(std::in_place_index<0>, std::forward<U>(value)) {}
  /// Holds an error.
  template <detail::unexpected_argument<Error> Why>
  constexpr explicit(!detail::converts_to_error<Why, Error>)
      result(Why&& why)  // NOLINT(*-forwarding-*)
      : held_(std::in_place_index<1>, std::forward<Why>(why).error()) {}
  /// Holds what another result, or a `std::expected`, holds.
  template <detail::other_result<result> Other>
  constexpr explicit(!detail::converts_to_result<Other, result>)
      result(Other&& other)  // NOLINT(*-forwarding-*)
      : held_(other.has_value()
                  ? value_of(std::forward<Other>(other))
                  : held(std::in_place_index<1>, std::forward<Other>(other).error())) {}

  /// Holds a value made of these arguments.
  template <class... Arguments>
  constexpr explicit result(std::in_place_t, Arguments&&... arguments)
      : held_(std::in_place_index<0>, std::forward<Arguments>(arguments)...) {}
  /// Holds a value made of these arguments.
  template <class Element, class... Arguments>
  constexpr explicit result(std::in_place_t, std::initializer_list<Element> list,
                            Arguments&&... arguments)
      : held_(std::in_place_index<0>, list, std::forward<Arguments>(arguments)...) {}
  /// Holds an error made of these arguments.
  template <class... Arguments>
  constexpr explicit result(unexpect_t, Arguments&&... arguments)
      : held_(std::in_place_index<1>, std::forward<Arguments>(arguments)...) {}
  /// Holds an error made of these arguments.
  template <class Element, class... Arguments>
  constexpr explicit result(unexpect_t, std::initializer_list<Element> list,
                            Arguments&&... arguments)
      : held_(std::in_place_index<1>, list, std::forward<Arguments>(arguments)...) {}

  // Without it a whole `result` is made and moved, for 60 instructions of a rejected body.
  /// Replaces what is held by an error.
  template <detail::unexpected_argument<Error> Why>
  constexpr result& operator=(Why&& why) {
    held_.template emplace<1>(Error(std::forward<Why>(why).error()));
    return *this;
  }

  /// Replaces what is held by a value made of these arguments, which may be parts of what is held.
  template <class... Arguments>
  constexpr reference emplace(Arguments&&... arguments) {
    constexpr bool have_no_parts = (std::is_empty_v<std::remove_cvref_t<Arguments>> && ...);
    // Bytes that are copied onto themselves stay as they are.
    constexpr bool is_copy = std::is_trivially_copyable_v<stored> && sizeof...(Arguments) == 1 &&
                             (std::same_as<std::remove_cvref_t<Arguments>, stored> && ...);
    if constexpr (have_no_parts || is_copy) {
      return static_cast<reference>(
          held_.template emplace<0>(std::forward<Arguments>(arguments)...));
    } else {
      return static_cast<reference>(
          held_.template emplace<0>(stored(std::forward<Arguments>(arguments)...)));
    }
  }
  /// Replaces what is held by a value made of these arguments.
  template <class Element, class... Arguments>
  constexpr reference emplace(std::initializer_list<Element> list, Arguments&&... arguments) {
    return held_.template emplace<0>(stored(list, std::forward<Arguments>(arguments)...));
  }

  /// Exchanges what the two hold.
  constexpr void swap(result& other) noexcept(
      std::is_nothrow_swappable_v<stored>&& std::is_nothrow_swappable_v<Error>) {
    held_.swap(other.held_);
  }
  /// Exchanges what the two hold.
  friend constexpr void swap(result& a, result& b) noexcept(noexcept(a.swap(b))) { a.swap(b); }

  /// Returns true if there is a value, and no error.
  [[nodiscard]] constexpr bool has_value() const noexcept { return held_.index() == 0; }
  /// Returns `has_value()`.
  constexpr explicit operator bool() const noexcept { return has_value(); }

  ///@{
  /// Returns the value, which must be there.
  /// *Lifetime*: a view into this object; so are all below.
  constexpr reference operator*() & noexcept SIGNHOOK_LIFETIMEBOUND {
    return static_cast<reference>(checked<0>(held_));
  }
  constexpr const_reference operator*() const& noexcept SIGNHOOK_LIFETIMEBOUND {
    return static_cast<const_reference>(checked<0>(held_));
  }
  constexpr rvalue_reference operator*() && noexcept SIGNHOOK_LIFETIMEBOUND {
    return static_cast<rvalue_reference>(checked<0>(held_));
  }
  constexpr const_rvalue_reference operator*() const&& noexcept SIGNHOOK_LIFETIMEBOUND {
    return static_cast<const_rvalue_reference>(checked<0>(held_));
  }
  ///@}

  // NOLINTBEGIN(*-nodiscard): they may return void.
  ///@{
  /// Returns the value, which must be there.
  constexpr reference value() & noexcept SIGNHOOK_LIFETIMEBOUND { return **this; }
  constexpr const_reference value() const& noexcept SIGNHOOK_LIFETIMEBOUND { return **this; }
  constexpr rvalue_reference value() && noexcept SIGNHOOK_LIFETIMEBOUND {
    return *std::move(*this);
  }
  constexpr const_rvalue_reference value() const&& noexcept SIGNHOOK_LIFETIMEBOUND {
    return *std::move(*this);
  }
  ///@}
  // NOLINTEND(*-nodiscard)

  ///@{
  /// Accesses a member of the value, which must be there.
  [[nodiscard]] constexpr std::add_pointer_t<T> operator->() noexcept SIGNHOOK_LIFETIMEBOUND {
    return &checked<0>(held_);
  }
  [[nodiscard]] constexpr std::add_pointer_t<const T> operator->() const noexcept
      SIGNHOOK_LIFETIMEBOUND {
    return &checked<0>(held_);
  }
  ///@}

  ///@{
  /// Returns the error, which must be there.
  [[nodiscard]] constexpr Error& error() & noexcept SIGNHOOK_LIFETIMEBOUND {
    return checked<1>(held_);
  }
  [[nodiscard]] constexpr const Error& error() const& noexcept SIGNHOOK_LIFETIMEBOUND {
    return checked<1>(held_);
  }
  [[nodiscard]] constexpr Error&& error() && noexcept SIGNHOOK_LIFETIMEBOUND {
    return std::move(checked<1>(held_));
  }
  [[nodiscard]] constexpr const Error&& error() const&& noexcept SIGNHOOK_LIFETIMEBOUND {
    return std::move(checked<1>(held_));
  }
  ///@}

  ///@{
  /// Returns the value, or `otherwise` without one.
  template <class U = std::remove_cv_t<T>>
  [[nodiscard]] constexpr T value_or(U&& otherwise) const& {
    return has_value() ? **this : static_cast<T>(std::forward<U>(otherwise));
  }
  template <class U = std::remove_cv_t<T>>
  [[nodiscard]] constexpr T value_or(U&& otherwise) && {
    return has_value() ? *std::move(*this) : static_cast<T>(std::forward<U>(otherwise));
  }
  ///@}

  ///@{
  /// Returns the error, or `otherwise` without one.
  template <class Other = Error>
  [[nodiscard]] constexpr Error error_or(Other&& otherwise) const& {
    return has_value() ? static_cast<Error>(std::forward<Other>(otherwise)) : error();
  }
  template <class Other = Error>
  [[nodiscard]] constexpr Error error_or(Other&& otherwise) && {
    return has_value() ? static_cast<Error>(std::forward<Other>(otherwise))
                       : std::move(*this).error();
  }
  ///@}

  ///@{
  /// Returns what `next(value)` returns, which is a result with the same error type; or the error.
  template <class Function>
  constexpr auto and_then(Function&& next) & {
    return and_then(*this, std::forward<Function>(next));
  }
  template <class Function>
  constexpr auto and_then(Function&& next) const& {
    return and_then(*this, std::forward<Function>(next));
  }
  template <class Function>
  constexpr auto and_then(Function&& next) && {
    return and_then(std::move(*this), std::forward<Function>(next));
  }
  template <class Function>
  constexpr auto and_then(Function&& next) const&& {
    return and_then(std::move(*this), std::forward<Function>(next));
  }
  ///@}

  ///@{
  /// Returns the value; or what `next(error)` returns, which is a result with the same value type.
  template <class Function>
  constexpr auto or_else(Function&& next) & {
    return or_else(*this, std::forward<Function>(next));
  }
  template <class Function>
  constexpr auto or_else(Function&& next) const& {
    return or_else(*this, std::forward<Function>(next));
  }
  template <class Function>
  constexpr auto or_else(Function&& next) && {
    return or_else(std::move(*this), std::forward<Function>(next));
  }
  template <class Function>
  constexpr auto or_else(Function&& next) const&& {
    return or_else(std::move(*this), std::forward<Function>(next));
  }
  ///@}

  ///@{
  /// Returns a result with what `change(value)` returns, or with the error.
  template <class Function>
  constexpr auto transform(Function&& change) & {
    return transform(*this, std::forward<Function>(change));
  }
  template <class Function>
  constexpr auto transform(Function&& change) const& {
    return transform(*this, std::forward<Function>(change));
  }
  template <class Function>
  constexpr auto transform(Function&& change) && {
    return transform(std::move(*this), std::forward<Function>(change));
  }
  template <class Function>
  constexpr auto transform(Function&& change) const&& {
    return transform(std::move(*this), std::forward<Function>(change));
  }
  ///@}

  ///@{
  /// Returns a result with the value, or with what `change(error)` returns.
  template <class Function>
  constexpr auto transform_error(Function&& change) & {
    return transform_error(*this, std::forward<Function>(change));
  }
  template <class Function>
  constexpr auto transform_error(Function&& change) const& {
    return transform_error(*this, std::forward<Function>(change));
  }
  template <class Function>
  constexpr auto transform_error(Function&& change) && {
    return transform_error(std::move(*this), std::forward<Function>(change));
  }
  template <class Function>
  constexpr auto transform_error(Function&& change) const&& {
    return transform_error(std::move(*this), std::forward<Function>(change));
  }
  ///@}

  ///@{
  /// Returns a copy as the standard library's type, `std::expected<T, Error>`, where there is one.
  template <detail::standard_expected<T, Error> Expected>
  [[nodiscard]] constexpr operator Expected() const& {  // NOLINT(*-explicit-*)
    return to_expected<Expected>(*this);
  }
  template <detail::standard_expected<T, Error> Expected>
  [[nodiscard]] constexpr operator Expected() && {  // NOLINT(*-explicit-*)
    return to_expected<Expected>(std::move(*this));
  }
  ///@}

  friend constexpr bool operator==(const result&, const result&) = default;
  template <class U, class Other>
  friend constexpr bool operator==(const result& a, const result<U, Other>& b) {
    if (a.has_value() != b.has_value()) return false;
    if (!a.has_value()) return a.error() == b.error();
    if constexpr (std::is_void_v<T>) {
      return true;
    } else {
      return *a == *b;
    }
  }
  template <std::same_as<result> Self, detail::value_of_result<T> U>
  friend constexpr bool operator==(const Self& a, const U& b) {
    return a.has_value() && *a == b;
  }
  template <class Other>
  friend constexpr bool operator==(const result& a, const signhook::unexpected<Other>& b) {
    return !a.has_value() && a.error() == b.error();
  }

 private:
  using held = std::variant<stored, Error>;

  template <std::size_t Index, class Held>
  [[nodiscard]] static constexpr auto& checked(Held& held) noexcept {
    if (held.index() != Index) std::abort();
    return std::get<Index>(held);
  }

  template <class Other>
  [[nodiscard]] static constexpr held value_of(Other&& other) {
    if constexpr (std::is_void_v<T>) {
      return held(std::in_place_index<0>);
    } else {
      return held(std::in_place_index<0>, *std::forward<Other>(other));
    }
  }

  // The calls with the value, or with nothing.
  template <class Function, class Self>
  static constexpr decltype(auto) call(Function&& function, Self&& self) {
    if constexpr (std::is_void_v<T>) {
      return std::invoke(std::forward<Function>(function));
    } else {
      return std::invoke(std::forward<Function>(function), *std::forward<Self>(self));
    }
  }
  template <class Made, class Self>
  [[nodiscard]] static constexpr Made with_value(Self&& self) {
    if constexpr (std::is_void_v<T>) {
      return Made(std::in_place);
    } else {
      return Made(std::in_place, *std::forward<Self>(self));
    }
  }

  template <class Self, class Function>
  static constexpr auto and_then(Self&& self, Function&& next) {
    using made =
        std::remove_cvref_t<decltype(call(std::forward<Function>(next), std::forward<Self>(self)))>;
    static_assert(detail::is_result<made>, "signhook: and_then's function returns a result");
    static_assert(std::is_same_v<typename made::error_type, Error>,
                  "signhook: and_then's function returns a result with the same error type");
    if (!self.has_value()) return made(unexpect, std::forward<Self>(self).error());
    return made(call(std::forward<Function>(next), std::forward<Self>(self)));
  }
  template <class Self, class Function>
  static constexpr auto or_else(Self&& self, Function&& next) {
    using made = std::remove_cvref_t<
        std::invoke_result_t<Function, decltype(std::forward<Self>(self).error())>>;
    static_assert(detail::is_result<made>, "signhook: or_else's function returns a result");
    static_assert(std::is_same_v<typename made::value_type, T>,
                  "signhook: or_else's function returns a result with the same value type");
    if (self.has_value()) return with_value<made>(std::forward<Self>(self));
    return made(std::invoke(std::forward<Function>(next), std::forward<Self>(self).error()));
  }
  template <class Self, class Function>
  static constexpr auto transform(Self&& self, Function&& change) {
    using changed =
        std::remove_cv_t<decltype(call(std::forward<Function>(change), std::forward<Self>(self)))>;
    using made = result<changed, Error>;
    if (!self.has_value()) return made(unexpect, std::forward<Self>(self).error());
    if constexpr (std::is_void_v<changed>) {
      call(std::forward<Function>(change), std::forward<Self>(self));
      return made();
    } else {
      return made(std::in_place, call(std::forward<Function>(change), std::forward<Self>(self)));
    }
  }
  template <class Self, class Function>
  static constexpr auto transform_error(Self&& self, Function&& change) {
    using made =
        result<T, std::remove_cv_t<
                      std::invoke_result_t<Function, decltype(std::forward<Self>(self).error())>>>;
    if (self.has_value()) return with_value<made>(std::forward<Self>(self));
    return made(unexpect,
                std::invoke(std::forward<Function>(change), std::forward<Self>(self).error()));
  }

  template <class Expected, class Self>
  [[nodiscard]] static constexpr Expected to_expected(Self&& self) {
    using unexpected_error = typename Expected::unexpected_type;
    if (!self.has_value()) return unexpected_error(std::forward<Self>(self).error());
    return with_value<Expected>(std::forward<Self>(self));
  }

  held held_;
};

}  // namespace signhook::inline SIGNHOOK_ABI
