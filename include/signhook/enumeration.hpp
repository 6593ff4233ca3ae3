// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/text/enumerators.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

namespace signhook::inline SIGNHOOK_ABI {

/// An enumeration. `enumerators`, `name` and `from_name` work with each of this library's.
template <class Enum>
concept enumeration = std::is_enum_v<Enum>;

/// The enumerators of an enumeration, in their order; `size()` is their number.
template <enumeration Enum>
inline constexpr auto enumerators = detail::enumerator_values<Enum>;

/// Returns the name of an enumerator; empty for another value, which was cast to the enumeration. The names of states
/// are those on the wire.
/// *Lifetime*: static storage.
template <enumeration Enum>
requires detail::is_named<Enum>
[[nodiscard]] constexpr std::string_view name(Enum value) noexcept {
  constexpr auto& names = detail::enumerator_names<Enum>;
  const auto index = static_cast<std::size_t>(value) - detail::first_enumerator<Enum>;
  return index < names.size() ? names[index] : std::string_view();
}

/// Returns the enumerator of this name, if there is one.
template <enumeration Enum>
[[nodiscard]] constexpr std::optional<Enum> from_name(std::string_view text) noexcept {
  for (const Enum one : enumerators<Enum>) {
    if (name(one) == text) return one;
  }
  return std::nullopt;
}

}  // namespace signhook::inline SIGNHOOK_ABI
