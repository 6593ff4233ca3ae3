// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>

namespace signhook::inline SIGNHOOK_ABI::detail {

[[nodiscard]] constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

}  // namespace signhook::inline SIGNHOOK_ABI::detail
