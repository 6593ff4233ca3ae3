// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <string_view>

// An http or https address.
struct http_url {
  std::string server;  // scheme, host and port
  std::string target;  // path and query as they were given, at least "/"

  // Throws std::runtime_error if the text is not such an address, has a host or a port that cannot be one,
  // or contains a user or password, which every user of the machine could read in the list of processes.
  [[nodiscard]] static http_url from(std::string_view text);

  // Returns the target of a resource below this address, which may end with a slash or not. Throws
  // std::runtime_error if the address has a query.
  [[nodiscard]] std::string below(std::string_view path) const;
};
