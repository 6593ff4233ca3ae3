// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "inbox/inbox_connection.hpp"

#include <memory>
#include <string>

// Each in a file of its own, which another one replaces where the library is missing.
[[nodiscard]] std::unique_ptr<inbox_connection> make_sqlite_connection(
    const std::string& path, const inbox_settings& settings);
[[nodiscard]] std::unique_ptr<inbox_connection> make_postgresql_connection(
    const std::string& uri, const inbox_settings& settings);
