// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/json/writer.hpp>
#include <signhook/detail/text/decimal.hpp>
#include <signhook/detail/text/enumerators.hpp>
#include <signhook/detail/text/hex.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

// The base of all formatters. Only `format.hpp` includes it.

namespace signhook::inline SIGNHOOK_ABI::detail {

// The most bytes that one byte takes when it is shown.
inline constexpr std::size_t max_visible_size = 4;

// Writes a byte that is not printable ASCII as \xff and a backslash as two, so that different texts look different.
template <class Out>
constexpr Out write_visible(Out out, std::string_view text) {
  for (const char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\\') {
      out = write_text(out, "\\\\");
    } else if (byte >= 0x20 && byte < 0x7f) {
      *out++ = c;
    } else {
      out = write_text(out, "\\x");
      *out++ = hex_digits[byte >> 4U];
      *out++ = hex_digits[byte & 0x0fU];
    }
  }
  return out;
}

// A text on the stack. What does not fit is cut: the members of a public aggregate may hold anything.
template <std::size_t Capacity>
class text_buffer {
 public:
  constexpr void append(char c) noexcept { append(std::string_view(&c, 1)); }
  constexpr void append(std::string_view text) noexcept {
    const std::size_t size = (std::min)(text.size(), Capacity - size_);
    std::copy_n(text.data(), size, chars_.data() + size_);
    size_ += size;
  }
  constexpr void append_number(std::size_t value) noexcept { append(decimal(value).view()); }
  constexpr void append_visible(std::string_view text) noexcept {
    for (const char& c : text) {
      std::array<char, max_visible_size> shown{};
      const char* const end = write_visible(shown.data(), {&c, 1});
      append({shown.data(), static_cast<std::size_t>(end - shown.data())});
    }
  }
  [[nodiscard]] constexpr std::string_view view() const noexcept { return {chars_.data(), size_}; }

 private:
  std::array<char, Capacity> chars_{};
  std::size_t size_ = 0;
};

// The capacity of the buffer for a value's text.
template <class T>
inline constexpr std::size_t text_capacity = 1024;

// The types that `append_text(buffer, value)` takes.
template <class T>
concept has_text = requires(text_buffer<text_capacity<T>>& to, const T& value) {
  append_text(to, value);
};

// Formats a value's text with fmt's format of strings.
template <class T>
struct text_formatter : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(const T& value, Context& context) const {
    text_buffer<text_capacity<T>> text;
    append_text(text, value);
    return fmt::formatter<std::string_view>::format(text.view(), context);
  }
};

// Returns an enumerator's name; any value may have been cast to the enumeration.
template <class Enum>
[[nodiscard]] constexpr std::string_view name_of_enumerator(Enum value) noexcept {
  const std::string_view found = name(value);
  return found.empty() ? std::string_view("(invalid)") : found;
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail
