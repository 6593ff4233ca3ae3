// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "system/exit_code.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>

// A command of the tool, and what runs it once it was parsed.
struct command {
  const CLI::App* app;
  std::function<exit_code()> run;
};

// Of options that add themselves to the tool.
template <class Options>
[[nodiscard]] command make_command(CLI::App& tool) {
  auto options = std::make_shared<Options>();
  options->add_to(tool);
  return {options->app, [options] { return options->run(); }};
}
