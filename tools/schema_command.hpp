// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "exit_code.hpp"
#include <signhook/json_schema.hpp>

#include <array>
#include <string>
#include <string_view>

// What has a schema and is no event.
inline constexpr std::array<std::string_view, 3> resource_names = {
    "webhook", "subscription_request", "api_error"};

// Prints the JSON Schema of a type, or of all events where it is empty.
[[nodiscard]] exit_code print_schema(const std::string& type, signhook::schema_form form);
