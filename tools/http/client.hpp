// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "http/headers.hpp"
#include "http/url.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct http_client_options {
  std::string ca_file;  // trusted certificates as PEM; those of the system if empty
  std::chrono::milliseconds timeout{15000};  // from the connection to the end of the answer
  bool use_proxy = true;     // of the environment: http_proxy, https_proxy, all_proxy, no_proxy
  bool keep_answers = true;  // false: only the status is of interest

  // When this becomes true, requests in flight have half a second left.
  const std::atomic<bool>* is_stopping = nullptr;
};

// The reason why a request has no answer.
enum class transport_error : std::uint8_t {
  none,
  name_not_resolved,
  connection_refused,
  unreachable,
  timed_out,
  certificate_rejected,
  tls_failed,
  proxy_failed,
  connection_closed,
  invalid_answer,
  interrupted,
  other,
};

[[nodiscard]] std::string_view name(transport_error why);  // as in the enumeration
[[nodiscard]] std::string_view describe(transport_error why);

// The answer to a request, or the reason why there is none.
struct http_answer {
  int status = 0;  // 0 if there is no answer
  std::string body;
  std::string retry_after;  // the field of this name, as it came
  transport_error error = transport_error::none;
  std::string detail;  // of the error, printable ASCII
};

// Throws std::runtime_error if the file cannot be read or has no certificate as PEM. libcurl would report
// that only with the first connection.
void check_ca_file(const std::string& path);

// A client of one server, with a persistent connection. Always verifies certificates. Sends each request at
// most once, and never to another address: redirects are answers like any other.
class http_client {
 public:
  // Sends `headers` with every request, and Content-Type: application/json with a body unless they have
  // another. Throws std::runtime_error if the client cannot send them.
  http_client(const http_url& to, const http_client_options& options, const http_headers& headers);
  ~http_client();
  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;

  // Sends a request by GET, DELETE, POST or PUT; the latter two with `body` and with `more` headers. Throws
  // std::runtime_error if there are no trusted certificates to verify the server's with, or a header cannot be sent.
  [[nodiscard]] http_answer send(std::string_view method, const std::string& target,
                                 const std::string& body, const http_headers& more = {});

 private:
  class implementation;
  std::unique_ptr<implementation> implementation_;
};
