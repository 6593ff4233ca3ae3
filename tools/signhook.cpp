// SPDX-License-Identifier: BSL-1.0
// The companion of the library: bodies in, events out, on a command line.
#include "decode_command.hpp"
#include "exit_code.hpp"
#include "http_commands.hpp"
#include "sample_command.hpp"
#include "schema_command.hpp"
#include "terminal.hpp"
#include <signhook/schema.hpp>
#include <signhook/version.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace {

// A mistyped number should not make thousands of threads.
constexpr std::size_t most_jobs = 256;

int run(int argc, char** argv) {
  CLI::App app("Webhook bodies of CM.com Sign, decoded and validated.", "signhook");
  app.set_version_flag("--version", fmt::format("{}.{}.{}", SIGNHOOK_VERSION_MAJOR,
                                                SIGNHOOK_VERSION_MINOR, SIGNHOOK_VERSION_PATCH));
  app.require_subcommand(1);

  decode_request request;
  request.draw = is_terminal(stderr);
  bool strict = false;
  auto* const decode_app = app.add_subcommand("decode", "Print the event of each body");
  decode_app->footer(
      "A rejection goes to standard error as NAME:LINE:COLUMN: error: CODE at POINTER: message.\n"
      "Exit code: 0 all decoded, 1 some rejected, 2 a wrong option or what cannot be read or "
      "written.\n"
      "Example: signhook sample --all | signhook decode --lines --json");
  decode_app->add_flag("--strict", strict, "Refuse unknown types, states and members");
  auto* const lines_option = decode_app->add_flag(
      "--lines", request.lines, "Each line is a body; empty lines are passed over");
  decode_app->add_option("--jobs", request.jobs, "So many threads for lines; prints the same")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, most_jobs))
      ->needs(lines_option);
  decode_app->add_flag("--json", request.json, "Print events as JSON, as the service writes them");
  decode_app->add_flag("--summary", request.summary,
                       "Print how many there were of each kind, and no events");
  decode_app->add_flag("--all", request.all, "Report every violation, and all that is new");
  decode_app->add_flag("--draw,!--no-draw", request.draw,
                       "Show the place of a rejection; on by default on a terminal");
  decode_app->add_option("--max-bytes", request.options.max_bytes, "The largest body")
      ->capture_default_str()
      ->check(CLI::Range(std::uint32_t{0}, signhook::decoder_options::max_bytes_ceiling));
  decode_app->add_option("--max-depth", request.options.max_depth, "The deepest nesting")
      ->capture_default_str()
      ->check(CLI::Range(std::uint32_t{0}, signhook::decoder_options::max_depth_ceiling));
  decode_app->add_option("FILE", request.files, "A file each; - or none is standard input");

  std::string type;
  bool all = false;
  const std::vector<std::string> types(signhook::event_types.begin(), signhook::event_types.end());
  auto* const sample_app = app.add_subcommand("sample", "Print a documented body");
  sample_app->footer("Example: signhook sample dossier.prepared");
  auto* const type_option =
      sample_app->add_option("TYPE", type, "Of this type")->check(CLI::IsMember(types));
  auto* const all_option = sample_app->add_flag("--all", all, "Of all types, a line each");
  all_option->excludes(type_option);

  std::string schema_type;
  bool schema_strict = false;
  auto* const schema_app = app.add_subcommand("schema", "Print the JSON Schema of all events");
  schema_app->footer("Example: signhook schema dossier.prepared --strict");
  std::vector<std::string> schemas = types;
  schemas.insert(schemas.end(), resource_names.begin(), resource_names.end());
  schema_app->add_option("TYPE", schema_type, "Of this type alone, or of what is no event")
      ->check(CLI::IsMember(schemas));
  schema_app->add_flag("--strict", schema_strict, "Without unknown types, states and members");

  const std::vector<command> over_http = add_http_commands(app);

  try {
    app.parse(argc, argv);
    if (*sample_app && type.empty() && !all) throw CLI::RequiredError("TYPE or --all");
  } catch (const CLI::ParseError& error) {
    const bool asked = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success);
    app.exit(error);
    return static_cast<int>(asked ? exit_code::accepted : exit_code::failed);
  }

  for (const command& one : over_http) {
    if (*one.app) return static_cast<int>(one.run());
  }
  if (*sample_app) return static_cast<int>(print_sample(type));
  if (*schema_app) {
    const auto form =
        schema_strict ? signhook::schema_form::strict : signhook::schema_form::tolerant;
    return static_cast<int>(print_schema(schema_type, form));
  }
  if (strict) {
    const signhook::decoder_options limits = request.options;
    request.options = signhook::decoder_options::strict();
    request.options.max_bytes = limits.max_bytes;
    request.options.max_depth = limits.max_depth;
  }
  // Events on a terminal show by themselves that something goes on.
  request.draw_progress = is_terminal(stderr) && (request.summary || !is_terminal(stdout));
  if (request.files.empty()) request.files.emplace_back("-");
  return static_cast<int>(decode(request));
}

}  // namespace

int main(int argc, char** argv) {
#if defined(SIGPIPE)
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));  // a write that fails is reported as any other
#endif
#if defined(SIGXFSZ)
  static_cast<void>(std::signal(SIGXFSZ, SIG_IGN));  // this one, too
#endif
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "signhook: {}\n", error.what());
    return static_cast<int>(exit_code::failed);
  }
}
