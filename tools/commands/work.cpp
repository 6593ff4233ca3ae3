// SPDX-License-Identifier: BSL-1.0
#include "commands/bus_options.hpp"
#include "commands/client_options.hpp"
#include "commands/cloud_event_options.hpp"
#include "commands/commands.hpp"
#include "commands/option_types.hpp"
#include "commands/secret_options.hpp"
#include "inbox/inbox_address.hpp"
#include "system/secret_file.hpp"
#include "work/worker.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

std::chrono::milliseconds milliseconds_of(double seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

struct work_options {
  work_request request;
  std::string inbox;
  secret_options secret;
  std::vector<std::string> signing_files;
  client_options client;
  cloud_event_options cloud_events;
  bus_options bus;
  double lease = 60;
  double first_delay = 1;
  double max_delay = 3600;
  unsigned grace = 20;
  int metrics_port = 0;
  const CLI::Option* metrics = nullptr;
  const CLI::Option* order = nullptr;
  CLI::App* app = nullptr;

  void add_to(CLI::App& tool) {
    app = tool.add_subcommand("work", "Deliver the events of an inbox to an application");
    app->footer(
        "Takes events that 'listen --inbox' has stored, and posts each to an address or runs a "
        "command\n"
        "for it, until that is answered 2xx or ends with 0. Any number of workers on any number "
        "of\n"
        "machines work on one inbox. An event is delivered at least once: again, with the same id, "
        "where\n"
        "a worker is killed, or an answer is lost, after the application has acted on it. The "
        "header\n"
        "webhook-id is the key by which the application recognizes it; a command has it in\n"
        "$SIGNHOOK_EVENT_ID, and the body on its standard input. RabbitMQ and Kafka get "
        "CloudEvents\n"
        "whose id it is, and an event is delivered once the broker has confirmed it. An attempt "
        "that fails comes again\n"
        "after a delay that doubles; Retry-After is respected. After --max-attempts, or an answer "
        "that\n"
        "rejects the body (400, 413, 415, 422, or exit code 65 of a command), the event is a dead\n"
        "letter. No order is kept, but with --order dossier an event waits until those of its "
        "dossier that\n"
        "were stored before it are delivered or dead letters. SIGTERM and SIGINT stop it after "
        "the\n"
        "deliveries in flight have ended.\n"
        "Exit code: 0 after SIGTERM or SIGINT, 2 after an invalid option or an error.\n"
        "Example: signhook work --inbox sqlite:events.db --to http://127.0.0.1:3000/events");
    app->add_option("--inbox", inbox,
                    "Work on this inbox: sqlite:FILE, or postgresql://... as libpq takes it")
        ->required();
    auto* const to = app->add_option("--to", request.to.url,
                                     "Post events to this http or https address, one per request; "
                                     "or publish them to RabbitMQ, "
                                     "amqp[s]://HOST[/VHOST]?exchange=NAME, "
                                     "or to Kafka, kafka://HOST:PORT[,HOST:PORT...]/TOPIC")
                         ->type_name("URL");
    auto* const exec =
        app->add_option("--exec", request.to.command, "Run this shell command for each event")
            ->excludes(to);
    app->callback([to, exec] {
      if (to->empty() && exec->empty()) throw CLI::RequiredError("--to or --exec");
    });
    app->add_option("--concurrency", request.concurrency,
                    "Have at most this many deliveries at the same time")
        ->capture_default_str()
        ->check(CLI::Range(1, 256));
    order = app->add_option("--order",
                            "Deliver the events of one dossier one after the other, in "
                            "the order in which they were stored; give it to all workers")
                ->type_name("dossier")
                ->check(CLI::IsMember({"dossier"}));
    add_schedule();
    add_requests(to);
    bus.add_to(*app, to);
    client.add_to(*app);
    app->add_option("--grace-time", grace,
                    "After SIGTERM, wait this many seconds for the deliveries in flight")
        ->capture_default_str()
        ->check(CLI::Range(1, 3600));
    metrics = app->add_option("--metrics", metrics_port,
                              "Answer GET /metrics for Prometheus, and GET /healthz, on this port; "
                              "0 is any free one")
                  ->check(CLI::Range(0, 65535));
    app->add_option("--metrics-host", request.metrics_host, "Do so on this address")
        ->capture_default_str();
    auto* const json = app->add_flag("--json", request.json, "Print JSON, one line per attempt");
    app->add_flag("--quiet", request.quiet, "Do not print attempts")->excludes(json);
  }

  void add_schedule() {
    signhook::queue_options& queue = request.settings.queue;
    queue.max_attempts = 30;
    app->add_option("--max-attempts", queue.max_attempts,
                    "Keep an event as a dead letter after this many attempts")
        ->capture_default_str()
        ->check(CLI::Range(1, 1'000'000));
    app->add_option("--first-delay", first_delay,
                    "Wait this many seconds, or up to a fifth less, before the second attempt")
        ->capture_default_str()
        ->check(number_between(0.001, 86400));
    app->add_option("--max-delay", max_delay, "Wait at most this many seconds between attempts")
        ->capture_default_str()
        ->check(number_between(0.001, 86400 * 7));
    app->add_option("--lease", lease,
                    "Let another worker have an event that this one took and did not end within "
                    "this many seconds, as one that was killed; longer than --timeout")
        ->capture_default_str()
        ->check(number_between(0.1, 86400));
  }

  void add_requests(CLI::Option* to) {
    const std::vector<CLI::Option*> before = app->get_options();
    secret.variable = "SIGNHOOK_FORWARD_SECRET";
    secret.add_to(*app, false);
    one_value_each(
        app->add_option("--signing-secret-file", signing_files,
                        "Sign requests as Standard Webhooks has it with the secret in this file, "
                        "whsec_...; with each, if it is repeated (default: "
                        "$SIGNHOOK_SIGNING_SECRET)"))
        ->type_name("PATH");
    cloud_events.add_to(*app);
    for (CLI::Option* const option : app->get_options()) {
      if (std::find(before.begin(), before.end(), option) == before.end()) option->needs(to);
    }
  }

  [[nodiscard]] std::vector<std::string> signing_secrets() const {
    std::vector<std::string> all;
    for (const std::string& path : signing_files) all.push_back(read_secret_file(path));
    if (!all.empty()) return all;
    const std::string one = secret_from_environment("SIGNHOOK_SIGNING_SECRET");
    if (!one.empty()) all.push_back(one);
    return all;
  }

  [[nodiscard]] exit_code run() {
    client.finish();
    request.inbox = inbox_address::parse(inbox);
    signhook::queue_options& queue = request.settings.queue;
    queue.lease = milliseconds_of(lease);
    queue.first_delay = milliseconds_of(std::min(first_delay, max_delay));
    queue.max_delay = milliseconds_of(max_delay);
    if (queue.lease <= client.request.timeout) {
      throw std::runtime_error("--lease must be longer than --timeout");
    }
    request.to.client = client.request;
    request.to.form = cloud_events.form();
    request.to.source = cloud_events.source;
    bus.finish(request.to);
    request.to.headers = secret.headers();
    request.to.signing_secrets = signing_secrets();
    request.grace = std::chrono::seconds(grace);
    if (!order->empty()) queue.order = signhook::queue_order::dossier;
    if (!metrics->empty()) request.metrics_port = metrics_port;
    return work(request);
  }
};

}  // namespace

command add_work(CLI::App& tool) { return make_command<work_options>(tool); }
