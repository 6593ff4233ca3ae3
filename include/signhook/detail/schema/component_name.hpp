// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/http/token.hpp>
#include <signhook/detail/text/ascii.hpp>
#include <signhook/event.hpp>
#include <signhook/schema.hpp>
#include <signhook/timestamp.hpp>
#include <signhook/uuid.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <variant>

// The names of schemas that others refer to. They are no names on the wire; generators make names of types of them.

namespace signhook::inline SIGNHOOK_ABI::detail {

// Where a document has the schemas that others refer to.
enum class schema_place : std::uint8_t {
  definitions,  // `$defs`; those of objects and states are where they are used
  components,   // `components`, of OpenAPI and AsyncAPI
};

// A type without a name has its schema wherever it is used.
template <class T>
inline constexpr std::string_view component_name{};
template <class Tag>
inline constexpr std::string_view component_name<tagged_id<Tag>> = "uuid";
template <>
inline constexpr std::string_view component_name<timestamp> = "timestamp";
template <>
inline constexpr std::string_view component_name<event> = "event";
template <>
inline constexpr std::string_view component_name<unknown_event> = "unknown_event";
template <>
inline constexpr std::string_view component_name<dossier> = "dossier";
template <>
inline constexpr std::string_view component_name<dossier_state> = "dossier_state";
template <>
inline constexpr std::string_view component_name<invite> = "invite";
template <>
inline constexpr std::string_view component_name<invitee_reference> = "invitee_reference";
template <>
inline constexpr std::string_view component_name<invitee> = "invitee";
template <>
inline constexpr std::string_view component_name<invitee_state> = "invitee_state";
template <>
inline constexpr std::string_view component_name<reassign_request> = "reassign_request";
template <>
inline constexpr std::string_view component_name<reassign_request_state> = "reassign_request_state";

// The objects in events, and their states, whose schemas are components of their own.
using component_objects = std::tuple<dossier, invite, invitee_reference, invitee, reassign_request>;
using component_states = std::tuple<dossier_state, invitee_state, reassign_request_state>;

// The name of the schema of a known event: its type. OpenAPI and AsyncAPI allow letters, digits, `.`, `-` and
// `_` in such a name; anything else, and `_` itself, is written as `_` and two hexadecimal digits. So is the first
// character of a type that is the name of another schema, which leaves all names distinct: after each `_` the
// others have a small letter.
template <known_event Event>
struct event_component {
  consteval event_component() {
    constexpr std::string_view type = schema<Event>::type;
    constexpr std::array others = {component_name<timestamp>,       component_name<event_id>,
                                   component_name<event>,           component_name<dossier>,
                                   component_name<invite>,          component_name<invitee>,
                                   std::string_view("subscription")};
    const bool is_other = std::find(others.begin(), others.end(), type) != others.end();
    for (const char& c : type) {
      const bool is_allowed = is_letter(c) || is_digit(c) || c == '.' || c == '-';
      if (is_allowed && !(is_other && &c == type.data())) {
        chars[size++] = c;
      } else {
        constexpr std::string_view digits = "0123456789ABCDEF";
        const auto byte = static_cast<unsigned char>(c);
        for (const char part : {'_', digits[byte >> 4U], digits[byte & 0x0fU]})
          chars[size++] = part;
      }
    }
    if (type.empty()) chars[size++] = '_';
  }
  [[nodiscard]] constexpr std::string_view view() const { return {chars.data(), size}; }

  std::array<char, 3 * schema<Event>::type.size() + 1> chars{};
  std::size_t size = 0;
};

template <known_event Event>
inline constexpr event_component<Event> event_component_of;

}  // namespace signhook::inline SIGNHOOK_ABI::detail
