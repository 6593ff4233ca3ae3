// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/json/writer.hpp>
#include <signhook/detail/text/hex.hpp>

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <string_view>

// What all formatters are made with. Only `format.hpp` includes it.

namespace signhook::inline SIGNHOOK_ABI::detail {

// At most four bytes for one: what is not printable ASCII as \xff, so that all bytes are observation apart.
template <class Out>
constexpr Out write_visible(Out out, std::string_view text) {
  const auto put = [&out](std::string_view shown) { out = write_text(out, shown); };
  for (const char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\\') {
      put("\\\\");
    } else if (byte >= 0x20 && byte < 0x7f) {
      put({&c, 1});
    } else {
      put("\\x");
      put({&hex_digits[byte >> 4U], 1});
      put({&hex_digits[byte & 0x0fU], 1});
    }
  }
  return out;
}

// Text on the stack, for as much as its maker knows that there can be.
template <std::size_t Room>
class text_buffer {
 public:
  constexpr void put(char c) noexcept { chars_[size_++] = c; }
  constexpr void put(std::string_view text) noexcept {
    for (const char c : text) put(c);
  }
  template <class Value>
  constexpr void put_written(const Value& value) noexcept {
    size_ = static_cast<std::size_t>(value.write_to(chars_.data() + size_) - chars_.data());
  }
  constexpr void put_visible(std::string_view text) noexcept {
    size_ = static_cast<std::size_t>(write_visible(chars_.data() + size_, text) - chars_.data());
  }
  [[nodiscard]] constexpr std::string_view view() const noexcept { return {chars_.data(), size_}; }

 private:
  std::array<char, Room> chars_{};
  std::size_t size_ = 0;
};

// fmt's format of strings, for what `put` writes into a `Room`.
template <class Room>
struct formatter_of_text : fmt::formatter<std::string_view> {
  template <class Context, class Put>
  auto format_text(Context& context, Put put) const {
    Room text;
    put(text);
    return fmt::formatter<std::string_view>::format(text.view(), context);
  }
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
