// SPDX-License-Identifier: BSL-1.0
#pragma once

#if defined(_WIN32)
#include <io.h>
#else
#include <sys/ioctl.h>
#include <unistd.h>
#endif

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string_view>

// Returns whether the stream is a terminal.
[[nodiscard]] inline bool is_terminal(std::FILE* stream) {
#if defined(_WIN32)
  return _isatty(_fileno(stream)) != 0;
#else
  return isatty(fileno(stream)) != 0;
#endif
}

// Returns whether progress can be drawn on the stream: a terminal with control sequences, where nobody asked
// for output without them (https://no-color.org).
[[nodiscard]] inline bool shows_progress(std::FILE* stream) {
  const auto value_of = [](const char* name) -> std::string_view {
    const char* const value =
        std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
    return value == nullptr ? "" : value;
  };
  return is_terminal(stream) && value_of("TERM") != "dumb" && value_of("NO_COLOR").empty();
}

// Returns the width of the terminal, or 80 where it does not say.
[[nodiscard]] inline std::size_t terminal_columns([[maybe_unused]] std::FILE* stream) {
#if !defined(_WIN32)
  winsize size{};
  if (ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col != 0) return size.ws_col;
#endif
  return 80;
}
