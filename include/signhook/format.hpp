// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/drawing.hpp>
#include <signhook/detail/tree.hpp>
#include <signhook/error.hpp>
#include <signhook/event.hpp>
#include <signhook/schema.hpp>
#include <signhook/timestamp.hpp>
#include <signhook/uuid.hpp>

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>

// Formatters for fmt, for every type that has a text. They take fmt's format for strings (fill,
// alignment, width, precision) and allocate nothing. What came from outside is shown so that it can
// neither forge a line of a log nor reach a terminal's controls.

namespace signhook::inline SIGNHOOK_ABI {

/// An error as compilers show theirs: where, what, and the line with a mark below it.
///
///     fmt::print(stderr, "{}", drawing{"state.json", body, error});
///
///     state.json:6:11: error: invalid_uuid at /dossier/id: expected 8-4-4-4-12 hexadecimal digits
///         6 |     "id": "b659c273-954e",
///           |           ^
///
/// Bytes that are not printable ASCII are shown as `?`, tabs as a space, and of a long line only the
/// part around the mark. Ends with a line feed.
/// *Lifetime*: views of all that it is made of.
struct drawing {
  std::string_view name;  ///< of the body, a file's say
  std::string_view body;  ///< the bytes that were refused
  const struct error& error;
  severity as = severity::violation;
  std::uint32_t first_line = 1;  ///< of the body within what is named

  /// Without the line and the mark.
  bool headline_only = false;
};

namespace detail {

// Text collected on the stack, up to what it was made for.
template <std::size_t Room>
class text_buffer {
 public:
  constexpr void put(char c) noexcept {
    if (size_ != Room) chars_[size_++] = c;
  }
  constexpr void put(std::string_view text) noexcept {
    for (const char c : text) put(c);
  }
  // With what is not printable ASCII escaped as JSON would, and a backslash doubled.
  constexpr void put_visible(std::string_view text) noexcept {
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte >= 0x20 && byte < 0x7f && c != '\\') {
        put(c);
      } else if (c == '\\') {
        put("\\\\");
      } else {
        put("\\x");
        put(hex_digits[byte >> 4U]);
        put(hex_digits[byte & 0x0fU]);
      }
    }
  }
  template <class Value>
  constexpr void put_written(const Value& value) noexcept {
    size_ = static_cast<std::size_t>(value.write_to(chars_.data() + size_) - chars_.data());
  }
  [[nodiscard]] constexpr std::string_view view() const noexcept { return {chars_.data(), size_}; }

 private:
  std::array<char, Room> chars_{};
  std::size_t size_ = 0;
};

}  // namespace detail
}  // namespace signhook::inline SIGNHOOK_ABI
