// SPDX-License-Identifier: BSL-1.0
#include "commands/client_options.hpp"
#include "commands/cloud_event_options.hpp"
#include "commands/commands.hpp"
#include "commands/secret_options.hpp"
#include "inbox/inbox_address.hpp"
#include "listen/listener.hpp"
#include <signhook/inbox/memory.hpp>
#include <signhook/receiver/result.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

// As numbers, because the help shows the values: an enumerator of one byte would be a control character.
const std::map<std::string, int> durabilities{{"group", static_cast<int>(durability::group)},
                                              {"each", static_cast<int>(durability::each)},
                                              {"none", static_cast<int>(durability::none)}};
const std::map<std::string, int> policies{{"always_acknowledge", 0}, {"http_semantics", 1}};

signhook::answer_policy policy_of(int choice) {
  return choice == 0 ? signhook::always_acknowledge : signhook::http_semantics;
}

struct listen_options {
  listen_request request;
  secret_options secret;
  secret_options forward_secret;
  client_options forward_client;
  cloud_event_options cloud_events;
  std::vector<const CLI::Option*> options_of_url;  // for an address only
  int policy = 0;
  int sync = 0;
  int inspect_port = 8081;
  const CLI::Option* inspect = nullptr;
  std::uint64_t archive_age = 0;
  unsigned idle = 5;
  unsigned header_time = 10;
  unsigned time = 10;
  unsigned grace = 20;
  unsigned drain = 0;
  unsigned store_time = 5;
  std::string inbox_text;
  CLI::App* app = nullptr;

  void add_to(CLI::App& tool) {
    app = tool.add_subcommand("listen", "Receive webhooks over HTTP and print their events");
    app->footer(
        "Answers a request after it and its verdict are in the archive on the disk, or with 503 "
        "if\n"
        "they cannot be written, so that CM.com sends it again. A line of the archive is a JSON "
        "object\n"
        "with the time, the headers without secrets, the body and the verdict. Recognizes the "
        "events\n"
        "of the archive as duplicates after a restart. With --inbox it answers after a request is\n"
        "committed in a database, which listeners on other machines share.\n"
        "GET /readyz tells whether requests can be kept, and GET /healthz whether a restart would "
        "help.\n"
        "SIGHUP reads the secret files again, and opens the archive again. SIGTERM and SIGINT "
        "stop it\n"
        "after the requests in flight are answered.\n"
        "Exit code: 0 after SIGTERM or SIGINT, 2 after an invalid option or an error.\n"
        "Example: openssl rand -base64 24 > secret\n"
        "         signhook listen --secret-header X-Secret --secret-file secret --archive events");
    app->add_option("--host", request.host, "Listen on this address")->capture_default_str();
    app->add_option("--port", request.port, "Listen on this port; 0 is any free one")
        ->capture_default_str()
        ->check(CLI::Range(0, 65535));
    auto* const certificate = app->add_option("--cert", request.certificate,
                                              "Use the certificate chain in this PEM file");
    auto* const key = app->add_option("--key", request.key, "Use the private key in this PEM file");
    certificate->needs(key);
    key->needs(certificate);
    app->add_flag("--plain-http", request.plain,
                  "Allow HTTP without TLS on an address that other machines can reach")
        ->excludes(certificate);
    secret.add_to(*app, true);
    auto* const inbox =
        app->add_option("--inbox", inbox_text,
                        "Store requests in this inbox in place of an archive: sqlite:FILE or "
                        "postgresql://..., shared by any number of listeners and workers")
            ->type_name("INBOX");
    app->add_option(
           "--store-time", store_time,
           "Answer 503 to a request that the inbox has not stored within this many seconds")
        ->capture_default_str()
        ->check(CLI::Range(1, 3600))
        ->needs(inbox);
    auto* const archive = app->add_option("--archive", request.with.archive,
                                          "Append requests and verdicts to this file");
    app->add_option("--sync", sync,
                    "Wait until a line is on the disk, written with others that wait (group) or "
                    "alone (each), "
                    "or only until the system has it (none)")
        ->transform(CLI::CheckedTransformer(durabilities))
        ->needs(archive);
    add_rotation(archive);
    app->add_option("--policy", policy, "Choose the answers to bodies that are not events")
        ->transform(CLI::CheckedTransformer(policies));
    auto* const remember =
        app->add_option("--remember", request.with.remembered,
                        "Recognize duplicates of this many events; 48 bytes each")
            ->capture_default_str()
            ->check(CLI::Range(1U, signhook::memory_inbox_options::max_capacity));
    add_forwarding();
    // An inbox knows its events, and workers take them from there.
    inbox->excludes(archive)->excludes(remember)->excludes(app->get_option("--forward"));
    app->add_flag("--metrics", request.metrics, "Answer GET /metrics for Prometheus");
    inspect = app->add_option("--inspect", inspect_port,
                              "Show deliveries on a page on this port of 127.0.0.1; its address, "
                              "which has a token, is printed")
                  ->expected(0, 1)
                  ->capture_default_str()
                  ->check(CLI::Range(0, 65535));
    app->add_option("--connections", request.limits.connections,
                    "Serve at most this many connections at the same time")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000000));
    app->add_option("--max-requests", request.limits.requests,
                    "Close a connection after this many requests")
        ->capture_default_str()
        ->check(CLI::Range(1, 1 << 30));
    app->add_option("--max-memory", request.limits.memory_bytes,
                    "Answer 503 while the requests that arrive hold more bytes together")
        ->capture_default_str()
        ->check(CLI::Range(1 << 20, 1 << 30));
    app->add_option("--max-header", request.limits.header_bytes,
                    "Reject requests with more bytes of headers")
        ->capture_default_str()
        ->check(CLI::Range(1024, 1 << 20));
    app->add_option("--max-body", request.limits.body_bytes, "Reject bodies with more bytes")
        ->capture_default_str()
        ->check(CLI::Range(1024, 1 << 26));
    app->add_option("--idle-time", idle,
                    "Close a connection after this many seconds without a request")
        ->capture_default_str()
        ->check(CLI::Range(1, 3600));
    app->add_option("--header-time", header_time,
                    "Answer 408 to a request whose headers take more seconds to arrive")
        ->capture_default_str()
        ->check(CLI::Range(1, 3600));
    app->add_option("--request-time", time,
                    "Answer 408 to a request that takes more seconds to arrive")
        ->capture_default_str()
        ->check(CLI::Range(1, 3600));
    app->add_option("--grace-time", grace,
                    "After SIGTERM, wait this many seconds for the requests in flight")
        ->capture_default_str()
        ->check(CLI::Range(1, 3600));
    app->add_option("--drain-time", drain,
                    "After SIGTERM, answer GET /readyz with 503 and serve on for this many seconds")
        ->capture_default_str()
        ->check(CLI::Range(0, 3600));
    auto* const json = app->add_flag("--json", request.json, "Print JSON, one line per request");
    app->add_flag("--quiet", request.quiet, "Do not print requests")->excludes(json);
  }

  void add_forwarding() {
    auto* const forward = app->add_option(
        "--forward", request.forward.to,
        "Pipe each new event to this shell command as a line of JSON, or post its body to this "
        "http or https address, with retries; what was not taken when listen is killed is in the "
        "archive");
    const std::vector<CLI::Option*> before = app->get_options();
    forward_secret.variable = "SIGNHOOK_FORWARD_SECRET";
    forward_secret.add_to(*app, false, "forward-");
    forward_client.add_to(*app, "forward-");
    cloud_events.add_to(*app, "forward-");
    for (CLI::Option* const option : app->get_options()) {
      if (std::find(before.begin(), before.end(), option) != before.end()) continue;
      option->needs(forward);
      options_of_url.push_back(option);
    }
  }

  void finish_forwarding() {
    if (request.forward.is_url()) {
      forward_client.finish();
      request.forward.client = forward_client.request;
      request.forward.headers = forward_secret.headers();
      request.forward.form = cloud_events.form();
      request.forward.source = cloud_events.source;
      return;
    }
    for (const CLI::Option* const option : options_of_url) {
      if (option->empty()) continue;
      throw std::runtime_error(option->get_name() +
                               " requires an http or https address in --forward");
    }
  }

  void add_rotation(CLI::Option* archive) {
    rotation& rotate = request.with.rotate;
    auto* const size =
        app->add_option(
               "--archive-size", rotate.max_bytes,
               "Before the archive has more bytes, add the time to its name and begin a new "
               "file; with a unit: 100M, 2G")
            ->transform(CLI::AsSizeValue(false))
            ->check(CLI::Range(std::uint64_t{1024}, std::uint64_t{1} << 60U))
            ->type_name("SIZE")
            ->needs(archive);
    auto* const age =
        app->add_option("--archive-age", archive_age,
                        "Do so also once its first line is this many seconds old; with a unit: "
                        "12h, 7d")
            ->transform(CLI::AsNumberWithUnit(std::map<std::string, std::uint64_t>{
                {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}, {"w", 604800}}))
            ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 31U))
            ->type_name("TIME")
            ->needs(archive);
    app->add_option("--archive-keep", rotate.keep,
                    "Remove the oldest of more renamed files than this, unless a restart needs "
                    "them to recognize duplicates")
        ->check(CLI::Range(1, 1000000))
        ->needs(archive)
        ->check([size, age](const std::string&) {
          return size->empty() && age->empty() ? "requires --archive-size or --archive-age"
                                               : std::string();
        });
  }

  [[nodiscard]] exit_code run() {
    request.with.keep = static_cast<durability>(sync);
    request.with.rotate.max_age = std::chrono::seconds(archive_age);
    request.with.secret_header = secret.header;
    request.with.secrets = secret.secrets();
    request.with.policy = policy_of(policy);
    request.limits.idle = std::chrono::seconds(idle);
    request.limits.header = std::chrono::seconds(header_time);
    request.limits.request = std::chrono::seconds(time);
    request.limits.grace = std::chrono::seconds(grace);
    request.drain = std::chrono::seconds(drain);
    request.read_secrets = [this] { return secret.secrets(); };
    if (!inbox_text.empty()) {
      request.inbox.emplace();
      request.inbox->address = inbox_address::parse(inbox_text);
      // After SIGTERM all are answered within the grace time, too.
      request.inbox->answer_time = std::min<std::chrono::milliseconds>(
          std::chrono::seconds(store_time), std::chrono::milliseconds(750) * grace);
    }
    if (!inspect->empty()) request.inspect = inspect_port;
    finish_forwarding();
    return listen(request);
  }
};

}  // namespace

command add_listen(CLI::App& tool) { return make_command<listen_options>(tool); }
