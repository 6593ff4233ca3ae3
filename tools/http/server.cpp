// SPDX-License-Identifier: BSL-1.0
#include "http/server.hpp"

#include "http/session.hpp"
#include "http/tls_context.hpp"
#include "http/transport.hpp"
#include "http/worker.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace {

// Decoding an event takes about a microsecond, so that few threads serve many connections.
unsigned count_workers() { return std::clamp(std::thread::hardware_concurrency(), 1U, 4U); }

}  // namespace

class http_server::implementation {
 public:
  implementation(const connection_limits& limits, http_service& service);

  void use_tls(const std::string& certificate, const std::string& key);
  [[nodiscard]] int bind(const std::string& host, int port);
  [[nodiscard]] int adopt(int socket);
  [[nodiscard]] bool run();
  void stop();
  [[nodiscard]] http_server_counts counted() const;

 private:
  using acceptor = asio::basic_socket_acceptor<tcp, asio::io_context::executor_type>;

  [[nodiscard]] worker& first() { return *workers_.front(); }
  void listen_on(const tcp::endpoint& at);
  void accept();
  void accept_later();
  void admit(worker& on, tcp_socket socket);
  void stop_workers();

  const connection_limits limits_;
  tls_context tls_;
  server_state state_;
  std::vector<std::unique_ptr<worker>> workers_;
  acceptor acceptor_;
  asio::steady_timer pause_;
  std::size_t next_ = 0;               // worker
  std::atomic<bool> is_full_ = false;  // no connection is accepted until one ends
  std::atomic<bool> has_failed_ = false;
};

http_server::implementation::implementation(const connection_limits& limits, http_service& service)
    : limits_(limits),
      state_{limits_, service},
      workers_([this] {
        std::vector<std::unique_ptr<worker>> made;
        for (unsigned i = 0; i < count_workers(); ++i) {
          made.push_back(std::make_unique<worker>(state_));
        }
        return made;
      }()),
      acceptor_(first().context()),
      pause_(first().context()) {
  state_.connection_ended = [this] {
    if (is_full_ && is_full_.exchange(false)) asio::post(first().context(), [this] { accept(); });
  };
}

void http_server::implementation::use_tls(const std::string& certificate, const std::string& key) {
  tls_ = make_server_context(certificate, key);
  state_.tls = tls_.get();
}

int http_server::implementation::bind(const std::string& host, int port) {
  try {
    tcp::resolver resolver(first().context());
    const auto found = resolver.resolve(host, std::to_string(port), tcp::resolver::passive);
    listen_on(found.begin()->endpoint());
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error(
        fmt::format("cannot listen on {} port {}: {}", host, port, error.code().message()));
  }
  return acceptor_.local_endpoint().port();
}

int http_server::implementation::adopt(int socket) {
  try {
    sockaddr address{};
    socklen_t size = sizeof address;
    const bool is_v6 = getsockname(socket, &address, &size) == 0 && address.sa_family == AF_INET6;
    acceptor_.assign(is_v6 ? tcp::v6() : tcp::v4(), socket);
    return acceptor_.local_endpoint().port();
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error(
        fmt::format("cannot listen on the socket that was passed: {}", error.code().message()));
  }
}

void http_server::implementation::listen_on(const tcp::endpoint& at) {
  acceptor_.open(at.protocol());
  acceptor_.set_option(tcp::acceptor::reuse_address(true));
  acceptor_.bind(at);
  acceptor_.listen(asio::socket_base::max_listen_connections);
}

bool http_server::implementation::run() {
  asio::post(first().context(), [this] { accept(); });
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < workers_.size(); ++i) {
    threads.emplace_back([this, i] { workers_[i]->run(); });
  }
  first().run();
  for (std::thread& one : threads) one.join();
  return !has_failed_;
}

void http_server::implementation::stop() {
  asio::post(first().context(), [this] { stop_workers(); });
}

// A connection that was passed to a worker before is there when it stops.
void http_server::implementation::stop_workers() {
  boost::system::error_code failed;  // it is closed in any case
  acceptor_.close(failed);
  pause_.cancel();
  for (const auto& one : workers_) {
    asio::post(one->context(), [to_stop = one.get()] { to_stop->stop(); });
  }
}

http_server_counts http_server::implementation::counted() const {
  return {state_.accepted, state_.connections, state_.in_flight, state_.memory_bytes};
}

void http_server::implementation::accept() {
  if (!acceptor_.is_open()) return;
  worker& on = *workers_[next_];
  next_ = (next_ + 1) % workers_.size();
  acceptor_.async_accept(on.context().get_executor(),
                         [this, &on](const boost::system::error_code& failed, tcp_socket socket) {
                           if (failed == asio::error::operation_aborted) return;
                           // Among others the limit on open files, which ends when a connection ends.
                           if (failed) return accept_later();
                           admit(on, std::move(socket));
                         });
}

void http_server::implementation::accept_later() {
  pause_.expires_after(std::chrono::milliseconds(50));
  pause_.async_wait([this](const boost::system::error_code& failed) {
    if (!failed) accept();
  });
}

void http_server::implementation::admit(worker& on, tcp_socket socket) {
  ++state_.accepted;
  const bool is_last = ++state_.connections >= limits_.connections;
  asio::dispatch(on.context(), [&on, moved = std::move(socket)]() mutable {
    std::make_shared<session>(on, std::move(moved))->run();
  });
  if (!is_last) return accept();
  is_full_ = true;
  // A connection may have ended just before.
  if (state_.connections < limits_.connections && is_full_.exchange(false)) accept();
}

http_server::http_server(const connection_limits& limits, http_service& service)
    : implementation_(std::make_unique<implementation>(limits, service)) {}

http_server::~http_server() = default;

void http_server::use_tls(const std::string& certificate, const std::string& key) {
  implementation_->use_tls(certificate, key);
}

int http_server::bind(const std::string& host, int port) {
  return implementation_->bind(host, port);
}

int http_server::adopt(int socket) { return implementation_->adopt(socket); }

bool http_server::run() { return implementation_->run(); }

void http_server::stop() { implementation_->stop(); }

http_server_counts http_server::counted() const { return implementation_->counted(); }
