// SPDX-License-Identifier: BSL-1.0
#include "commands/commands.hpp"
#include "inbox/inbox_call.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace {

struct inbox_options {
  inbox_call_request request;
  std::string inbox;
  std::uint64_t older_than = static_cast<std::uint64_t>(request.older_than.count());
  CLI::App* app = nullptr;
  std::array<std::pair<CLI::App*, inbox_call>, 8> calls{};

  void add_to(CLI::App& tool) {
    app = tool.add_subcommand("inbox", "Show and repair what listeners have stored for workers");
    app->require_subcommand(1);
    app->footer(
        "Shows the inbox of listen --inbox, while listeners and workers use it.\n"
        "Exit code: 0 on success, 1 if there is no such event, 2 after an invalid option or an "
        "error.\n"
        "Example: signhook inbox status --inbox postgresql:///signs");
    calls = {{
        {app->add_subcommand("status", "Print how many events wait, and for how long"),
         inbox_call::status},
        {app->add_subcommand("list", "Print the events that wait, first the one due first"),
         inbox_call::list},
        {app->add_subcommand("dead", "Print the dead letters, first the oldest"), inbox_call::dead},
        {app->add_subcommand("quarantine", "Print the requests that are no events"),
         inbox_call::quarantine},
        {app->add_subcommand("show", "Print events and what became of them"), inbox_call::show},
        {app->add_subcommand("requeue", "Make dead letters due again, with all attempts"),
         inbox_call::requeue},
        {app->add_subcommand("prune", "Forget the ids of handled events that are old"),
         inbox_call::prune},
        {app->add_subcommand("migrate", "Create the tables, or bring them to this version"),
         inbox_call::migrate},
    }};
    for (const auto& [call, which] : calls) add_call(*call, which);
  }

  [[nodiscard]] exit_code run() {
    for (const auto& [call, which] : calls) {
      if (*call) request.call = which;
    }
    request.address = inbox_address::parse(inbox);
    request.older_than = std::chrono::seconds(older_than);
    return call_inbox(request);
  }

 private:
  void add_call(CLI::App& call, inbox_call which) {
    const bool has_ids = which == inbox_call::show || which == inbox_call::requeue;
    const bool is_list =
        which == inbox_call::list || which == inbox_call::dead || which == inbox_call::quarantine;
    call.footer(
        "Exit code: 0 on success, 1 if there is no such event, 2 after an invalid option or an "
        "error.\n"
        "Example: signhook inbox " +
        call.get_name() + " --inbox postgresql:///signs" +
        (has_ids ? " b041a287-bc92-4469-801e-ae1a39c08f6e" : ""));
    call.add_option("--inbox", inbox, "Use this inbox: sqlite:FILE or postgresql://...")
        ->type_name("INBOX")
        ->required();
    if (has_ids) {
      call.add_option("ID", request.ids, "Select the event of this id; may be repeated")
          ->required();
    }
    if (is_list) {
      call.add_option("--limit", request.at_most, "Print at most this many")
          ->capture_default_str()
          ->check(CLI::Range(1, 1000000));
    }
    if (which == inbox_call::prune) {
      call.add_option("--older-than", older_than,
                      "Forget ids that are older than this many seconds; with a unit: 12h, 7d. An "
                      "event that comes again afterwards is a new one")
          ->transform(CLI::AsNumberWithUnit(std::map<std::string, std::uint64_t>{
              {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}, {"w", 604800}}))
          ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{1} << 31U))
          ->type_name("TIME")
          ->capture_default_str();
    }
    if (which != inbox_call::migrate) call.add_flag("--json", request.json, "Print JSON");
  }
};

}  // namespace

command add_inbox(CLI::App& tool) { return make_command<inbox_options>(tool); }
