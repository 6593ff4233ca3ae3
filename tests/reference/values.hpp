// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/timestamp.hpp>
#include <signhook/uuid.hpp>

#include <optional>
#include <string>

// Values, by the C library.

namespace reference {

[[nodiscard]] std::optional<signhook::uuid> read_uuid(const std::string& text);
[[nodiscard]] std::optional<signhook::timestamp> read_timestamp(const std::string& text);

}  // namespace reference
