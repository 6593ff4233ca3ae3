// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "system/exit_code.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>

// A subcommand of the program. `run` is called after the arguments are parsed.
struct command {
  const CLI::App* app;
  std::function<exit_code()> run;
};

// Makes a command of a class with `add_to(CLI::App&)`, `run()` and the parsed subcommand `app`.
template <class Options>
[[nodiscard]] command make_command(CLI::App& tool) {
  auto options = std::make_shared<Options>();
  options->add_to(tool);
  return {options->app, [options] { return options->run(); }};
}
