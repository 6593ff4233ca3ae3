// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/delivery.hpp>
#include <signhook/detail/format/formatters.hpp>
#include <signhook/event.hpp>
#include <signhook/result.hpp>
#include <signhook/text.hpp>

#include <utility>
#include <version>
#if defined(__cpp_lib_format)
#include <format>
#endif

// Formatters for `std::format`, which GCC 13 and libc++ 19 are the first to have; with an older standard library this
// header has none. They print the same as those of format.hpp, in the same formats.

#if defined(__cpp_lib_format)

namespace signhook::inline SIGNHOOK_ABI {

namespace detail {

struct std_library {
  template <class T>
  using formatter = std::formatter<T, char>;

  template <class Out, class T>
  static Out write(Out out, const T& value) {
    return std::format_to(std::move(out), "{}", value);
  }
};

}  // namespace detail

}  // namespace signhook::inline SIGNHOOK_ABI

/// A type's text.
template <signhook::printable T>
struct std::formatter<T, char>
    : signhook::detail::text_formatter<signhook::detail::std_library, T> {};

// Not a partial specialisation, because the set is also a range, which C++23 formats.
/// The names of the types.
template <>
struct std::formatter<signhook::event_type_set, char>
    : signhook::detail::text_formatter<signhook::detail::std_library, signhook::event_type_set> {};

/// The value or the error. If the value takes the format of strings, the error takes the same.
template <class T, class Error>
struct std::formatter<signhook::result<T, Error>, char>
    : signhook::detail::result_formatter<signhook::detail::std_library, T, Error> {};

/// `retried (documented)`: the value and its source, in the format of strings; or if the value takes another format,
/// the value in its format, and the source.
template <class T>
struct std::formatter<signhook::sourced<T>, char>
    : signhook::detail::sourced_formatter<signhook::detail::std_library, T> {};

#endif
