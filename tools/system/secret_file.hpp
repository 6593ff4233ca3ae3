// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>

// The secret that a file holds, without the end of its line. Throws std::runtime_error, in whose text
// nothing of it stands. It is never an argument: those are seen by everybody on the machine.
[[nodiscard]] std::string read_secret_file(const std::string& path);

// The secret in a variable of the environment; empty where there is none.
[[nodiscard]] std::string secret_from_environment(const char* name);
