// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <openssl/ssl.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

using tcp_socket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

// The outcomes of a non-blocking call.
enum class io_outcome : std::uint8_t { done, needs_read, needs_write, closed };

struct io_result {
  io_outcome outcome{};
  std::size_t size = 0;
};

// A socket that never blocks, with or without TLS. OpenSSL reads from it directly: Asio's TLS stream has four
// buffers of 17 KiB for each connection, also for an idle one.
class transport {
 public:
  // No TLS if `tls` is null.
  transport(tcp_socket socket, SSL_CTX* tls);

  [[nodiscard]] io_result handshake();
  [[nodiscard]] io_result read(char* into, std::size_t size);
  [[nodiscard]] io_result write(std::string_view text);

  // Tells the client that nothing follows.
  void end_writing();

  // Reads what still arrives without TLS, and returns its size.
  [[nodiscard]] io_result discard();

  void close();

  // Returns whether TLS has decrypted bytes that were not read: nothing tells the socket's readers of them.
  [[nodiscard]] bool has_pending() const { return tls_ && SSL_has_pending(tls_.get()) == 1; }

  [[nodiscard]] tcp_socket& socket() { return socket_; }

 private:
  struct ssl_free {
    void operator()(SSL* tls) const { SSL_free(tls); }
  };

  template <class Step>
  [[nodiscard]] io_result with_tls(const Step& step);
  [[nodiscard]] static io_result outcome_of(int error, io_outcome blocked);

  tcp_socket socket_;
  std::unique_ptr<SSL, ssl_free> tls_;
  bool is_open_ = false;  // the TLS session is established
};
