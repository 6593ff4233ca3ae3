// SPDX-License-Identifier: BSL-1.0
#include "commands/description.hpp"

#include <algorithm>
#include <cstddef>
#include <sstream>
#include <string_view>

namespace {

// CLI11 tells the values that an option takes only in the text of its checks: TEXT:{a,b}, or
// TEXT:value in {a->0,b->1} OR {0,1}.
std::vector<std::string> choices_of(std::string_view type) {
  const std::size_t open = type.find('{');
  const std::size_t close = type.find('}', std::min(open, type.size()));
  std::vector<std::string> choices;
  if (close == std::string_view::npos) return choices;
  std::istringstream list(std::string(type.substr(open + 1, close - open - 1)));
  for (std::string one; std::getline(list, one, ',');) {
    choices.push_back(one.substr(0, one.find("->")));
  }
  return choices;
}

described_option describe_option(const CLI::Option& option) {
  described_option made;
  for (const auto& name : option.get_snames()) made.names.push_back("-" + name);
  for (const auto& name : option.get_lnames()) made.names.push_back("--" + name);
  if (made.names.empty()) made.names.push_back(option.get_name());
  const std::string type = option.get_type_name();
  if (option.get_items_expected_max() != 0) {
    made.value = type.substr(0, type.find(':'));
    made.choices = choices_of(type);
    made.default_value = option.get_default_str();
    made.is_value_optional = option.get_items_expected_min() == 0;
    made.is_repeatable = option.get_items_expected_max() > 1;
  }
  made.text = option.get_description();
  made.is_required = option.get_required();
  return made;
}

// The text below the options has paragraphs of whole lines; the last ones begin with "Exit code:" and "Example:".
void read_footer(described_command& into, const std::string& footer) {
  std::istringstream lines(footer);
  std::string* part = nullptr;
  const auto label = [&](std::string& line, std::string_view name, std::string& to) {
    if (!line.starts_with(name)) return;
    part = &to;
    line.erase(0, name.size());
  };
  for (std::string line; std::getline(lines, line);) {
    label(line, "Exit code: ", into.exit_codes);
    label(line, "Example: ", into.example);
    if (part == nullptr) {
      part = &into.paragraphs.emplace_back();
    }
    const bool is_example = part == &into.example;
    if (is_example && part->empty()) {
      *part = line;
    } else if (is_example) {
      *part += "\n" + line.substr(std::min(line.find_first_not_of(' '), line.size()));
    } else {
      *part += (part->empty() ? "" : " ") + line;
    }
  }
}

}  // namespace

described_command describe_command(const CLI::App& app) {
  described_command made;
  made.name = app.get_name();
  made.summary = app.get_description();
  read_footer(made, app.get_footer());
  for (const CLI::Option* const option : app.get_options({})) {
    made.options.push_back(describe_option(*option));
  }
  for (const CLI::App* const command : app.get_subcommands({})) {
    made.commands.push_back(describe_command(*command));
  }
  return made;
}
