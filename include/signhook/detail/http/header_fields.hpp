// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>

#include <concepts>
#include <cstddef>
#include <string_view>

namespace signhook::inline SIGNHOOK_ABI::detail {

// Strings of any library: std's, Boost's.
template <class Text>
concept text_like = std::convertible_to<const Text&, std::string_view> ||
    requires(const Text& text) {
  { text.data() } -> std::convertible_to<const char*>;
  { text.size() } -> std::convertible_to<std::size_t>;
};

template <text_like Text>
[[nodiscard]] constexpr std::string_view view_of(const Text& text) noexcept {
  if constexpr (std::convertible_to<const Text&, std::string_view>) {
    return text;
  } else {
    return {text.data(), text.size()};
  }
}

// A header by the names that its library gives to the parts: Beast; signhook::header; maps.
template <class Field>
[[nodiscard]] constexpr auto name_of_field(const Field& field) noexcept {
  if constexpr (requires { field.name_string(); }) {
    return view_of(field.name_string());
  } else if constexpr (requires { view_of(field.name); }) {
    return view_of(field.name);
  } else if constexpr (requires { view_of(field.first); }) {
    return view_of(field.first);
  }
}

template <class Field>
[[nodiscard]] constexpr auto value_of_field(const Field& field) noexcept {
  if constexpr (requires { view_of(field.value()); }) {
    return view_of(field.value());
  } else if constexpr (requires { view_of(field.value); }) {
    return view_of(field.value);
  } else if constexpr (requires { view_of(field.second); }) {
    return view_of(field.second);
  }
}

template <class Field>
concept field_like = requires(const Field& field) {
  { name_of_field(field) } -> std::same_as<std::string_view>;
  { value_of_field(field) } -> std::same_as<std::string_view>;
};

// The value of one header, and how often there is one.
struct found_header {
  std::string_view value;
  std::size_t count = 0;

  constexpr void add(std::string_view one) noexcept {
    value = one;
    ++count;
  }

  // Of several values none is taken: whoever stands between may have added one.
  [[nodiscard]] constexpr std::string_view only_value() const noexcept {
    return count == 1 ? value : std::string_view();
  }
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
