// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "http/headers.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

// An http or https address.
struct http_url {
  std::string server;  // scheme, host and port
  std::string target;  // path and query, at least "/"

  // Throws std::runtime_error if the text is not such an address, or contains a user or password, which
  // every user of the machine could read in the list of processes.
  [[nodiscard]] static http_url from(std::string_view text);
};

struct http_client_options {
  std::string ca_file;  // trusted certificates as PEM; those of the system if empty
  std::chrono::milliseconds timeout{15000};
};

// The answer to a request, or the reason why there is none.
struct http_answer {
  int status = 0;  // 0 if there is no answer
  std::string body;
  std::string failure;
};

// A client of one server, with a persistent connection. Always verifies certificates.
class http_client {
 public:
  // Sends `headers` with every request. Throws std::runtime_error if the address is invalid.
  http_client(const http_url& to, const http_client_options& options, const http_headers& headers);
  ~http_client();
  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;

  // Sends a request by GET, DELETE, POST or PUT; the latter two with `body` as application/json.
  [[nodiscard]] http_answer send(std::string_view method, const std::string& target,
                                 const std::string& body);

 private:
  class implementation;
  std::unique_ptr<implementation> implementation_;
};
