// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/schema.hpp>

#include <optional>

namespace signhook::inline SIGNHOOK_ABI::detail {

// The type that `std::optional` holds, or any other type itself.
template <class T>
struct required_form {
  using type = T;
  static constexpr bool is_required = true;
};
template <class T>
struct required_form<std::optional<T>> {
  using type = T;
  static constexpr bool is_required = false;
};

// An object on the wire.
template <class T>
concept wire_object = requires {
  schema<T>::members;
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
