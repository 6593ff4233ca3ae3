// SPDX-License-Identifier: BSL-1.0
#include "commands/commands.hpp"

std::vector<command> add_http_commands(CLI::App& tool) {
  return {add_listen(tool), add_send(tool), add_replay(tool), add_webhook(tool), add_work(tool)};
}
