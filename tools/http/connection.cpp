// SPDX-License-Identifier: BSL-1.0
#include "http/connection.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

namespace {

void address_of(int socket, decltype(&getpeername) which, std::string& ip, int& port) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> service{};
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the socket API's own polymorphism
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  if (which(socket, plain, &size) != 0 ||
      getnameinfo(plain, size, host.data(), host.size(), service.data(), service.size(),
                  NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return;
  }
  ip = host.data();
  port = static_cast<int>(std::strtol(service.data(), nullptr, 10));
}

}  // namespace

connection::connection(int socket, SSL_CTX* tls, const connection_limits& limits,
                       const std::atomic<bool>& is_stopping)
    : socket_(socket),
      tls_(tls == nullptr ? nullptr : SSL_new(tls)),
      limits_(limits),
      is_stopping_(is_stopping),
      deadline_(clock::now() + limits.request) {
  const int on = 1;
  // Headers and body of an answer are written separately; without this option the body would wait for
  // the client to acknowledge the headers.
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  fcntl(socket_, F_SETFL, fcntl(socket_, F_GETFL) | O_NONBLOCK);
  if (tls_) SSL_set_fd(tls_.get(), socket_);
}

connection::~connection() { ::close(socket_); }

bool connection::open() {
  if (!tls_) return true;
  is_open_ = with_tls([&] { return SSL_accept(tls_.get()); }) == 1;
  return is_open_;
}

bool connection::wait_for_request() {
  const auto until = clock::now() + limits_.idle;
  deadline_ = until;
  while (begin_ == end_) {
    // A server that is stopping still reads what has already arrived.
    const bool is_buffered = tls_ && SSL_pending(tls_.get()) > 0;
    const auto slice = std::min(until, clock::now() + std::chrono::milliseconds(100));
    if (is_buffered || wait(POLLIN, slice)) {
      if (!fill()) return false;
    } else if (is_stopping_ || clock::now() >= until) {
      return false;
    }
  }
  deadline_ = clock::now() + limits_.request;
  allowed_ = limits_.header_bytes;
  return true;
}

// A chunked body is longer than its content. One with chunks of a single byte, six times as long, is not
// read to the end.
void connection::allow_body() { allowed_ = 2 * limits_.body_bytes + limits_.header_bytes; }

// Closing while the client still sends would make it lose the answer (RFC 9112, section 9.6).
void connection::close() {
  if (is_open_) SSL_shutdown(tls_.get());
  shutdown(socket_, SHUT_WR);
  const auto until = clock::now() + std::chrono::seconds(1);
  std::size_t left = 2 * limits_.body_bytes;
  while (wait(POLLIN, until)) {
    const ssize_t size = recv(socket_, buffer_.data(), buffer_.size(), 0);
    if (size <= 0 || static_cast<std::size_t>(size) > left) break;
    left -= static_cast<std::size_t>(size);
  }
}

bool connection::is_readable() const { return begin_ != end_ || wait(POLLIN, clock::now()); }
bool connection::is_writable() const { return wait(POLLOUT, clock::now()); }
bool connection::wait_readable() const { return begin_ != end_ || wait(POLLIN, deadline_); }
bool connection::wait_writable() const { return wait(POLLOUT, deadline_); }

std::time_t connection::duration() const {
  return std::chrono::floor<std::chrono::milliseconds>(clock::now() - begin_time_).count();
}

ssize_t connection::read(char* into, std::size_t size) {
  if (begin_ == end_ && !fill()) return 0;
  const std::size_t taken = std::min({size, end_ - begin_, allowed_});
  if (taken == 0) return -1;
  std::copy_n(buffer_.data() + begin_, taken, into);
  begin_ += taken;
  allowed_ -= taken;
  return static_cast<ssize_t>(taken);
}

ssize_t connection::write(const char* from, std::size_t size) {
  if (tls_) {
    const int written = with_tls([&] {
      return SSL_write(tls_.get(), from, static_cast<int>(std::min<std::size_t>(size, 1U << 20U)));
    });
    return written > 0 ? written : -1;
  }
  for (;;) {
    const ssize_t written = send(socket_, from, size, MSG_NOSIGNAL);
    if (written >= 0) return written;
    if (errno == EINTR) continue;
    if (errno != EAGAIN || !wait(POLLOUT, deadline_)) return -1;
  }
}

void connection::get_remote_ip_and_port(std::string& ip, int& port) const {
  address_of(socket_, getpeername, ip, port);
}

void connection::get_local_ip_and_port(std::string& ip, int& port) const {
  address_of(socket_, getsockname, ip, port);
}

bool connection::wait(short events, clock::time_point until) const {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now()).count();
    pollfd one{socket_, events, 0};
    const int ready = poll(&one, 1, static_cast<int>(std::max<decltype(left)>(left, 0)));
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

template <class Step>
int connection::with_tls(const Step& step) {
  for (;;) {
    ERR_clear_error();
    const int done = step();
    if (done > 0) return done;
    const int why = SSL_get_error(tls_.get(), done);
    if (why == SSL_ERROR_SYSCALL || why == SSL_ERROR_SSL) is_open_ = false;
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) return done;
    if (!wait(why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline_)) return -1;
  }
}

ssize_t connection::receive(char* into, std::size_t size) {
  if (tls_) return with_tls([&] { return SSL_read(tls_.get(), into, static_cast<int>(size)); });
  for (;;) {
    const ssize_t received = recv(socket_, into, size, 0);
    if (received >= 0) return received;
    if (errno == EINTR) continue;
    if (errno != EAGAIN || !wait(POLLIN, deadline_)) return -1;
  }
}

bool connection::fill() {
  // The deadline also holds for a client that never pauses.
  if (clock::now() >= deadline_) return false;
  const ssize_t size = receive(buffer_.data(), buffer_.size());
  begin_ = 0;
  end_ = size > 0 ? static_cast<std::size_t>(size) : 0;
  return size > 0;
}
