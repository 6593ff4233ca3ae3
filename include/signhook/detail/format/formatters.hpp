// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/delivery.hpp>
#include <signhook/detail/format/writers.hpp>
#include <signhook/result.hpp>
#include <signhook/text.hpp>

#include <string_view>
#include <type_traits>
#include <utility>

// Formatters for any library that has `std::format`'s interface. `Library` is one: it has `formatter<T>`, and
// `write(out, value)`, which formats a value in its default format.

namespace signhook::inline SIGNHOOK_ABI::detail {

template <class Library>
using string_formatter = typename Library::template formatter<std::string_view>;

// Formats a value's text with the library's format of strings.
template <class Library, has_text T>
struct text_formatter : string_formatter<Library> {
  template <class Context>
  auto format(const T& value, Context& context) const {
    text_buffer<text_capacity<T>> text;
    append_text(text, value);
    return string_formatter<Library>::format(text.view(), context);
  }
};

// A text without a limit takes no format, because its width is not known before it is written.
template <class Library, has_text T>
requires(!has_bounded_text<T>) struct text_formatter<Library, T> {
  template <class ParseContext>
  constexpr auto parse(ParseContext& context) {
    return context.begin();
  }

  template <class Context>
  auto format(const T& value, Context& context) const {
    text_output to(context.out());
    append_text(to, value);
    return std::move(to).take();
  }
};

// Formats a result as its value, or as its error.
template <class Library, class T, class Error>
struct result_formatter : Library::template formatter<T> {
  using base = typename Library::template formatter<T>;

  template <class Context>
  auto format(const result<T, Error>& of, Context& context) const {
    if (of) return base::format(*of, context);
    if constexpr (std::is_base_of_v<string_formatter<Library>, base> && has_bounded_text<Error>) {
      text_buffer<text_capacity<Error>> text;
      append_text(text, of.error());
      return string_formatter<Library>::format(text.view(), context);
    } else {
      return Library::write(context.out(), of.error());
    }
  }
};

// Formats a sourced value whose value has no text.
template <class Library, class T>
struct sourced_formatter : Library::template formatter<T> {
  template <class Context>
  auto format(const sourced<T>& of, Context& context) const {
    text_output to(Library::template formatter<T>::format(of.value, context));
    append_source(to, of.source);
    return std::move(to).take();
  }
};
template <class Library, has_text T>
struct sourced_formatter<Library, T> : text_formatter<Library, sourced<T>> {};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
