// SPDX-License-Identifier: BSL-1.0
#include "http_commands.hpp"
#include "listen_command.hpp"
#include "secret_options.hpp"
#include <signhook/inbox/memory.hpp>
#include <signhook/receive_result.hpp>

#include <CLI/CLI.hpp>

#include <chrono>
#include <map>
#include <string>

namespace {

const std::map<std::string, int> policies{{"always_acknowledge", 0}, {"http_semantics", 1}};

signhook::answer_policy policy_of(int choice) {
  return choice == 0 ? signhook::always_acknowledge : signhook::http_semantics;
}

struct listen_options {
  listen_request request;
  secret_options secret;
  int policy = 0;
  unsigned idle = 5;
  unsigned time = 10;
  CLI::App* app = nullptr;

  void add_to(CLI::App& tool) {
    app = tool.add_subcommand("listen", "Receive webhooks over HTTP, and print each event");
    app->footer(
        "A request is answered once what it brought is in the archive and on the disk; where that\n"
        "cannot be, with 503, so that it comes again. A line of the archive is a JSON object: when "
        "it\n"
        "was received, its headers without secrets, its body, and the verdict. Events in it are "
        "known\n"
        "again after a restart. GET /healthz tells whether the archive takes lines.\n"
        "SIGTERM and SIGINT end it, once what has begun is answered. Exit code: 0 after these,\n"
        "2 a wrong option, or what cannot be listened on, read or written.\n"
        "Example: openssl rand -base64 24 > secret\n"
        "         signhook listen --secret-header X-Secret --secret-file secret --archive events");
    app->add_option("--host", request.host, "The address to listen on")->capture_default_str();
    app->add_option("--port", request.port, "The port; 0 is any that is free")
        ->capture_default_str()
        ->check(CLI::Range(0, 65535));
    auto* const certificate = app->add_option(
        "--cert", request.certificate, "A file with the certificate and those above it, as PEM");
    auto* const key = app->add_option("--key", request.key, "A file with its key, as PEM");
    certificate->needs(key);
    key->needs(certificate);
    app->add_flag("--plain-http", request.plain,
                  "Listen without TLS also where other machines can reach it")
        ->excludes(certificate);
    secret.add_to(*app, true);
    auto* const archive = app->add_option("--archive", request.with.archive,
                                          "The file to keep what is received in, line by line");
    app->add_option("--sync", request.with.keep,
                    "When a line is kept: on the disk with those that wait beside it, on the disk "
                    "alone, or with the system, whose crash loses it")
        ->transform(CLI::CheckedTransformer(std::map<std::string, durability>{
            {"group", durability::group}, {"each", durability::each}, {"none", durability::none}}))
        ->needs(archive);
    app->add_option("--policy", policy, "What is answered to what is no event")
        ->transform(CLI::CheckedTransformer(policies));
    app->add_option("--remember", request.with.remembered,
                    "How many events to know again; 48 bytes each")
        ->capture_default_str()
        ->check(CLI::Range(1U, signhook::memory_inbox_options::max_capacity));
    app->add_option("--forward", request.forward,
                    "A command of the shell, to whose input each new event goes as a line of JSON; "
                    "who kills listen finds what did not get there in the archive");
    app->add_flag("--metrics", request.metrics, "Answer GET /metrics, for Prometheus");
    app->add_option("--connections", request.limits.connections, "So many at the same time")
        ->capture_default_str()
        ->check(CLI::Range(1, 512));
    app->add_option("--max-header", request.limits.header_bytes, "The most bytes of headers")
        ->capture_default_str()
        ->check(CLI::Range(1024, 1 << 20));
    app->add_option("--max-body", request.limits.body_bytes,
                    "The most bytes of a body that is read")
        ->capture_default_str()
        ->check(CLI::Range(1024, 1 << 26));
    app->add_option("--idle-time", idle, "Seconds for a connection without a request")
        ->capture_default_str()
        ->check(CLI::Range(1, 3600));
    app->add_option("--request-time", time, "Seconds for a request to arrive")
        ->capture_default_str()
        ->check(CLI::Range(1, 3600));
    auto* const json = app->add_flag("--json", request.json, "Print JSON, a line for each request");
    app->add_flag("--quiet", request.quiet, "Print nothing of requests")->excludes(json);
  }

  [[nodiscard]] exit_code run() {
    request.with.secret_header = secret.header;
    request.with.secrets = secret.secrets();
    request.with.policy = policy_of(policy);
    request.limits.idle = std::chrono::seconds(idle);
    request.limits.request = std::chrono::seconds(time);
    return listen(request);
  }
};

}  // namespace

command add_listen(CLI::App& tool) { return make_command<listen_options>(tool); }
