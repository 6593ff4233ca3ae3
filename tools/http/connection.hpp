// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <httplib.h>
#include <openssl/ssl.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <memory>
#include <string>

// What a client may take of a server.
struct connection_limits {
  std::size_t header_bytes = std::size_t{16} * 1024;  // of the request line and all headers
  std::size_t body_bytes = std::size_t{1} << 20U;
  std::size_t connections = 128;
  std::chrono::seconds idle{5};      // without a request
  std::chrono::seconds request{10};  // from the first byte of one to its last
};

// httplib's stream with what some of its versions ask for and others do not know.
class any_stream : public httplib::Stream {
 public:
  // NOLINTBEGIN(modernize-use-override): it depends on the version whether they do
  [[nodiscard]] virtual bool is_writable() const = 0;
  [[nodiscard]] virtual bool wait_readable() const = 0;
  [[nodiscard]] virtual bool wait_writable() const = 0;
  [[nodiscard]] virtual std::time_t duration() const = 0;  // in milliseconds
  // NOLINTEND(modernize-use-override)
};

// A connection that a server accepted, plain or TLS, as httplib reads from it and writes to it. Each
// request is bounded in time and in bytes. httplib's own streams (0.11) bound the time of each read,
// which a client that sends a byte now and then never exceeds, and no number of headers.
class connection final : public any_stream {
 public:
  // Owns the socket. Without `tls` it is plain.
  connection(int socket, SSL_CTX* tls, const connection_limits& limits,
             const std::atomic<bool>& is_stopping);
  ~connection() override;
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  // Shakes hands, where there is TLS.
  [[nodiscard]] bool open();

  // Waits for the first byte of a request, and starts its clock. False where none comes in time, or the
  // server is stopping.
  [[nodiscard]] bool wait_for_request();

  // The headers were read: now the body may come.
  void allow_body();

  // What was sent shall arrive, also where more was received than was read.
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

  // Until the socket is ready for one of these events of poll(2); false at the end of the time.
  [[nodiscard]] bool wait(short events, clock::time_point until) const;

  // Calls `step`, which returns what SSL_read and the like do, until it needs not to wait.
  template <class Step>
  [[nodiscard]] int with_tls(const Step& step);

  [[nodiscard]] ssize_t receive(char* into, std::size_t size);
  [[nodiscard]] bool fill();

  int socket_;
  std::unique_ptr<SSL, ssl_free> tls_;
  bool is_open_ = false;  // TLS is, and may be closed as such
  const connection_limits& limits_;
  const std::atomic<bool>& is_stopping_;
  const clock::time_point begin_time_ = clock::now();
  clock::time_point deadline_;
  std::size_t allowed_ = 0;
  std::array<char, 8192> buffer_{};
  std::size_t begin_ = 0;  // of what is in the buffer
  std::size_t end_ = 0;
};
