// SPDX-License-Identifier: BSL-1.0
#include "system/secret_file.hpp"

#include "system/input.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <cstdlib>
#include <stdexcept>

std::string read_secret_file(const std::string& path) {
  constexpr std::size_t max_size = std::size_t{64} * 1024;  // tokens may be long
  input from(path);
  std::string secret = from.read_up_to(max_size + 1);
  if (from.failure()) {
    throw std::runtime_error(fmt::format("cannot read {}: {}", from.name(), *from.failure()));
  }
  if (secret.size() > max_size) {
    throw std::runtime_error(
        fmt::format("{} is too large for a secret: more than {} bytes", from.name(), max_size));
  }
  while (secret.ends_with('\n') || secret.ends_with('\r')) secret.pop_back();
  if (secret.empty())
    throw std::runtime_error(fmt::format("{} is empty, expected a secret", from.name()));
  return secret;
}

std::string secret_from_environment(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
  return value == nullptr ? "" : value;
}
