// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>

// Returns the content of a file without its line ending. Throws std::runtime_error, with a message that
// does not contain the secret. Secrets are never arguments, because every user of the machine can see those.
[[nodiscard]] std::string read_secret_file(const std::string& path);

// Returns the secret in an environment variable, or an empty string.
[[nodiscard]] std::string secret_from_environment(const char* name);
