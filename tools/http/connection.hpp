// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "http/connection_limits.hpp"

#include <httplib.h>
#include <openssl/ssl.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <memory>
#include <string>

// httplib's stream, with the functions that only some of its versions declare.
class any_stream : public httplib::Stream {
 public:
  // NOLINTBEGIN(modernize-use-override): they override in some versions only
  [[nodiscard]] virtual bool is_writable() const = 0;
  [[nodiscard]] virtual bool wait_readable() const = 0;
  [[nodiscard]] virtual bool wait_writable() const = 0;
  [[nodiscard]] virtual std::time_t duration() const = 0;  // in milliseconds
  // NOLINTEND(modernize-use-override)
};

// A connection that the server accepted, with or without TLS, as a stream for httplib. Limits the time and
// the bytes of each request. httplib's own streams (0.11) limit only the time of each read, which a slow
// client never exceeds, and do not limit the headers.
class connection final : public any_stream {
 public:
  // Owns the socket. No TLS if `tls` is null.
  connection(int socket, SSL_CTX* tls, const connection_limits& limits,
             const std::atomic<bool>& is_stopping);
  ~connection() override;
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  // Does the TLS handshake, if any.
  [[nodiscard]] bool open();

  // Waits for the first byte of a request, at which its time starts. Returns false if none arrives in time
  // or the server is stopping.
  [[nodiscard]] bool wait_for_request();

  // Allows as many bytes as a body may have; called after the headers are read.
  void allow_body();

  // Closes the connection such that the client still receives the answer.
  void close();

  [[nodiscard]] bool is_readable() const override;
  [[nodiscard]] bool is_writable() const override;
  [[nodiscard]] bool wait_readable() const override;
  [[nodiscard]] bool wait_writable() const override;
  [[nodiscard]] std::time_t duration() const override;
  ssize_t read(char* into, std::size_t size) override;
  ssize_t write(const char* from, std::size_t size) override;
  using Stream::write;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  [[nodiscard]] int socket() const override { return socket_; }

 private:
  using clock = std::chrono::steady_clock;

  struct ssl_free {
    void operator()(SSL* tls) const { SSL_free(tls); }
  };

  // Waits until the socket is ready for one of these events of poll(2). Returns false on a timeout.
  [[nodiscard]] bool wait(short events, clock::time_point until) const;

  // Calls `step`, which returns the result of SSL_read or a similar function, until it need not wait.
  template <class Step>
  [[nodiscard]] int with_tls(const Step& step);

  [[nodiscard]] ssize_t receive(char* into, std::size_t size);
  [[nodiscard]] bool fill();

  int socket_;
  std::unique_ptr<SSL, ssl_free> tls_;
  bool is_open_ = false;  // the TLS session is established
  const connection_limits& limits_;
  const std::atomic<bool>& is_stopping_;
  const clock::time_point begin_time_ = clock::now();
  clock::time_point deadline_;
  std::size_t allowed_ = 0;
  std::array<char, 8192> buffer_{};
  std::size_t begin_ = 0;  // of what is in the buffer
  std::size_t end_ = 0;
};
