// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "http/server.hpp"
#include "inspect/delivery_log.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

// Serves a page on this machine's loopback that shows deliveries as they arrive. Whoever has its address may see and
// repeat them: a token that was made at the start is a part of it, and no cookie is, because browsers send those to
// every port of a host.
class inspector final : private http_service {
 public:
  // Delivers a request again and replies with the answer to it; or returns why it cannot, and does not reply.
  using repeater = std::function<std::optional<std::string>(const inspected_delivery& again,
                                                            const http_reply& reply)>;

  struct options {
    int port = 0;               // any free one if 0
    std::string listens_on;     // the address of deliveries, for curl
    std::string secret_header;  // for curl
  };

  // Throws std::runtime_error if it cannot listen there.
  inspector(const options& of, repeater repeat);
  ~inspector() override;

  // Returns the address of the page, with the token.
  [[nodiscard]] std::string url() const;

  // Shows a delivery. Thread-safe, and waits for nobody.
  void push(inspected_delivery one) { log_->push(std::move(one)); }

  // Sends what the streams still have to send, and ends them. Returns after all deliveries that are repeated were
  // answered.
  void stop();

 private:
  std::optional<http_response> answer_head(const http_request& head) override;
  void answer(http_request request, http_reply reply) override;
  void rejected(const http_rejection& why, const http_request& request) override;

  [[nodiscard]] http_response get(const http_request& head, std::string_view name) const;
  [[nodiscard]] http_response stream_of(const http_request& head) const;

  const std::string token_;
  const std::string first_event_;
  const repeater repeat_;
  const std::shared_ptr<delivery_log> log_ = std::make_shared<delivery_log>();
  http_server server_;
  const int port_;
  std::thread serving_;
};
