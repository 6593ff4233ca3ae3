// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/event.hpp>
#include <signhook/result.hpp>

#include <cstddef>
#include <utility>
#include <variant>

namespace signhook::inline SIGNHOOK_ABI::detail {

template <std::size_t I>
inline constexpr event blank_event(std::in_place_index<I>);

// Makes a blank event of the type with index `I` where the result is: a copy, because GCC clears what is
// larger than 96 bytes by `rep stos`, which costs a sixth of a decode.
template <std::size_t I>
[[nodiscard]] constexpr auto& emplace_event(result<event>& into) noexcept {
  return *std::get_if<I>(&into.emplace(blank_event<I>));
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail
