// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "reference.hpp"
#include <signhook/subscription/resource.hpp>

#include <optional>
#include <string_view>
#include <vector>

// Reads the answers of the subscription API, as reference.hpp reads bodies.

namespace reference {

template <class T>
struct answer {
  std::optional<T> value;
  diagnostic first;  // if there is no value
};

[[nodiscard]] answer<signhook::subscription> read_subscription(
    std::string_view text, const signhook::subscription_options& options);
[[nodiscard]] answer<std::vector<signhook::subscription>> read_subscriptions(
    std::string_view text, const signhook::subscription_options& options);
[[nodiscard]] answer<signhook::api_error> read_api_error(
    std::string_view text, const signhook::subscription_options& options);

}  // namespace reference
