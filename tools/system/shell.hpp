// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

struct shell_options {
  int input = -1;                // its standard input
  bool is_own_group = false;     // so that a signal can reach all that it starts
  bool prints_to_error = false;  // its standard output becomes this program's standard error
  std::vector<std::string> environment{};  // NAME=VALUE, besides this program's
};

// Starts the shell with this command and no signal ignored or blocked: this program ignores SIGPIPE, and a
// command may rely on it. Returns -1 with errno set if it cannot be started.
[[nodiscard]] pid_t start_shell(const std::string& command, const shell_options& options);
