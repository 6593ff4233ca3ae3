// SPDX-License-Identifier: BSL-1.0
#include "replay/replay.hpp"

#include "commands/commands.hpp"
#include "commands/delivery_options.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace {

struct replay_options {
  replay_request request;
  delivery_options delivery;
  CLI::App* app = nullptr;

  void add_to(CLI::App& tool) {
    app = tool.add_subcommand("replay",
                              "Decode the requests of an archive again, or deliver its events");
    app->footer(
        "Prints the lines whose verdict would differ today, those whose event was accepted on an\n"
        "earlier line within the time in which CM.com may deliver it again, and the counts.\n"
        "Exit code: 0 if nothing differs, is damaged or doubled and everything was delivered, 1 if "
        "not,\n"
        "2 after an invalid option or an error of input or output.\n"
        "Example: signhook replay events --to http://127.0.0.1:8080/ --secret-header X-Secret\n"
        "           --secret-file secret");
    app->add_option("ARCHIVE", request.archives,
                    "Read these files, written by listen --archive; the oldest first")
        ->type_name("PATH")
        ->required();
    auto* const to = app->add_option("--to", delivery.url,
                                     "Deliver its events to this address, as send does; one that "
                                     "is on two lines only once")
                         ->type_name("URL");
    const std::vector<CLI::Option*> before = app->get_options();
    delivery.add_to(*app);
    for (CLI::Option* const option : app->get_options()) {
      if (std::find(before.begin(), before.end(), option) == before.end()) option->needs(to);
    }
    app->add_flag("--json", request.json, "Print the report as JSON");
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
