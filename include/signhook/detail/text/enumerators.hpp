// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace signhook::inline SIGNHOOK_ABI::detail {

// The name the compiler gives to the enumerator of `Value`; something that is no identifier where
// there is none. It stands at the end of the signature of a function template: "[auto Value =
// ns::e::name]", or "...<ns::e::name>(void) noexcept" for MSVC.
template <auto Value>
[[nodiscard]] constexpr std::string_view enumerator_name() noexcept {
#if defined(_MSC_VER) && !defined(__clang__)
  constexpr std::string_view signature = __FUNCSIG__;
  constexpr std::size_t end = signature.rfind(">(void)");
#else
  constexpr std::string_view signature = __PRETTY_FUNCTION__;
  constexpr std::size_t end = signature.find_first_of(";]", signature.find("Value = "));
#endif
  constexpr std::size_t begin = signature.find_last_of(":)= <", end - 1) + 1;
  return signature.substr(begin, end - begin);
}

// Some name of `T`, and of no other type.
template <class T>
[[nodiscard]] constexpr std::string_view type_name() noexcept {
#if defined(_MSC_VER) && !defined(__clang__)
  return __FUNCSIG__;
#else
  return __PRETTY_FUNCTION__;
#endif
}

// True if the enumeration has an enumerator of this value.
template <class Enum, std::size_t Value>
[[nodiscard]] consteval bool has_enumerator() noexcept {
  constexpr char first = enumerator_name<static_cast<Enum>(Value)>().front();
  return first < '0' || first > '9';
}

// The value of the first enumerator: 1 if 0 is the absence of an error.
template <class Enum>
inline constexpr std::size_t first_enumerator = has_enumerator<Enum, 0>() ? 0 : 1;

// Returns the number of enumerators of `Enum`, which must count up from the first without a gap.
template <class Enum, std::size_t Count = 0>
[[nodiscard]] consteval std::size_t count_enumerators() noexcept {
  static_assert(Count < 127, "the compiler names what is no enumerator in an unknown way");
  if constexpr (has_enumerator<Enum, first_enumerator<Enum> + Count>()) {
    return count_enumerators<Enum, Count + 1>();
  } else {
    return Count;
  }
}

// All enumerators and their names, in their order: the enumeration is the only place they stand.
template <class Enum>
inline constexpr auto enumerator_values = []<std::size_t... I>(std::index_sequence<I...>) {
  return std::array<Enum, sizeof...(I)>{static_cast<Enum>(first_enumerator<Enum> + I)...};
}
(std::make_index_sequence<count_enumerators<Enum>()>{});
template <class Enum>
inline constexpr auto enumerator_names = []<std::size_t... I>(std::index_sequence<I...>) {
  return std::array<std::string_view, sizeof...(I)>{
      enumerator_name<enumerator_values<Enum>[I]>()...};
}
(std::make_index_sequence<count_enumerators<Enum>()>{});

// False for an enumeration whose names stand in the schema.
template <class Enum>
inline constexpr bool is_named = true;

}  // namespace signhook::inline SIGNHOOK_ABI::detail
