// SPDX-License-Identifier: BSL-1.0
#include "decode/decode.hpp"

#include "commands/commands.hpp"
#include "system/terminal.hpp"

#include <CLI/CLI.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>

namespace {

// Protects from thousands of threads by a mistyped number.
constexpr std::size_t max_jobs = 256;

struct decode_options {
  decode_request request;
  bool strict = false;
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
    app->add_flag("--json", request.json, "Print events as JSON, as CM.com sends them");
    app->add_flag("--summary", request.summary,
                  "Print counts by event type and error code instead of events");
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
    if (request.files.empty()) request.files.emplace_back("-");
    return decode(request);
  }
};

}  // namespace

command add_decode(CLI::App& tool) { return make_command<decode_options>(tool); }
