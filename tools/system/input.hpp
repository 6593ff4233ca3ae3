// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "system/mapping.hpp"

#include <cstddef>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

// An input file, or standard input.
class input {
 public:
  // Opens the file; `-` is standard input.
  explicit input(const std::string& path);

  // Returns the name for diagnostics.
  [[nodiscard]] const std::string& name() const { return name_; }

  // Reads the bytes that are available, at most `max`, and waits for the first. Returns 0 at the end and
  // after an error.
  [[nodiscard]] std::size_t read(char* into, std::size_t max);

  // Reads until the end, at most `max` bytes.
  [[nodiscard]] std::string read_up_to(std::size_t max);

  // Maps the file, if that is possible. Standard input is never mapped but streamed.
  [[nodiscard]] std::optional<mapping> map() const;

  // Returns the error that stopped reading, if there was one.
  [[nodiscard]] const std::optional<std::string>& failure() const { return failure_; }

 private:
  struct closer {
    void operator()(std::FILE* file) const {
      if (file != stdin) static_cast<void>(std::fclose(file));
    }
  };

  std::string name_;
  std::unique_ptr<std::FILE, closer> file_;
  std::optional<std::string> failure_;
};
