// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/receiver.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

namespace fuzz {

// The secrets of the receivers that are fuzzed.
inline constexpr std::array<std::string_view, 2> secrets = {"the-first-of-the-two-secrets",
                                                            "another-one-that-is-accepted"};

struct request {
  std::string_view method;
  std::vector<signhook::header> headers;
  std::string_view body;
};

// Any bytes are a request: a line for the method, lines of a name, a colon and a value up to an empty
// one, and the body.
[[nodiscard]] inline request read_request(std::string_view bytes) {
  const auto line = [&bytes] {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    const std::string_view read = bytes.substr(0, end);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    return read;
  };
  request of;
  of.method = line();
  for (std::string_view next = line(); !next.empty(); next = line()) {
    const std::size_t colon = std::min(next.find(':'), next.size());
    of.headers.push_back({next.substr(0, colon), next.substr(std::min(colon + 1, next.size()))});
  }
  of.body = bytes;
  return of;
}

}  // namespace fuzz
