// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "http/client.hpp"

#include <CLI/CLI.hpp>

#include <string>

// The options of every command that sends requests.
struct client_options {
  http_client_options request;
  double timeout = 15;
  bool no_proxy = false;

  // Adds --cacert, --timeout and --no-proxy, with `prefix` before their names.
  void add_to(CLI::App& app, const std::string& prefix = "");

  // Completes the request after parsing. Throws std::runtime_error if the trusted certificates cannot be read.
  void finish();
};
