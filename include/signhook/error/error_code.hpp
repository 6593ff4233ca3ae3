// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>

#include <concepts>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace signhook::inline SIGNHOOK_ABI {

/// An enumeration of errors: `describe` has words for each, and 0 is success.
template <class Enum>
concept error_enumeration = std::is_error_code_enum<Enum>::value && requires(Enum code) {
  { describe(code) } -> std::same_as<std::string_view>;
};

namespace detail {

template <class Enum>
inline constexpr const char* category_name = nullptr;

template <class Enum>
class error_category final : public std::error_category {
 public:
  [[nodiscard]] const char* name() const noexcept override { return category_name<Enum>; }
  [[nodiscard]] std::string message(int value) const override {
    if (value == 0) return "success";
    const auto code = static_cast<Enum>(value);
    const std::string_view words = static_cast<int>(code) == value ? describe(code) : "";
    return std::string(words.empty() ? "unknown error" : words);
  }
};

}  // namespace detail

/// Returns the category of an enumeration of errors; its `message` is `describe`'s.
template <error_enumeration Enum>
[[nodiscard]] const std::error_category& error_category() noexcept {
  static const detail::error_category<Enum> category;
  return category;
}

/// Returns the standard library's form of an error: `std::error_code why = decoded.error().code`.
template <error_enumeration Enum>
[[nodiscard]] std::error_code make_error_code(Enum code) noexcept {
  return {static_cast<int>(code), error_category<Enum>()};
}

}  // namespace signhook::inline SIGNHOOK_ABI
