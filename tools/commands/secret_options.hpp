// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <utility>
#include <vector>

// A secret's header, and where its value stands: in files, or else in the environment.
struct secret_options {
  std::string header;
  std::vector<std::string> files;

  void add_to(CLI::App& app, bool is_needed);

  [[nodiscard]] std::vector<std::string> secrets() const;

  // The header to send, if there is any.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> headers() const;
};

// A header in an argument, as curl has it. A secret does not belong there. Throws std::runtime_error.
[[nodiscard]] std::pair<std::string, std::string> header_of(const std::string& text);

[[nodiscard]] std::vector<std::string> known_types();
