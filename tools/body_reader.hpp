// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// Reads bodies from a file: one that is all of it, or one a line. It keeps at most one byte more than
// a body may have, which is enough to see that it has too many.
class body_reader {
 public:
  // `-` is standard input.
  body_reader(const std::string& path, std::size_t max_bytes);

  // What diagnostics call the file.
  [[nodiscard]] const std::string& name() const { return name_; }

  // The whole file. A view into this reader.
  [[nodiscard]] std::string_view read_all();

  // The next line that is not empty, without its end (LF or CRLF); none at the end. A view into this
  // reader, until the next call.
  [[nodiscard]] std::optional<std::string_view> read_line();

  // The number of the last line read, from 1.
  [[nodiscard]] std::uint32_t line() const { return line_; }

  // Why reading stopped before the end, if it did.
  [[nodiscard]] const std::optional<std::string>& failure() const { return failure_; }

 private:
  struct closer {
    void operator()(std::FILE* file) const {
      if (file != stdin) std::fclose(file);
    }
  };

  [[nodiscard]] bool fill();

  std::string name_;
  std::size_t max_bytes_;
  std::unique_ptr<std::FILE, closer> file_;
  std::string body_;
  std::string chunk_;
  std::size_t used_ = 0;  // of the chunk
  std::uint32_t line_ = 0;
  std::optional<std::string> failure_;
};
