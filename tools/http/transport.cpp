// SPDX-License-Identifier: BSL-1.0
#include "http/transport.hpp"

#include <openssl/err.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

transport::transport(tcp_socket socket, SSL_CTX* tls)
    : socket_(std::move(socket)), tls_(tls == nullptr ? nullptr : SSL_new(tls)) {
  boost::system::error_code failed;  // of a client that has gone; the first read finds that, too
  socket_.non_blocking(true, failed);
  socket_.set_option(boost::asio::ip::tcp::no_delay(true), failed);
  if (tls_) SSL_set_fd(tls_.get(), socket_.native_handle());
}

io_result transport::handshake() {
  if (!tls_) return {io_outcome::done};
  const io_result made = with_tls([&] { return SSL_accept(tls_.get()); });
  is_open_ = made.outcome == io_outcome::done;
  return made;
}

io_result transport::read(char* into, std::size_t size) {
  if (tls_) return with_tls([&] { return SSL_read(tls_.get(), into, static_cast<int>(size)); });
  for (;;) {
    const ssize_t received = ::recv(socket_.native_handle(), into, size, 0);
    if (received > 0) return {io_outcome::done, static_cast<std::size_t>(received)};
    if (received == 0) return {io_outcome::closed};
    if (errno != EINTR) return outcome_of(errno, io_outcome::needs_read);
  }
}

io_result transport::write(std::string_view text) {
  if (tls_) {
    const auto size = static_cast<int>(std::min<std::size_t>(text.size(), 1U << 20U));
    return with_tls([&] { return SSL_write(tls_.get(), text.data(), size); });
  }
  for (;;) {
    const ssize_t sent = ::send(socket_.native_handle(), text.data(), text.size(), MSG_NOSIGNAL);
    if (sent >= 0) return {io_outcome::done, static_cast<std::size_t>(sent)};
    if (errno != EINTR) return outcome_of(errno, io_outcome::needs_write);
  }
}

void transport::end_writing() {
  if (is_open_) {
    ERR_clear_error();
    SSL_shutdown(tls_.get());
  }
  boost::system::error_code failed;  // the client may have gone
  socket_.shutdown(tcp_socket::shutdown_send, failed);
}

io_result transport::discard() {
  std::array<char, 4096> gone{};
  for (;;) {
    const ssize_t received = ::recv(socket_.native_handle(), gone.data(), gone.size(), 0);
    if (received > 0) return {io_outcome::done, static_cast<std::size_t>(received)};
    if (received == 0) return {io_outcome::closed};
    if (errno != EINTR) return outcome_of(errno, io_outcome::needs_read);
  }
}

void transport::close() {
  boost::system::error_code failed;  // nothing is left to do then
  socket_.close(failed);
}

template <class Step>
io_result transport::with_tls(const Step& step) {
  ERR_clear_error();
  const int done = step();
  if (done > 0) return {io_outcome::done, static_cast<std::size_t>(done)};
  const int why = SSL_get_error(tls_.get(), done);
  if (why == SSL_ERROR_WANT_READ) return {io_outcome::needs_read};
  if (why == SSL_ERROR_WANT_WRITE) return {io_outcome::needs_write};
  // After these nothing may be sent, not even an alert (SSL_get_error(3)).
  if (why == SSL_ERROR_SYSCALL || why == SSL_ERROR_SSL) is_open_ = false;
  return {io_outcome::closed};
}

io_result transport::outcome_of(int error, io_outcome blocked) {
  return {error == EAGAIN ? blocked : io_outcome::closed};
}
