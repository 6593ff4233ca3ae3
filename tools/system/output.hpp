// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "system/report.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

// Prints a text that is not a message of the program (`report` prints those) to standard error. If that cannot be written, there is nobody left to report it to, and what the
// program does and returns stays the same; `fmt::print` would throw.
template <class... Values>
void print_error(fmt::format_string<Values...> format, Values&&... values) {
  const std::string text = fmt::format(format, std::forward<Values>(values)...);
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
}

// Standard output with every error reported.
class output {
 public:
  void write(std::string_view text) {
    if (!failed_ && std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) fail();
  }

  void line(std::string_view text) {
    write(text);
    write("\n");
  }

  // Writes buffered output.
  void flush() {
    if (!failed_ && std::fflush(stdout) != 0) fail();
  }

  // Flushes; returns false if not everything was written, which was reported then.
  [[nodiscard]] bool finish() {
    flush();
    return !failed_;
  }

  [[nodiscard]] bool failed() const { return failed_; }

 private:
  void fail() {
    failed_ = true;
    const int why = errno;
    report("cannot write: {}", std::generic_category().message(why));
  }

  bool failed_ = false;
};
