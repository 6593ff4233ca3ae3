// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "http/connection_limits.hpp"
#include "http/message.hpp"
#include "http/rejection.hpp"
#include "http/stream.hpp"
#include "http/transport.hpp"
#include "http/worker.hpp"

#include <boost/beast/core/flat_buffer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

// A connection of a client: reads requests one after the other, has each answered, and closes at the end. It
// lives as long as it waits for something, and belongs to the thread of its worker. An idle one holds no
// buffers.
class session final : public std::enable_shared_from_this<session>, public worker::connection {
 public:
  session(worker& on, tcp_socket socket);
  ~session() override;
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  // Serves the client until it has to wait.
  void run();

  void end_time(clock::time_point now) override;
  void stop() override;

 private:
  enum class phase : std::uint8_t {
    handshake,  // of TLS
    idle,       // between requests
    head,       // a part of a request's head has arrived
    body,
    answering,  // until the service replies
    writing,
    streaming,  // until its stream has more
    draining,   // until the client has seen the answer
    closed,
  };
  // A request that is read or answered.
  struct exchange;

  [[nodiscard]] bool is_reading() const {
    return phase_ == phase::idle || phase_ == phase::head || phase_ == phase::body;
  }

  // These do what can be done without waiting, and return what to wait for; `done` for nothing.
  [[nodiscard]] io_outcome step();
  [[nodiscard]] io_outcome shake_hands();
  [[nodiscard]] io_outcome read_head();
  [[nodiscard]] io_outcome read_body();
  [[nodiscard]] io_outcome write();
  [[nodiscard]] io_outcome send_more();
  [[nodiscard]] io_outcome drain();
  [[nodiscard]] io_result fill(std::size_t size);

  void begin_exchange();
  void end_head();
  [[nodiscard]] std::optional<http_rejection> parse_head(std::size_t size);
  void begin_body();
  void skip_body();
  void feed_body();
  void deliver();
  void reply(const http_response& response);
  void respond(const http_response& response);
  void reject(const http_rejection& why);
  void begin_stream(std::shared_ptr<http_stream> stream);
  void begin_streaming();
  void end_exchange();
  void begin_idle();
  void begin_draining();
  void close();
  void account();
  void wait(io_outcome what);

  worker& worker_;
  transport transport_;
  const std::string remote_;
  boost::beast::flat_buffer input_;
  std::unique_ptr<exchange> exchange_;
  std::string output_;
  std::shared_ptr<http_stream> stream_;  // null for most
  std::size_t memory_ = 0;               // as the server knows it
  std::size_t requests_ = 0;
  std::size_t written_ = 0;  // of the output
  std::size_t drained_ = 0;
  phase phase_ = phase::handshake;
  bool is_running_ = false;
  bool waits_for_read_ = false;
  bool waits_for_write_ = false;
  bool may_read_ = false;  // the socket may have bytes
  bool is_last_ = false;   // no request follows
  bool is_idle_ = false;   // its stream
};
