// SPDX-License-Identifier: BSL-1.0
#include "deliver/kafka_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace {

// The address, --timeout and the guarantee decide these, under both of their names.
constexpr std::array<std::string_view, 9> own_settings{
    "acks",
    "bootstrap.servers",
    "delivery.report.only.error",
    "delivery.timeout.ms",
    "enable.idempotence",
    "message.timeout.ms",
    "metadata.broker.list",
    "request.required.acks",
    "transactional.id",
};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r";
  const std::size_t begin = std::min(text.find_first_not_of(space), text.size());
  return text.substr(begin, text.find_last_not_of(space) + 1 - begin);
}

}  // namespace

std::vector<kafka_setting> parse_kafka_settings(std::string_view text) {
  std::vector<kafka_setting> made;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view one = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (one.empty() || one.starts_with('#')) continue;
    const std::size_t equals = one.find('=');
    const std::string_view key = trimmed(one.substr(0, equals));
    if (equals == std::string_view::npos || key.empty()) {
      throw std::runtime_error(fmt::format("line {} is not KEY=VALUE", line));
    }
    if (std::find(own_settings.begin(), own_settings.end(), key) != own_settings.end()) {
      throw std::runtime_error(fmt::format("line {}: the program sets {} itself", line, key));
    }
    made.push_back({std::string(key), std::string(trimmed(one.substr(equals + 1))), line});
  }
  return made;
}

std::vector<kafka_setting> read_kafka_settings(const std::string& path) {
  std::ifstream from(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(from), {});
  if (!from) throw std::runtime_error("cannot read " + path);
  try {
    return parse_kafka_settings(text);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(path + ": " + error.what());
  }
}
