// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <functional>
#include <string>

// The text of an answer that has no end: a server sends it as it grows, and closes the connection when it stops. It is
// destroyed when the connection has ended.
class http_stream {
 public:
  http_stream() = default;
  virtual ~http_stream() = default;
  http_stream(const http_stream&) = delete;
  http_stream& operator=(const http_stream&) = delete;

  // Is called once, before `next`. `wake` may be called by any thread until this object is destroyed; it does not wait,
  // and `next` is called again after it.
  virtual void begin(std::function<void()> wake) = 0;

  // Returns what follows, or nothing if nothing follows yet. It is not called before all that it returned is sent.
  // `is_idle` tells that nothing was sent for the idle time of the connection.
  [[nodiscard]] virtual std::string next(bool is_idle) = 0;
};
