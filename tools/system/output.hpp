// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "system/report.hpp"

#include <cerrno>
#include <cstdio>
#include <string_view>
#include <system_error>

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
