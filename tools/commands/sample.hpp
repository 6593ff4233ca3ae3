// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "system/exit_code.hpp"

#include <string>

// Prints the documented body of a type, or of all types where it is empty.
[[nodiscard]] exit_code print_sample(const std::string& type);
