// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <utility>
#include <vector>

// Names and values of header fields.
using http_headers = std::vector<std::pair<std::string, std::string>>;
