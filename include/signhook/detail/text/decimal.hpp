// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace signhook::inline SIGNHOOK_ABI::detail {

// A number as text.
struct decimal {
  constexpr explicit decimal(std::uint64_t value) {
    do {
      digits[--begin] = static_cast<char>('0' + value % 10);
      value /= 10;
    } while (value != 0);
  }
  [[nodiscard]] constexpr std::string_view view() const {
    return {digits.data() + begin, digits.size() - begin};
  }

  std::array<char, 20> digits{};
  std::size_t begin = 20;
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
