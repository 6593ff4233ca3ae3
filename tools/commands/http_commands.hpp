// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "commands/command.hpp"

#include <CLI/CLI.hpp>

#include <vector>

// The commands that speak HTTP; none where the tool was built without.
[[nodiscard]] std::vector<command> add_http_commands(CLI::App& tool);

[[nodiscard]] command add_listen(CLI::App& tool);
[[nodiscard]] command add_send(CLI::App& tool);
[[nodiscard]] command add_replay(CLI::App& tool);
[[nodiscard]] command add_webhook(CLI::App& tool);
