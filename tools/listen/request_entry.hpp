// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "archive/archive_entry.hpp"
#include "http/server.hpp"

// Returns the archive entry of a request received now, without a verdict.
[[nodiscard]] archive_entry entry_of(http_request request);
