// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "reference.hpp"
#include <signhook/subscription/resource.hpp>

#include <optional>
#include <string_view>
#include <vector>

// What the service's answers about webhooks mean, as reference.hpp has it for bodies.

namespace reference {

template <class T>
struct answer {
  std::optional<T> value;
  diagnostic first;  // of what is wrong, where there is no value
};

[[nodiscard]] answer<signhook::webhook> read_webhook(std::string_view text,
                                                     const signhook::subscription_options& options);
[[nodiscard]] answer<std::vector<signhook::webhook>> read_webhooks(
    std::string_view text, const signhook::subscription_options& options);
[[nodiscard]] answer<signhook::api_error> read_api_error(
    std::string_view text, const signhook::subscription_options& options);

}  // namespace reference
