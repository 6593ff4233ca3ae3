// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "commands/client_options.hpp"
#include "commands/secret_options.hpp"
#include "send/send.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

// The options that `send` and `replay --to` share.
struct delivery_options {
  send_request request;
  std::string url;
  secret_options secret;
  client_options client;
  std::vector<std::string> headers;
  double first_delay = 60;

  void add_to(CLI::App& app);

  // Completes the request after parsing. Throws std::runtime_error.
  void finish(bool json);
};
