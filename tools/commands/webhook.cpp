// SPDX-License-Identifier: BSL-1.0
#include "commands/client_options.hpp"
#include "commands/commands.hpp"
#include "commands/option_types.hpp"
#include "commands/secret_options.hpp"
#include "subscription/subscription_call.hpp"
#include "system/secret_file.hpp"
#include <signhook/subscription/encode.hpp>

#include <CLI/CLI.hpp>

#include <array>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

struct subscription_options {
  webhook_call_request request;
  secret_options secret;
  client_options client;
  std::vector<std::string> headers;
  std::string token_file;
  CLI::App* app = nullptr;
  std::array<std::pair<CLI::App*, webhook_call>, 6> calls{};

  void add_to(CLI::App& tool) {
    app = tool.add_subcommand("webhook", "Create, list, show, update, enable and delete webhooks");
    app->require_subcommand(1);
    app->footer(
        "Calls the subscription API of CM.com, and compares the webhooks that it answers with "
        "what\n"
        "receivers need.\n"
        "Exit code: 0 on success, 1 if CM.com rejected the request, 2 after an invalid option, no "
        "answer\nor an unexpected one.\n"
        "Example: signhook webhook list --kid my-key-id --token-file token");
    calls = {
        {{app->add_subcommand("create", "Subscribe an address to events"), webhook_call::create},
         {app->add_subcommand("list", "Print all webhooks, each with an audit"),
          webhook_call::list},
         {app->add_subcommand("show", "Print a webhook with an audit"), webhook_call::show},
         {app->add_subcommand("update", "Replace the settings of a webhook"), webhook_call::update},
         {app->add_subcommand("enable", "Enable a disabled webhook"), webhook_call::enable},
         {app->add_subcommand("delete", "Delete a webhook"), webhook_call::remove}}};
    for (const auto& [call, which] : calls) add_call(*call, which);
  }

  [[nodiscard]] exit_code run() {
    for (const auto& [call, which] : calls) {
      if (*call) request.call = which;
    }
    for (const auto& header : headers) request.headers.push_back(header_of(header));
    for (auto& header : secret.headers()) request.headers.push_back(std::move(header));
    if (!request.dry_run) {
      request.token = token_file.empty() ? secret_from_environment("SIGNHOOK_TOKEN")
                                         : read_secret_file(token_file);
      if (request.token.empty()) {
        throw std::runtime_error("expected a token by --token-file or $SIGNHOOK_TOKEN");
      }
    }
    client.finish();
    request.client = client.request;
    return call_webhooks(request);
  }

 private:
  void add_call(CLI::App& call, webhook_call which) {
    const bool has_id = which != webhook_call::create && which != webhook_call::list;
    const bool has_content = which == webhook_call::create || which == webhook_call::update;
    call.footer(
        "Exit code: 0 on success, 1 if CM.com rejected the request, 2 after an invalid option, no "
        "answer\nor an unexpected one.\n"
        "Example: signhook webhook " +
        call.get_name() + " --kid my-key-id --token-file token" +
        (has_id ? " 77e79832-1708-4a49-9528-3536ba4057d7" : "") +
        (has_content ? "\n           --url https://example.com/hook --event dossier.prepared\n"
                       "           --secret-header X-Secret --secret-file secret"
                     : ""));
    call.add_option("--kid", request.client_id, "Set the client Key ID")->required();
    call.add_option("--token-file", token_file,
                    "Read the API token from this file (default: $SIGNHOOK_TOKEN)")
        ->type_name("PATH");
    call.add_option("--base", request.base, "Set the base address of the API")
        ->default_val(std::string(signhook::production_base));
    client.add_to(call);
    call.add_flag("--dry-run", request.dry_run,
                  "Print the request without secrets, and do not send it");
    if (has_id) call.add_option("ID", request.id, "Select the webhook of this id")->required();
    if (has_content) {
      call.add_option("--url", request.url, "Deliver events to this address")->required();
      one_value_each(
          call.add_option(
              "--event", request.events,
              "Subscribe to this event type; may be repeated (default: CM.com's choice)"))
          ->check(CLI::IsMember(known_types()));
      one_value_each(call.add_option("--header", headers,
                                     "Have CM.com send the header NAME:VALUE with each delivery; "
                                     "may be repeated; not for secrets"))
          ->type_name("HEADER");
      secret.add_to(call, false);
    }
    if (which != webhook_call::remove) {
      one_value_each(
          call.add_option("--handled", request.handled,
                          "Audit for this handled event type; may be repeated (default: all)"))
          ->check(CLI::IsMember(known_types()));
      call.add_flag("--json", request.json, "Print JSON");
    }
  }
};

}  // namespace

command add_webhook(CLI::App& tool) { return make_command<subscription_options>(tool); }
