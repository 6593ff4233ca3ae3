// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "deliver/target.hpp"

#include <atomic>
#include <chrono>
#include <string>

// Runs a shell command for each event, with the body on its standard input.
class command_target final : public target {
 public:
  command_target(const target_options& options, const std::atomic<bool>& is_stopping)
      : command_(options.command), timeout_(options.client.timeout), is_stopping_(is_stopping) {}

  [[nodiscard]] delivery_report deliver(const delivery& one) override;

 private:
  const std::string command_;
  const std::chrono::milliseconds timeout_;
  const std::atomic<bool>& is_stopping_;
};
