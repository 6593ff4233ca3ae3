// SPDX-License-Identifier: BSL-1.0
// The companion program: decodes, prints, receives and sends webhooks on the command line.
#include "commands/commands.hpp"
#include "system/exit_code.hpp"
#include "system/output.hpp"
#include "system/report.hpp"
#include "system/standard_streams.hpp"
#include <signhook/version.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <csignal>
#include <exception>
#include <iterator>
#include <sstream>
#include <utility>
#include <vector>

namespace {

int run(int argc, char** argv) {
  CLI::App app("Decode, validate, receive and send webhooks of CM.com Sign.", "signhook");
  app.set_version_flag("--version", fmt::format("{}.{}.{}", SIGNHOOK_VERSION_MAJOR,
                                                SIGNHOOK_VERSION_MINOR, SIGNHOOK_VERSION_PATCH));
  app.require_subcommand(1);
  app.footer(
      "signhook COMMAND --help explains a command.\n"
      "Exit code: 0 on success, 1 if something was rejected, not delivered or differs, 2 after an "
      "invalid option\n"
      "or an error of input or output.\n"
      "Example: signhook sample --all | signhook decode --lines --json");

  std::vector<command> commands = {add_decode(app), add_sample(app), add_schema(app)};
  std::vector<command> over_http = add_http_commands(app);
  std::move(over_http.begin(), over_http.end(), std::back_inserter(commands));
  commands.push_back(add_inbox(app));
  commands.push_back(add_completion(app));
  commands.push_back(add_manual(app));

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream help;
    std::ostringstream complaint;
    app.exit(error, help, complaint);
    print_error("{}", complaint.str());
    if (error.get_exit_code() != static_cast<int>(CLI::ExitCodes::Success)) {
      return static_cast<int>(exit_code::failed);
    }
    output out;
    out.write(help.str());
    return static_cast<int>(out.finish() ? exit_code::accepted : exit_code::failed);
  }
  for (const command& one : commands) {
    if (*one.app) return static_cast<int>(one.run());
  }
  return static_cast<int>(exit_code::failed);  // not reached: require_subcommand
}

}  // namespace

int main(int argc, char** argv) {
  keep_standard_streams();
#if defined(SIGPIPE)
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));  // reported as a write error instead
#endif
#if defined(SIGXFSZ)
  static_cast<void>(std::signal(SIGXFSZ, SIG_IGN));  // likewise
#endif
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    report("{}", error.what());
    return static_cast<int>(exit_code::failed);
  }
}
