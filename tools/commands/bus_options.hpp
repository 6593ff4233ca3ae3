// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "deliver/target.hpp"

#include <CLI/CLI.hpp>

#include <string>

// The options for RabbitMQ and Kafka.
struct bus_options {
  std::string password_file;
  std::string kafka_config;
  CLI::App* app = nullptr;

  // Adds --password-file and --kafka-config, which need `to`.
  void add_to(CLI::App& app, CLI::Option* to);

  // Completes the target after parsing. Throws std::runtime_error, also for an option that the address's kind of target
  // does not have.
  void finish(target_options& to) const;
};
