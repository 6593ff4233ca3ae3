// SPDX-License-Identifier: BSL-1.0
#include "replay/replay.hpp"

#include "commands/delivery_options.hpp"
#include "commands/http_commands.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace {

struct replay_options {
  replay_request request;
  delivery_options delivery;
  CLI::App* app = nullptr;

  void add_to(CLI::App& tool) {
    app = tool.add_subcommand("replay", "Decode again what an archive holds, or deliver it again");
    app->footer(
        "Prints the lines whose verdict would be another now, and how many there are of each "
        "kind.\n"
        "Exit code: 0 nothing differs and all is delivered, 1 something does or is not, 2 a wrong\n"
        "option or what cannot be read or written.\n"
        "Example: signhook replay events --to http://127.0.0.1:8080/ --secret-header X-Secret\n"
        "           --secret-file secret");
    app->add_option("ARCHIVE", request.archive, "What listen --archive wrote")->required();
    app->add_option("--to", delivery.url, "Deliver its events there, as send does");
    delivery.add_to(*app);
    app->add_flag("--json", request.json, "Print JSON");
  }

  [[nodiscard]] exit_code run() {
    request.deliver = !delivery.url.empty();
    if (request.deliver) delivery.finish(request.json);
    request.with = delivery.request;
    return replay(request);
  }
};

}  // namespace

command add_replay(CLI::App& tool) { return make_command<replay_options>(tool); }
