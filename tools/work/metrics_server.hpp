// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "http/server.hpp"
#include "inbox/inbox_connection.hpp"
#include "work/work_metrics.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

// Answers GET /metrics and GET /healthz, and looks every few seconds how many events are in the inbox, by a connection
// of its own.
class metrics_server final : private http_service {
 public:
  // Throws std::runtime_error if it cannot listen there.
  metrics_server(work_metrics& of, const std::string& host, int port,
                 std::unique_ptr<inbox_connection> inbox);
  ~metrics_server() override;

  [[nodiscard]] int port() const { return port_; }

 private:
  std::optional<http_response> answer_head(const http_request& head) override;
  void answer(http_request request, http_reply reply) override;
  void rejected(const http_rejection& why, const http_request& request) override;
  void look();

  work_metrics& of_;
  std::unique_ptr<inbox_connection> inbox_;
  http_server server_;
  int port_;
  std::mutex guard_;
  std::condition_variable changed_;
  bool is_over_ = false;
  std::thread looking_;
  std::thread serving_;
};
