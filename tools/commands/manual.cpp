// SPDX-License-Identifier: BSL-1.0
// Manual pages, in the macros of man(7).
#include "commands/commands.hpp"
#include "commands/description.hpp"
#include "system/output.hpp"
#include "system/report.hpp"
#include <signhook/version.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace {

// Escapes what roff would take for its own: backslashes, dashes, which are typed and searched for as they
// stand, and a period or an apostrophe at the beginning of a line.
std::string roff(std::string_view text) {
  std::string made;
  char last = '\n';
  for (const char c : text) {
    if (last == '\n' && (c == '.' || c == '\'')) made += "\\&";
    if (c == '\\') {
      made += "\\e";
    } else {
      if (c == '-') made += '\\';
      made += c;
    }
    last = c;
  }
  return made;
}

std::string bold(std::string_view text) { return "\\fB" + roff(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + roff(text) + "\\fR"; }

std::string option_page(const described_option& option) {
  std::string made = ".TP\n";
  for (const std::string& name : option.names) {
    if (&name != &option.names.front()) made += ", ";
    made += option.is_positional() ? italic(name) : bold(name);
  }
  if (!option.is_positional() && !option.value.empty()) {
    made +=
        option.is_value_optional ? " [" + italic(option.value) + "]" : " " + italic(option.value);
  }
  made += "\n" + roff(option.text) + ".\n";
  if (!option.choices.empty()) {
    made += roff(fmt::format("One of {}.\n", fmt::join(option.choices, ", ")));
  }
  if (!option.default_value.empty())
    made += roff(fmt::format("Default: {}.\n", option.default_value));
  if (option.is_required) made += "Required.\n";
  return made;
}

std::string options_page(const described_command& command, bool with_dash) {
  std::string made;
  for (const described_option& option : command.options) {
    if (option.is_positional() != with_dash) made += option_page(option);
  }
  return made;
}

std::string synopsis(const described_command& command, const std::string& path) {
  std::string made = bold(path) + " [" + italic("OPTIONS") + "]";
  if (!command.commands.empty()) made += " " + italic("COMMAND");
  for (const described_option& option : command.options) {
    if (!option.is_positional()) continue;
    const std::string name = italic(option.names.front()) + (option.is_repeatable ? "..." : "");
    made += option.is_required ? " " + name : " [" + name + "]";
  }
  return made + "\n";
}

std::string example_page(const described_command& command) {
  if (command.example.empty()) return {};
  return ".PP\n.RS 4\n.nf\n" + roff(command.example) + "\n.fi\n.RE\n";
}

std::string paragraphs_page(const described_command& command) {
  std::string made;
  for (const std::string& text : command.paragraphs) made += ".PP\n" + roff(text) + "\n";
  return made;
}

// A command of a command stands on the page of the outer one.
std::string inner_page(const described_command& command, const std::string& path) {
  return ".SS " + roff(command.name) + "\n" + roff(command.summary) + ".\n.PP\n" +
         synopsis(command, path) + paragraphs_page(command) + options_page(command, false) +
         options_page(command, true) + (command.example.empty() ? "" : ".PP\nExample:\n") +
         example_page(command);
}

std::string page(const described_command& command, const described_command& tool) {
  const bool is_tool = &command == &tool;
  const std::string path = is_tool ? tool.name : tool.name + " " + command.name;
  std::string name = path;
  std::replace(name.begin(), name.end(), ' ', '-');
  std::string upper = name;
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  std::string made =
      fmt::format(".TH {} 1 \"\" \"signhook {}.{}.{}\" \"signhook\"\n", roff(upper),
                  SIGNHOOK_VERSION_MAJOR, SIGNHOOK_VERSION_MINOR, SIGNHOOK_VERSION_PATCH);
  made += ".ad l\n.nh\n";  // addresses neither stretched nor hyphenated
  made += fmt::format(".SH NAME\n{} \\- {}\n.SH SYNOPSIS\n{}", roff(name), roff(command.summary),
                      synopsis(command, path));
  if (!command.paragraphs.empty()) made += ".SH DESCRIPTION\n" + paragraphs_page(command);
  if (const std::string arguments = options_page(command, false); !arguments.empty()) {
    made += ".SH ARGUMENTS\n" + arguments;
  }
  made += ".SH OPTIONS\n" + options_page(command, true);
  if (!command.commands.empty()) made += ".SH COMMANDS\n";
  for (const described_command& one : command.commands) {
    made += is_tool ? fmt::format(".TP\n.BR {}\\-{} (1)\n{}.\n", roff(name), roff(one.name),
                                  roff(one.summary))
                    : inner_page(one, path + " " + one.name);
  }
  if (!command.exit_codes.empty()) made += ".SH EXIT STATUS\n" + roff(command.exit_codes) + "\n";
  if (!command.example.empty()) made += ".SH EXAMPLE\n" + example_page(command);
  if (!is_tool) made += ".SH SEE ALSO\n.BR signhook (1)\n";
  return made;
}

struct manual_options {
  std::string name;
  bool list = false;
  CLI::App* app = nullptr;

  void add_to(CLI::App& tool) {
    app = tool.add_subcommand("manual", "Print the manual page of a command");
    app->footer(
        "The package installs these pages where man(1) looks for them.\n"
        "Exit code: 0 on success, 2 after an invalid option or an error of output.\n"
        "Example: signhook manual send | man -l -");
    app->add_option("COMMAND", name, "Print the page of this command (default: of the program)");
    app->add_flag("--list", list, "Print the names of all commands instead");
  }

  [[nodiscard]] exit_code run() const {
    const described_command tool = describe_command(*app->get_parent());
    output out;
    const described_command* which = name.empty() ? &tool : nullptr;
    for (const described_command& one : tool.commands) {
      if (one.name == name) which = &one;
      if (list) out.line(one.name);
    }
    if (which == nullptr) {
      report("there is no command {}", name);
      return exit_code::failed;
    }
    if (!list) out.write(page(*which, tool));
    return out.finish() ? exit_code::accepted : exit_code::failed;
  }
};

}  // namespace

command add_manual(CLI::App& tool) { return make_command<manual_options>(tool); }
