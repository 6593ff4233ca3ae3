// SPDX-License-Identifier: BSL-1.0
#include "send/send.hpp"

#include "commands/commands.hpp"
#include "commands/delivery_options.hpp"
#include "commands/option_types.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace {

struct send_options {
  delivery_options delivery;
  bool all_types = false;
  bool json = false;
  CLI::App* app = nullptr;

  void add_to(CLI::App& tool) {
    app = tool.add_subcommand("send", "Deliver events as CM.com does, with retries");
    app->footer(
        "Retries a delivery that is answered 5xx up to four times, then drops it. CM.com does not\n"
        "document when: --first-delay and --factor are assumptions, and --time-scale speeds them "
        "up.\n"
        "Prints the outcome, and whether CM.com would disable the webhook.\n"
        "Exit code: 0 if everything was delivered, 1 if not, 2 after an invalid option or an error "
        "of\n"
        "input or output.\n"
        "Example: signhook send http://127.0.0.1:8080/ --secret-header X-Secret --secret-file "
        "secret\n"
        "           --count 1000 --duplicate 0.1 --shuffle --time-scale 3600");
    send_request& request = delivery.request;
    app->add_option("URL", delivery.url, "Deliver to this address")->required();
    auto* const type = one_value_each(app->add_option("--type", request.types,
                                                      "Send samples of this type; may be repeated"))
                           ->check(CLI::IsMember(known_types()));
    auto* const all =
        app->add_flag("--all", all_types, "Send samples of all types in turn (default)")
            ->excludes(type);
    auto* const count = app->add_option("--count", request.count,
                                        "Send this many samples (default: one of each type)")
                            ->check(CLI::Range(1, 100'000'000));
    auto* const unknown =
        app->add_option("--unknown", request.unknown,
                        "Give this fraction of the samples an unknown type, 0 to 1")
            ->check(number_between(0, 1));
    app->add_option("--file", request.file,
                    "Send the bodies of a file, one per line; - is standard input")
        ->type_name("PATH")
        ->excludes(type)
        ->excludes(all)
        ->excludes(count)
        ->excludes(unknown);
    app->add_option("--duplicate", request.duplicate,
                    "Send this fraction of the bodies twice, 0 to 1")
        ->check(number_between(0, 1));
    app->add_option("--corrupt", request.corrupt,
                    "Break the JSON of this fraction of the bodies, 0 to 1")
        ->check(number_between(0, 1));
    app->add_flag("--shuffle", request.shuffle, "Send in random order");
    app->add_option("--seed", request.seed, "Seed the random numbers, to send the same again");
    delivery.add_to(*app);
    app->add_flag("--json", json, "Print the report as JSON");
  }

  [[nodiscard]] exit_code run() {
    delivery.finish(json);
    return send(delivery.request);
  }
};

}  // namespace

command add_send(CLI::App& tool) { return make_command<send_options>(tool); }
