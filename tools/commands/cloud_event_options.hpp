// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "deliver/event_request.hpp"

#include <CLI/CLI.hpp>

#include <string>

// The options for events as CloudEvents.
struct cloud_event_options {
  int mode = static_cast<int>(forward_form::body);
  std::string source;

  // Adds --cloudevents and --source, with `prefix` before their names.
  void add_to(CLI::App& app, const std::string& prefix = "");

  [[nodiscard]] forward_form form() const { return static_cast<forward_form>(mode); }
};
