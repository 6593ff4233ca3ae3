// SPDX-License-Identifier: BSL-1.0
#include "commands/commands.hpp"
#include "system/output.hpp"
#include <signhook/encoder.hpp>
#include <signhook/schema.hpp>

#include <CLI/CLI.hpp>

#include <array>
#include <string>
#include <vector>

namespace {

struct sample_options {
  std::string type;
  bool all = false;
  CLI::App* app = nullptr;

  void add_to(CLI::App& tool) {
    app = tool.add_subcommand("sample", "Print documented bodies");
    app->footer(
        "Exit code: 0 on success, 2 after an invalid option or an error of output.\n"
        "Example: signhook sample dossier.prepared");
    const std::vector<std::string> types(signhook::event_types.begin(),
                                         signhook::event_types.end());
    auto* const type_option = app->add_option("TYPE", type, "Print the body of this event type")
                                  ->check(CLI::IsMember(types));
    auto* const all_option = app->add_flag("--all", all, "Print a body of each type, one per line");
    all_option->excludes(type_option);
    app->callback([this] {
      if (type.empty() && !all) throw CLI::RequiredError("TYPE or --all");
    });
  }

  [[nodiscard]] exit_code run() const {
    output out;
    for (const signhook::event& sample : signhook::samples) {
      if (!all && type != signhook::type_of(sample)) continue;
      std::array<char, signhook::max_encoded_size> buffer;
      out.line(*signhook::encode(sample, buffer));
    }
    return out.finish() ? exit_code::accepted : exit_code::failed;
  }
};

}  // namespace

command add_sample(CLI::App& tool) { return make_command<sample_options>(tool); }
