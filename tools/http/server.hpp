// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "http/connection_limits.hpp"
#include "http/message.hpp"
#include "http/rejection.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

// Answers a request; called once, by any thread.
using http_reply = std::function<void(http_response)>;

// The handler of a server's requests. Its functions are called by several threads at the same time, which serve
// other connections afterwards, so that they must not wait for anything.
class http_service {
 public:
  http_service() = default;
  virtual ~http_service() = default;
  http_service(const http_service&) = delete;
  http_service& operator=(const http_service&) = delete;

  // Returns the answer to a request that needs no body: it is answered before the body is read.
  [[nodiscard]] virtual std::optional<http_response> answer_head(const http_request& head) = 0;

  // Answers a request that has arrived completely.
  virtual void answer(http_request request, http_reply reply) = 0;

  // Is told of each request that the server itself rejects. `request` has what arrived of it: nothing if
  // its head is malformed, and no body if its body is cut or too large.
  virtual void rejected(const http_rejection& why, const http_request& request) = 0;
};

// The counters and gauges of a server.
struct http_server_counts {
  std::uint64_t accepted = 0;    // connections since the start
  std::size_t connections = 0;   // that are open
  std::size_t in_flight = 0;     // requests of which a part has arrived, and which are not answered
  std::size_t memory_bytes = 0;  // of requests
};

// An HTTP/1.1 server with limits on its connections, and on the bytes and the time of each request. A few
// threads serve all connections. A request that RFC 9110 or RFC 9112 lets a server reject is rejected.
class http_server {
 public:
  http_server(const connection_limits& limits, http_service& service);
  ~http_server();
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  // Serves TLS only, version 1.2 or later, with the PEM files of a certificate chain and its key. Throws
  // std::runtime_error if they cannot be used.
  void use_tls(const std::string& certificate, const std::string& key);

  // Returns the port, which the system chooses if `port` is 0. Throws std::runtime_error if it cannot
  // listen there.
  [[nodiscard]] int bind(const std::string& host, int port);

  // Listens on a socket that listens already, and closes it at the end. Returns its port. Throws std::runtime_error.
  [[nodiscard]] int adopt(int socket);

  // Serves until `stop`, and finishes the requests that it began, within the grace time. Returns false if it
  // ended otherwise.
  [[nodiscard]] bool run();

  // Ends `run`. Called from another thread.
  void stop();

  // Thread-safe.
  [[nodiscard]] http_server_counts counted() const;

 private:
  class implementation;
  std::unique_ptr<implementation> implementation_;
};
