// SPDX-License-Identifier: BSL-1.0
#include "commands/commands.hpp"
#include "system/output.hpp"
#include <signhook/detail/http/field_name.hpp>
#include <signhook/schema.hpp>
#include <signhook/schema/asyncapi.hpp>
#include <signhook/schema/json_schema.hpp>
#include <signhook/schema/openapi.hpp>
#include <signhook/subscription/json_schema.hpp>

#include <CLI/CLI.hpp>

#include <array>
#include <iterator>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace {

using out_iterator = std::back_insert_iterator<std::string>;

// The types of the subscription API that have a schema.
struct resource {
  std::string_view name;
  out_iterator (*write)(out_iterator, signhook::schema_form);
};
constexpr std::array<resource, 3> resources = {{
    {"subscription", signhook::write_json_schema<signhook::subscription, out_iterator>},
    {"subscription_request",
     signhook::write_json_schema<signhook::subscription_request, out_iterator>},
    {"api_error", signhook::write_json_schema<signhook::api_error, out_iterator>},
}};

std::string schema_of(std::string_view type, signhook::schema_form form) {
  std::string text;
  if (type.empty()) signhook::write_json_schema(std::back_inserter(text), form);
  for (const resource& one : resources) {
    if (type == one.name) one.write(std::back_inserter(text), form);
  }
  const auto write = [&]<class Event>(const Event&) {
    if constexpr (signhook::known_event<Event>) {
      signhook::write_json_schema<Event>(std::back_inserter(text), form);
    }
  };
  for (const signhook::event& sample : signhook::samples) {
    if (type == signhook::type_of(sample)) std::visit(write, sample);
  }
  return text;
}

struct schema_options {
  std::string type;
  bool strict = false;
  bool openapi = false;
  bool asyncapi = false;
  std::string secret_header = "X-Secret";
  CLI::App* app = nullptr;

  void add_to(CLI::App& tool) {
    app = tool.add_subcommand(
        "schema", "Print the JSON Schema of the events, or a document of OpenAPI or AsyncAPI");
    app->footer(
        "Exit code: 0 on success, 2 after an invalid option or an error of output.\n"
        "Example: signhook schema dossier.prepared --strict");
    std::vector<std::string> names(signhook::event_types.begin(), signhook::event_types.end());
    for (const resource& one : resources) names.emplace_back(one.name);
    auto* const type_option =
        app->add_option("TYPE", type,
                        "Print the schema of this event type, or type of the subscription API "
                        "(default: all events)")
            ->check(CLI::IsMember(names));
    app->add_flag("--strict", strict, "Reject unknown types, states and members");
    auto* const openapi_option =
        app->add_flag("--openapi", openapi,
                      "Print a document of OpenAPI 3.1: the events and the subscription API")
            ->excludes(type_option);
    app->add_flag("--asyncapi", asyncapi, "Print a document of AsyncAPI 3.0: the events")
        ->excludes(type_option)
        ->excludes(openapi_option);
    app->add_option("--secret-header", secret_header,
                    "Name the header that holds the secret in such a document")
        ->capture_default_str()
        ->check(CLI::Validator(
            [](const std::string& name) {
              using signhook::detail::field_name_fault;
              switch (signhook::detail::check_field_name(name)) {
                case field_name_fault::none: return std::string();
                case field_name_fault::not_a_token: return name + " is not the name of a header";
                case field_name_fault::reserved: break;
              }
              return "HTTP itself uses the header " + name;
            },
            ""));
    app->callback([this] {
      if (app->count("--secret-header") != 0 && !openapi && !asyncapi) {
        throw CLI::RequiresError("--secret-header", "--openapi or --asyncapi");
      }
    });
  }

  [[nodiscard]] exit_code run() const {
    output out;
    const auto form = strict ? signhook::schema_form::strict : signhook::schema_form::tolerant;
    if (openapi || asyncapi) {
      std::string text;
      const std::back_insert_iterator to(text);
      openapi ? signhook::write_openapi(to, form, secret_header)
              : signhook::write_asyncapi(to, form, secret_header);
      out.line(text);
    } else {
      out.line(schema_of(type, form));
    }
    return out.finish() ? exit_code::accepted : exit_code::failed;
  }
};

}  // namespace

command add_schema(CLI::App& tool) { return make_command<schema_options>(tool); }
