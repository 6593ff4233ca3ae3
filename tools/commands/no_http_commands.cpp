// SPDX-License-Identifier: BSL-1.0
// Replaces http_commands.cpp where Boost, libcurl, OpenSSL or zlib was not found.
#include "commands/commands.hpp"

std::vector<command> add_http_commands(CLI::App& tool) {
  tool.footer(
      "This program was built without Boost, libcurl, OpenSSL or zlib and has no HTTP commands: "
      "listen, send, replay, webhook, work.\n" +
      tool.get_footer());
  return {};
}
