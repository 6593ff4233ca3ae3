// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <utility>
#include <vector>

// The header of the secret, and its values from files or the environment.
struct secret_options {
  std::string header;
  std::vector<std::string> files;
  const char* variable = "SIGNHOOK_SECRET";  // of the environment, if there is no file

  // Adds --secret-header and --secret-file, with `prefix` before their names.
  void add_to(CLI::App& app, bool is_needed, const std::string& prefix = "");

  [[nodiscard]] std::vector<std::string> secrets() const;

  // Returns the header to send, if there is one.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> headers() const;
};

// Parses NAME:VALUE, as curl takes it. Throws std::runtime_error.
[[nodiscard]] std::pair<std::string, std::string> header_of(const std::string& text);

[[nodiscard]] std::vector<std::string> known_types();
