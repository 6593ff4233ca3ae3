// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstddef>

// Limits on the clients of a server.
struct connection_limits {
  std::size_t header_bytes = std::size_t{16} * 1024;  // the request line and all headers together
  std::size_t body_bytes = std::size_t{1} << 20U;
  std::size_t connections = 10000;
  std::size_t requests = 1000;                         // of one connection
  std::size_t memory_bytes = std::size_t{256} << 20U;  // of all requests together
  std::chrono::seconds idle{5};                        // time without a request
  std::chrono::seconds header{
      10};  // time from the first byte of a request to the end of its headers
  std::chrono::seconds request{10};  // time from the first byte of a request to its last
  std::chrono::seconds grace{20};    // time from `stop` to the end of all connections
};
