// SPDX-License-Identifier: BSL-1.0
#include "decode/decode.hpp"

#include "commands/commands.hpp"
#include "system/terminal.hpp"
#include <signhook/encoder/cloudevents.hpp>

#include <CLI/CLI.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

namespace {

// Protects from thousands of threads by a mistyped number.
constexpr std::size_t max_jobs = 256;

struct decode_options {
  decode_request request;
  bool strict = false;
  std::string source;
  CLI::App* app = nullptr;

  void add_to(CLI::App& tool) {
    request.draw = is_terminal(stderr);
    app = tool.add_subcommand("decode", "Decode bodies and print their events");
    app->footer(
        "Prints errors to standard error as NAME:LINE:COLUMN: error: CODE at POINTER: message.\n"
        "Exit code: 0 if every body was decoded, 1 if some were rejected, 2 after an invalid "
        "option\n"
        "or an error of input or output.\n"
        "Example: signhook sample --all | signhook decode --lines --json");
    app->add_flag("--strict", strict, "Reject unknown types, states and members");
    auto* const lines = app->add_flag("--lines", request.lines,
                                      "Read each line as a body; empty lines are skipped");
    app->add_option("--jobs", request.jobs,
                    "Number of worker threads (default 1); the output order does not change")
        ->check(CLI::Range(std::size_t{1}, max_jobs))
        ->needs(lines);
    auto* const json =
        app->add_flag("--json", request.json, "Print events as JSON, as CM.com sends them");
    auto* const summary =
        app->add_flag("--summary", request.summary,
                      "Print counts by event type and error code instead of events");
    auto* const cloud_events =
        app->add_flag("--cloudevents", request.cloud_events,
                      "Print events as CloudEvents 1.0 in JSON, with the body as it is in data")
            ->excludes(json)
            ->excludes(summary);
    app->add_option("--source", source, "Give CloudEvents this source, a URI-reference")
        ->type_name("URI")
        ->default_str(std::string(request.source.view()))
        ->check(CLI::Validator(
            [](const std::string& text) {
              return signhook::cloud_event_source::from(text) ? std::string()
                                                              : text + " is not a URI-reference";
            },
            ""))
        ->needs(cloud_events);
    app->add_flag("--all", request.all,
                  "Report all errors of a body, and warnings for what is unknown");
    app->add_flag("--draw,!--no-draw", request.draw,
                  "Show the source of an error (default: only on a terminal)");
    app->add_option("--max-bytes", request.options.max_bytes, "Reject larger bodies")
        ->capture_default_str()
        ->check(CLI::Range(std::uint32_t{0}, signhook::decoder_options::max_bytes_ceiling));
    app->add_option("--max-depth", request.options.max_depth, "Reject deeper nesting")
        ->capture_default_str()
        ->check(CLI::Range(std::uint32_t{0}, signhook::decoder_options::max_depth_ceiling));
    app->add_option("FILE", request.files, "Read these files; - or none is standard input")
        ->type_name("PATH");
  }

  [[nodiscard]] exit_code run() {
    if (strict) {
      const signhook::decoder_options limits = request.options;
      request.options = signhook::decoder_options::strict();
      request.options.max_bytes = limits.max_bytes;
      request.options.max_depth = limits.max_depth;
    }
    // Events printed to a terminal show the progress themselves.
    request.draw_progress = shows_progress(stderr) && (request.summary || !is_terminal(stdout));
    if (const auto given = signhook::cloud_event_source::from(source)) request.source = *given;
    request.escapes = is_terminal(stdout);
    if (request.files.empty()) request.files.emplace_back("-");
    return decode(request);
  }
};

}  // namespace

command add_decode(CLI::App& tool) { return make_command<decode_options>(tool); }
