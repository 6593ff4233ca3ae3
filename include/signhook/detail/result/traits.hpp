// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/result/unexpected.hpp>

#include <concepts>
#include <type_traits>
#include <utility>
#include <version>

#if defined(__cpp_lib_expected)
#include <expected>
#endif

// The arguments of the constructors of `result` ([expected.object.cons]).

namespace signhook::inline SIGNHOOK_ABI {

template <class T, class Error>
class result;

namespace detail {

template <class T>
inline constexpr bool is_result = false;
template <class T, class Error>
inline constexpr bool is_result<result<T, Error>> = true;

// Ours and the standard library's.
template <class T>
inline constexpr bool is_expected = is_result<T>;
template <class T>
inline constexpr bool is_unexpected = false;
template <class Error>
inline constexpr bool is_unexpected<unexpected<Error>> = true;
template <class Expected, class T, class Error>
inline constexpr bool is_standard_expected = false;
#if defined(__cpp_lib_expected)
template <class T, class Error>
inline constexpr bool is_standard_expected<std::expected<T, Error>, T, Error> = true;
template <class T, class Error>
inline constexpr bool is_expected<std::expected<T, Error>> = true;
template <class Error>
inline constexpr bool is_unexpected<std::unexpected<Error>> = true;
#endif

template <class Expected, class T, class Error>
concept standard_expected = is_standard_expected<Expected, T, Error>;

template <class Argument>
using error_of = decltype(std::declval<Argument>().error());
template <class Argument>
using value_of = decltype(*std::declval<Argument>());

template <class Argument, class Result>
concept value_argument =
    !std::is_void_v<typename Result::value_type> &&
    !std::same_as<std::remove_cvref_t<Argument>, Result> &&
    !std::same_as<std::remove_cvref_t<Argument>, std::in_place_t> &&
    !std::same_as<std::remove_cvref_t<Argument>, unexpect_t> &&
    !is_unexpected<std::remove_cvref_t<Argument>> &&
    // A result of another type gives its value, not the answer whether it has one.
    !(std::same_as<std::remove_cv_t<typename Result::value_type>, bool> &&
      is_expected<std::remove_cvref_t<Argument>>)&&std::
        constructible_from<typename Result::value_type, Argument>;

template <class Argument, class Error>
concept unexpected_argument = is_unexpected<std::remove_cvref_t<Argument>> &&
    std::constructible_from<Error, error_of<Argument>>;

template <class Argument, class Error>
concept converts_to_error = std::convertible_to<error_of<Argument>, Error>;

template <class Argument, class T>
concept gives_value = (std::is_void_v<T> && std::is_void_v<value_of<Argument>>) ||
                      std::constructible_from<T, value_of<Argument>>;

template <class Argument, class Result>
concept other_result =
    is_expected<std::remove_cvref_t<Argument>> &&
    !std::same_as<std::remove_cvref_t<Argument>, Result> &&
    !value_argument<Argument, Result> && gives_value<Argument, typename Result::value_type> &&
    std::constructible_from<typename Result::error_type, error_of<Argument>>;

template <class Argument, class Result>
concept converts_to_result =
    (std::is_void_v<typename Result::value_type> ||
     std::convertible_to<
         value_of<Argument>,
         typename Result::value_type>)&&converts_to_error<Argument, typename Result::error_type>;

template <class U, class T>
concept value_of_result =
    !std::is_void_v<T> && !is_result<U> && !is_unexpected<U> && requires(const T& a, const U& b) {
  { a == b } -> std::convertible_to<bool>;
};

}  // namespace detail
}  // namespace signhook::inline SIGNHOOK_ABI
