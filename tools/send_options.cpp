// SPDX-License-Identifier: BSL-1.0
#include "delivery_options.hpp"
#include "http_commands.hpp"
#include "send_command.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace {

struct send_options {
  delivery_options delivery;
  bool all_types = false;
  bool json = false;
  CLI::App* app = nullptr;

  void add_to(CLI::App& tool) {
    app = tool.add_subcommand("send", "Deliver events as the service does, retries included");
    app->footer(
        "What is answered with 5xx comes again, up to four times, and is dropped then. When is "
        "not\n"
        "stated: --first-delay and --factor are an assumption, --time-scale makes days seconds.\n"
        "Prints what became of the deliveries, and whether the service would disable the webhook.\n"
        "Exit code: 0 all delivered, 1 some not, 2 a wrong option or what cannot be read or "
        "written.\n"
        "Example: signhook send http://127.0.0.1:8080/ --secret-header X-Secret --secret-file "
        "secret\n"
        "           --count 1000 --duplicate 0.1 --shuffle --time-scale 3600");
    send_request& request = delivery.request;
    app->add_option("URL", delivery.url, "Where to")->required();
    auto* const type =
        app->add_option("--type", request.types, "Samples of this type; may be repeated")
            ->check(CLI::IsMember(known_types()));
    auto* const all =
        app->add_flag("--all", all_types, "Samples of all types in turn, which is the default")
            ->excludes(type);
    auto* const count =
        app->add_option("--count", request.count, "So many; one of each type if not observation")
            ->check(CLI::Range(1, 100'000'000));
    auto* const unknown = app->add_option("--unknown", request.unknown,
                                          "The part of them, 0 to 1, that is of an unknown type")
                              ->check(CLI::Range(0.0, 1.0));
    app->add_option("--file", request.file, "Bodies from a file, a line each; - is standard input")
        ->excludes(type)
        ->excludes(all)
        ->excludes(count)
        ->excludes(unknown);
    app->add_option("--duplicate", request.duplicate, "The part, 0 to 1, that is sent twice")
        ->check(CLI::Range(0.0, 1.0));
    app->add_option("--corrupt", request.corrupt, "The part, 0 to 1, that is no JSON any more")
        ->check(CLI::Range(0.0, 1.0));
    app->add_flag("--shuffle", request.shuffle, "In any order");
    app->add_option("--seed", request.seed, "Makes the same ids and choices again");
    delivery.add_to(*app);
    app->add_flag("--json", json, "Print JSON");
  }

  [[nodiscard]] exit_code run() {
    delivery.finish(json);
    return send(delivery.request);
  }
};

}  // namespace

command add_send(CLI::App& tool) { return make_command<send_options>(tool); }
