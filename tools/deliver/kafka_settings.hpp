// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// A setting of librdkafka, and its place for messages, which never show a value: it may be a password.
struct kafka_setting {
  std::string key;
  std::string value;
  std::size_t line;
};

// Parses lines of KEY=VALUE; empty lines and those that begin with # are comments. Throws std::runtime_error, also for
// the settings that the program's promises depend on.
[[nodiscard]] std::vector<kafka_setting> parse_kafka_settings(std::string_view text);

// Reads them from a file. Throws std::runtime_error.
[[nodiscard]] std::vector<kafka_setting> read_kafka_settings(const std::string& path);
