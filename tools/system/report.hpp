// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <utility>

// Writes a message to standard error. One that cannot be written changes nothing: fmt::print would throw.
template <class... Arguments>
void report(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  const std::string text =
      "signhook: " + fmt::format(format, std::forward<Arguments>(arguments)...) + '\n';
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
}
