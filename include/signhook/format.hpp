// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/delivery.hpp>
#include <signhook/detail/format/formatters.hpp>
#include <signhook/event.hpp>
#include <signhook/result.hpp>
#include <signhook/text.hpp>

#include <fmt/format.h>

#include <utility>

// Formatters for fmt. They print the texts that `printable` in text.hpp lists. Every type takes fmt's format of
// strings (fill, alignment, width, precision), but for `subscription`, `event_name`, `api_error` and
// `source_snippet`, which take none. None allocates.

namespace signhook::inline SIGNHOOK_ABI {

namespace detail {

struct fmt_library {
  template <class T>
  using formatter = fmt::formatter<T>;

  template <class Out, class T>
  static Out write(Out out, const T& value) {
    return fmt::format_to(std::move(out), "{}", value);
  }
};

}  // namespace detail

}  // namespace signhook::inline SIGNHOOK_ABI

namespace fmt {

/// A type's text.
template <signhook::printable T>
struct formatter<T> : signhook::detail::text_formatter<signhook::detail::fmt_library, T> {};

// Not partial specialisations, so that fmt/std.h and fmt/ranges.h may be included.
/// As one of the alternatives.
template <>
struct formatter<signhook::event>
    : signhook::detail::text_formatter<signhook::detail::fmt_library, signhook::event> {};
/// The names of the types.
template <>
struct formatter<signhook::event_type_set>
    : signhook::detail::text_formatter<signhook::detail::fmt_library, signhook::event_type_set> {};

/// The value or the error. If the value takes the format of strings, the error takes the same.
template <class T, class Error>
struct formatter<signhook::result<T, Error>>
    : signhook::detail::result_formatter<signhook::detail::fmt_library, T, Error> {};

/// `retried (documented)`: the value and its source, in the format of strings; or if the value takes another format,
/// the value in its format, and the source.
template <class T>
struct formatter<signhook::sourced<T>>
    : signhook::detail::sourced_formatter<signhook::detail::fmt_library, T> {};

}  // namespace fmt
