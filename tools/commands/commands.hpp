// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "commands/command.hpp"

#include <CLI/CLI.hpp>

#include <vector>

// Each function adds a subcommand and its options to the program.
[[nodiscard]] command add_decode(CLI::App& tool);
[[nodiscard]] command add_sample(CLI::App& tool);
[[nodiscard]] command add_schema(CLI::App& tool);
[[nodiscard]] command add_inbox(CLI::App& tool);
[[nodiscard]] command add_completion(CLI::App& tool);
[[nodiscard]] command add_manual(CLI::App& tool);

// The HTTP commands; empty if the program is built without Boost, libcurl, OpenSSL or zlib.
[[nodiscard]] std::vector<command> add_http_commands(CLI::App& tool);
[[nodiscard]] command add_listen(CLI::App& tool);
[[nodiscard]] command add_send(CLI::App& tool);
[[nodiscard]] command add_replay(CLI::App& tool);
[[nodiscard]] command add_webhook(CLI::App& tool);
[[nodiscard]] command add_work(CLI::App& tool);
