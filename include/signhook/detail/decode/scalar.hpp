// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder/options.hpp>
#include <signhook/detail/json/type.hpp>
#include <signhook/error.hpp>
#include <signhook/event.hpp>
#include <signhook/schema.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

// The values that are strings on the wire: how each is parsed, and what is wrong with one that is not.

namespace signhook::inline SIGNHOOK_ABI::detail {

// The index of a known type in `event_types`, or `known_count`: that of `unknown_event`.
[[nodiscard]] constexpr std::size_t find_type(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::find(event_types.begin(), event_types.end(), text) -
                                  event_types.begin());
}

// Parses a value from its characters. `validate` returns nothing for a good one, and else the code of
// what is wrong, or of what is new: see `is_warning`.
template <class T>
struct scalar;

template <class Tag>
struct scalar<tagged_id<Tag>> {
  static constexpr json_type type = json_type::string;
  [[nodiscard]] static constexpr auto parse(std::string_view text) noexcept {
    return tagged_id<Tag>::parse(text);
  }
  [[nodiscard]] static constexpr std::optional<errc> validate(std::string_view text,
                                                              const decoder_options&) noexcept {
    if (parse(text)) return std::nullopt;
    return errc::invalid_uuid;
  }
};

template <>
struct scalar<timestamp> {
  static constexpr json_type type = json_type::string;
  [[nodiscard]] static constexpr auto parse(std::string_view text) noexcept {
    return timestamp::parse(text);
  }
  [[nodiscard]] static constexpr std::optional<errc> validate(std::string_view text,
                                                              const decoder_options&) noexcept {
    if (parse(text)) return std::nullopt;
    return errc::invalid_timestamp;
  }
};

template <class Known>
struct scalar<open_state<Known>> {
  static constexpr json_type type = json_type::string;
  [[nodiscard]] static constexpr auto parse(std::string_view text) noexcept {
    return open_state<Known>::from_text(text);
  }
  [[nodiscard]] static constexpr std::optional<errc> validate(
      std::string_view text, const decoder_options& options) noexcept {
    const auto state = parse(text);
    if (state && state->is_known()) return std::nullopt;
    if (state || options.states == unknown::reject) return errc::unknown_state;
    return errc::text_too_long;
  }
};

// The type's name, known or not.
template <>
struct scalar<type_text> {
  static constexpr json_type type = json_type::string;
  [[nodiscard]] static constexpr auto parse(std::string_view text) noexcept {
    return type_text::from(text);
  }
  [[nodiscard]] static constexpr std::optional<errc> validate(
      std::string_view text, const decoder_options& options) noexcept {
    if (find_type(text) != known_count) return std::nullopt;
    if (parse(text) || options.types == unknown::reject) return errc::unknown_type;
    return errc::text_too_long;
  }
};

// True for what is new by the schema, and by the options not wrong.
[[nodiscard]] constexpr bool is_warning(errc code, const decoder_options& options) noexcept {
  if (code == errc::unknown_type) return options.types == unknown::keep;
  if (code == errc::unknown_state) return options.states == unknown::keep;
  return code == errc::unknown_member && options.members == unknown_members::ignore;
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail
