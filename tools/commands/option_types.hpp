// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <string>

// Accepts a number from `min` to `max`. CLI::Range accepts NaN, which is not less than any `min`.
[[nodiscard]] inline CLI::Validator number_between(double min, double max) {
  const std::string range = fmt::format("FLOAT in [{:g} - {:g}]", min, max);
  return CLI::Validator(
      [=](std::string& text) {
        double value = 0;
        const bool is_within =
            CLI::detail::lexical_cast(text, value) && value >= min && value <= max;
        return is_within ? std::string() : fmt::format("{} is not a {}", text, range);
      },
      range);
}

// Lets an option that may be repeated take one value each time. By default it would also take the arguments
// that follow, which may be the positional ones.
inline CLI::Option* one_value_each(CLI::Option* option) { return option->allow_extra_args(false); }
