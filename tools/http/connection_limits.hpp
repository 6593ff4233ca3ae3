// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstddef>

// What the clients of a server may use.
struct connection_limits {
  std::size_t header_bytes = std::size_t{16} * 1024;  // the request line and all headers together
  std::size_t body_bytes = std::size_t{1} << 20U;
  std::size_t connections = 128;
  std::chrono::seconds idle{5};      // time without a request
  std::chrono::seconds request{10};  // time from the first byte of a request to its last
};
