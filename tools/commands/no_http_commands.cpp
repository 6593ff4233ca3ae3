// SPDX-License-Identifier: BSL-1.0
// Where cpp-httplib or OpenSSL is not there: the tool does without the commands that speak HTTP.
#include "commands/http_commands.hpp"

std::vector<command> add_http_commands(CLI::App& tool) {
  tool.footer("This signhook was built without cpp-httplib and OpenSSL: it does not speak HTTP.");
  return {};
}
