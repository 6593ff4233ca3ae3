// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "http/connection_limits.hpp"
#include "http/server.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <openssl/ssl.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// The state that the workers of a server share.
struct server_state {
  const connection_limits& limits;
  http_service& service;
  SSL_CTX* tls = nullptr;  // none if null
  std::function<void()> connection_ended{};
  std::atomic<std::uint64_t> accepted = 0;
  std::atomic<std::size_t> connections = 0;
  std::atomic<std::size_t> in_flight = 0;
  std::atomic<std::size_t> memory_bytes = 0;
};

// A thread of a server, and its connections. All functions but the constructor are called by that thread.
class worker {
 public:
  using clock = std::chrono::steady_clock;

  // A connection as its worker sees it.
  class connection {
   public:
    using clock = worker::clock;

    connection() = default;
    virtual ~connection() = default;
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    // Ends what takes too long: its time is over.
    virtual void end_time(clock::time_point now) = 0;

    // Ends the connection if it is idle, or else after the request that it has begun.
    virtual void stop() = 0;

   private:
    friend class worker;
    std::size_t place_ = 0;
  };

  explicit worker(server_state& state);

  // Serves until it is stopped and the last connection has ended.
  void run();

  void stop();

  // Tells the connection that its time is over, until `remove`.
  void add(connection& one, clock::time_point ends_at);
  void limit_time(const connection& one, clock::time_point ends_at) {
    connections_[one.place_].ends_at = ends_at;
  }
  [[nodiscard]] bool is_time_over(const connection& one, clock::time_point now) const {
    return now >= connections_[one.place_].ends_at;
  }
  void remove(connection& one);

  // Returns the value of a Date field (RFC 9110, section 6.6.1).
  [[nodiscard]] std::string_view date();

  [[nodiscard]] server_state& state() { return state_; }
  [[nodiscard]] const connection_limits& limits() const { return state_.limits; }
  [[nodiscard]] boost::asio::io_context& context() { return context_; }
  [[nodiscard]] bool is_stopping() const { return is_stopping_; }
  [[nodiscard]] bool is_grace_over(clock::time_point now) const {
    return is_stopping_ && now >= stops_at_;
  }

 private:
  void check_times();
  void end_if_done();

  server_state& state_;
  boost::asio::io_context context_{1};  // one thread
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer timer_;
  // The times are beside each other, as those of 10,000 connections are looked at ten times a second.
  struct place {
    connection* one;
    clock::time_point ends_at;
  };
  std::vector<place> connections_;
  bool is_stopping_ = false;
  clock::time_point stops_at_;
  std::time_t dated_ = 0;
  std::string date_;
};
