// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "system/mapping.hpp"

#include <cstddef>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

// A file to read, or standard input.
class input {
 public:
  // `-` is standard input.
  explicit input(const std::string& path);

  // What diagnostics call it.
  [[nodiscard]] const std::string& name() const { return name_; }

  // Reads what is there, at most `most` bytes, and waits where nothing is there yet; 0 at the end and
  // where reading fails.
  [[nodiscard]] std::size_t read(char* into, std::size_t most);

  // At most `most` bytes of it.
  [[nodiscard]] std::string read_up_to(std::size_t most);

  // All of it, if it is a file that can be mapped and not standard input, which is to stream.
  [[nodiscard]] std::optional<mapping> map() const;

  // Why reading stopped before the end, if it did.
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
