// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "listen/forwarder.hpp"
#include "system/line_writer.hpp"

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

// Pipes each event to a shell command as a line of JSON.
class command_forwarder final : public forwarder {
 public:
  // Throws std::system_error if the shell cannot be started.
  explicit command_forwarder(const std::string& command);
  ~command_forwarder() override;
  command_forwarder(const command_forwarder&) = delete;
  command_forwarder& operator=(const command_forwarder&) = delete;

  void push(const signhook::event& event, std::string_view body) override;
  [[nodiscard]] std::string_view trouble() const override;
  [[nodiscard]] forward_counts counted() const override;
  [[nodiscard]] bool finish(std::chrono::steady_clock::time_point last) override;

 private:
  [[nodiscard]] bool end_by(std::chrono::steady_clock::time_point last);
  [[nodiscard]] bool wait_for_exit(std::chrono::steady_clock::time_point last) const;

  int pipe_ = -1;
  pid_t child_ = -1;
  std::optional<line_writer> to_;
};
