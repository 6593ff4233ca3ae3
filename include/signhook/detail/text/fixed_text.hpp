// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace signhook::inline SIGNHOOK_ABI::detail {

// A text as a template argument, so that a compiler's message shows it.
template <std::size_t Size>
struct fixed_text {
  char chars[Size + 1]{};  // NOLINT: only an array is printed as text

  constexpr fixed_text() = default;
  constexpr explicit fixed_text(std::string_view text) { std::copy_n(text.data(), Size, chars); }
};

template <auto...>
inline constexpr bool always_false = false;

// Never complete. The compiler's message shows both texts.
template <fixed_text First, fixed_text Second>
struct these_names_are_the_same {
  static_assert(
      always_false<First, Second>,
      "schema.hpp gives two event types, two states or two members of one object the same "
      "name on the wire: rename one of them");
};

// The first two equal texts of an array, or none.
struct equal_pair {
  std::size_t first = 0;
  std::size_t second = 0;
  [[nodiscard]] constexpr explicit operator bool() const noexcept { return first != second; }
};

template <class Texts>
[[nodiscard]] consteval equal_pair find_equal(const Texts& texts) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    for (std::size_t j = i + 1; j < texts.size(); ++j) {
      if (texts[i] == texts[j]) return {i, j};
    }
  }
  return {};
}

// True where the texts of a constant array are distinct. Otherwise it does not compile, and the
// compiler's message shows the text that occurs twice.
template <const auto& Texts>
[[nodiscard]] consteval bool are_distinct() {
  constexpr equal_pair same = find_equal(Texts);
  if constexpr (static_cast<bool>(same)) {
    constexpr std::size_t size = Texts[same.first].size();
    return sizeof(these_names_are_the_same<fixed_text<size>(Texts[same.first]),
                                           fixed_text<size>(Texts[same.second])>) != 0;
  }
  return true;
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail
