// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <utility>

// Prints to standard error. If that cannot be written, there is nobody left to report it to, and what the
// program does and returns stays the same; `fmt::print` would throw.
template <class... Values>
void print_error(fmt::format_string<Values...> format, Values&&... values) {
  const std::string text = fmt::format(format, std::forward<Values>(values)...);
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
}

// Prints a line that begins with the program's name.
template <class... Values>
void report(fmt::format_string<Values...> format, Values&&... values) {
  print_error("signhook: {}\n", fmt::format(format, std::forward<Values>(values)...));
}
