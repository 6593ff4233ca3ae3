// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/http_token.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <string_view>

namespace signhook::inline SIGNHOOK_ABI::detail {

// Passes over optional white space (RFC 9110, section 5.6.3).
[[nodiscard]] constexpr std::size_t skip_space(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return at;
}

// The end of the quoted-string at `at` (RFC 9110, section 5.6.4), or 0 where none ends.
[[nodiscard]] constexpr std::size_t end_of_quoted(std::string_view text, std::size_t at) noexcept {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\' && ++at == text.size()) return 0;
    const auto byte = static_cast<unsigned char>(text[at]);
    if ((byte < ' ' && byte != '\t') || byte == 0x7f) return 0;
  }
  return 0;
}

// Whether a Content-Type names JSON, with any parameters (RFC 9110, sections 5.6.6 and 8.3.1).
[[nodiscard]] constexpr bool is_json_media_type(std::string_view text) noexcept {
  constexpr std::string_view json = "application/json";
  if (!equal_without_case(text.substr(0, json.size()), json)) return false;
  std::size_t at = skip_space(text, json.size());
  while (at < text.size()) {
    if (text[at] != ';') return false;
    at = skip_space(text, at + 1);
    if (at == text.size() || text[at] == ';') continue;  // a parameter may be missing
    const std::string_view name = token_at(text, at);
    at += name.size();
    if (name.empty() || at == text.size() || text[at] != '=') return false;
    ++at;
    if (at < text.size() && text[at] == '"') {
      at = end_of_quoted(text, at);
      if (at == 0) return false;
    } else {
      const std::string_view value = token_at(text, at);
      if (value.empty()) return false;
      at += value.size();
    }
    at = skip_space(text, at);
  }
  return true;
}

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
