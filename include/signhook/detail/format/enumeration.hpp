// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/format/writers.hpp>
#include <signhook/enumeration.hpp>
#include <signhook/event.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <type_traits>

// The texts of enumerations: of all that are members of this namespace, whichever header declares them.

namespace signhook::inline SIGNHOOK_ABI {

// Found by argument-dependent lookup for an enumeration that is a member of this namespace, and for no other.
template <class Enum>
requires std::is_enum_v<Enum>
void is_of_this_library(Enum);

namespace detail {

namespace own {

// Hides the other from all but argument-dependent lookup. GCC 11 takes a deleted one for the only candidate.
void is_of_this_library();

template <class Enum>
concept enumeration = std::is_enum_v<Enum> && requires(Enum value) {
  is_of_this_library(value);
};

}  // namespace own

// Returns an enumerator's name; any value may have been cast to the enumeration.
template <own::enumeration Enum>
[[nodiscard]] constexpr std::string_view name_of_enumerator(Enum value) noexcept {
  const std::string_view found = name(value);
  return found.empty() ? std::string_view("(invalid)") : found;
}

template <class To, own::enumeration Enum>
constexpr void append_text(To& to, Enum value) {
  to.append(name_of_enumerator(value));
}

template <own::enumeration Enum>
inline constexpr std::size_t text_capacity<Enum> = [] {
  std::size_t longest = std::string_view("(invalid)").size();
  const auto measure = [&longest](const auto& names) {
    for (const std::string_view one : names) longest = (std::max)(longest, one.size());
  };
  if constexpr (is_named<Enum>) {
    measure(enumerator_names<Enum>);
  } else {
    measure(state_names<Enum>);
  }
  return longest;
}();

}  // namespace detail
}  // namespace signhook::inline SIGNHOOK_ABI
