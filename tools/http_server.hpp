// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "connection.hpp"

#include <httplib.h>
#include <openssl/ssl.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct http_answer {
  int status = 200;
  std::string text;
};

// A request's headers as they were received: without what httplib adds, and as they were before the
// server hid a form from it.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> headers_of(
    const httplib::Request& request);

// httplib's server, with the bounds that it lacks: on connections, and in each on bytes and time. A
// request whose length two readers could see differently is rejected (RFC 9112, section 6.3).
class http_server : private httplib::Server {
 public:
  // A request's `target` is what was asked for; its `path` says nothing.
  using handler = std::function<http_answer(const httplib::Request&, std::string_view body)>;

  http_server(const connection_limits& limits, handler handle);

  // From now on TLS only, 1.2 or later; throws std::runtime_error where the files are not of use.
  void use_tls(const std::string& certificate, const std::string& key);

  // The port that it is, any where 0 was asked for; throws std::runtime_error where that cannot be.
  [[nodiscard]] int bind(const std::string& host, int port);

  // Serves until `stop`, and finishes what it began. False where it ended otherwise.
  [[nodiscard]] bool run();

  // From another thread, once.
  void stop();

 private:
  struct tls_free {
    void operator()(SSL_CTX* tls) const { SSL_CTX_free(tls); }
  };

  bool process_and_close_socket(int socket) override;
  template <class Self>
  static bool process(Self& self, connection& client, bool is_stopping, bool& is_last,
                      const std::function<void(httplib::Request&)>& prepare);
  [[nodiscard]] bool answer_without_body(const httplib::Request& request,
                                         httplib::Response& response) const;
  void read_and_answer(const httplib::Request& request, httplib::Response& response,
                       const httplib::ContentReader& read) const;
  void answer(const httplib::Request& request, httplib::Response& response,
              std::string_view body) const;

  connection_limits limits_;
  handler handle_;
  std::unique_ptr<SSL_CTX, tls_free> tls_;
  std::atomic<bool> is_stopping_ = false;
  int listening_ = -1;
};
