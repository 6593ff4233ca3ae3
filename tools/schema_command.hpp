// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "exit_code.hpp"
#include <signhook/json_schema.hpp>

#include <string>

// Prints the JSON Schema of a type, or of all events where it is empty.
[[nodiscard]] exit_code print_schema(const std::string& type, signhook::schema_form form);
