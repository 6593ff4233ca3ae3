// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "archive/archive_entry.hpp"

#include <httplib.h>

#include <string_view>

// What there is to keep of a request that comes now, but for what will be said of it.
[[nodiscard]] archive_entry entry_of(const httplib::Request& request, std::string_view body);
