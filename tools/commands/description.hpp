// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

// An option or a positional argument, as the help shows it.
struct described_option {
  std::vector<std::string> names;  // with their dashes; one without is positional
  std::string value;               // the kind of its value; empty for a flag
  std::vector<std::string> choices;
  std::string text;
  std::string default_value;
  bool is_value_optional = false;
  bool is_required = false;
  bool is_repeatable = false;

  [[nodiscard]] bool is_positional() const { return !names.front().starts_with('-'); }
  [[nodiscard]] bool is_file() const { return value == "PATH"; }
  [[nodiscard]] bool is_number() const {
    return value == "FLOAT" || value == "INT" || value == "UINT";
  }
};

// A command with its own commands: the source of the manual pages and of the completion scripts.
struct described_command {
  std::string name;
  std::string summary;
  std::vector<std::string> paragraphs;
  std::string exit_codes;
  std::string example;  // its lines as they stand
  std::vector<described_option> options;
  std::vector<described_command> commands;
};

[[nodiscard]] described_command describe_command(const CLI::App& app);
