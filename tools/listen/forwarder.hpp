// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "system/line_writer.hpp"

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

// Pipes lines to a shell command, in order. Nobody waits for the command, but `finish`. Thread-safe.
class forwarder {
 public:
  // Throws std::system_error if the shell cannot be started.
  explicit forwarder(const std::string& command);
  ~forwarder();
  forwarder(const forwarder&) = delete;
  forwarder& operator=(const forwarder&) = delete;

  // Queues a line, if there is room.
  void push(std::string_view line) { to_->push(line); }

  // Returns why lines do not reach the command, or nothing if they do.
  [[nodiscard]] std::string_view trouble() const;

  [[nodiscard]] line_writer::counts counted() const { return to_->counted(); }

  // Lets the command take the rest until then. Returns whether it took everything and exited with 0.
  [[nodiscard]] bool finish(std::chrono::steady_clock::time_point last);

 private:
  [[nodiscard]] bool wait_for_exit(std::chrono::steady_clock::time_point last) const;

  int pipe_ = -1;
  pid_t child_ = -1;
  std::optional<line_writer> to_;
};
