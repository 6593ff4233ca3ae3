// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "http/connection_limits.hpp"
#include "http/headers.hpp"

#include <functional>
#include <memory>
#include <string>

// A request as the client sent it.
struct http_request {
  std::string remote;  // address of the client
  std::string method;
  std::string target;  // path and query
  http_headers headers;
  std::string body;
};

struct http_response {
  int status = 200;
  std::string text;
};

// An HTTP/1.1 server with limits on its connections, and on the bytes and the time of each request. A
// request with an ambiguous length is rejected (RFC 9112, section 6.3).
class http_server {
 public:
  // Called by several threads at the same time.
  using handler = std::function<http_response(http_request)>;

  http_server(const connection_limits& limits, handler handle);
  ~http_server();
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  // Serves TLS only, version 1.2 or later, with the PEM files of a certificate chain and its key. Throws
  // std::runtime_error if they cannot be used.
  void use_tls(const std::string& certificate, const std::string& key);

  // Returns the port, which the system chooses if `port` is 0. Throws std::runtime_error if it cannot
  // listen there.
  [[nodiscard]] int bind(const std::string& host, int port);

  // Serves until `stop`, and finishes the requests that it began. Returns false if it ended otherwise.
  [[nodiscard]] bool run();

  // Ends `run`. Called once, from another thread.
  void stop();

 private:
  class implementation;
  std::unique_ptr<implementation> implementation_;
};
