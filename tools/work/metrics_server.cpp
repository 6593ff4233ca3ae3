// SPDX-License-Identifier: BSL-1.0
#include "work/metrics_server.hpp"

#include "http/request_rules.hpp"

#include <chrono>
#include <string_view>
#include <utility>

namespace {

constexpr std::chrono::seconds status_interval{5};

connection_limits limits_of_server() {
  connection_limits made;
  made.connections = 32;
  made.body_bytes = 1024;
  made.grace = std::chrono::seconds(1);
  return made;
}

}  // namespace

metrics_server::metrics_server(work_metrics& of, const std::string& host, int port,
                               std::unique_ptr<inbox_connection> inbox)
    : of_(of),
      inbox_(std::move(inbox)),
      server_(limits_of_server(), *this),
      port_(server_.bind(host, port)) {
  looking_ = std::thread([this] { look(); });
  serving_ = std::thread([this] { static_cast<void>(server_.run()); });
}

metrics_server::~metrics_server() {
  {
    const std::lock_guard lock(guard_);
    is_over_ = true;
  }
  changed_.notify_one();
  server_.stop();
  serving_.join();
  looking_.join();
}

std::optional<http_response> metrics_server::answer_head(const http_request& head) {
  if (head.method != "GET" && head.method != "HEAD") {
    return http_response{405, "\n", {{"Allow", "GET, HEAD"}}};
  }
  const std::string_view path = path_of(head.target);
  if (path == "/metrics") return http_response{200, of_.text()};
  if (path != "/healthz") return http_response{404, "\n"};
  if (of_.inbox_works()) return http_response{200, "ok\n"};
  return http_response{503, "the inbox cannot be used\n"};
}

void metrics_server::answer(http_request, http_reply reply) { reply({404, "\n"}); }

void metrics_server::rejected(const http_rejection&, const http_request&) {}

void metrics_server::look() {
  std::unique_lock lock(guard_);
  while (!is_over_) {
    lock.unlock();
    const auto now =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    of_.set_status(inbox_->connect() ? inbox_->status(now) : std::nullopt, now);
    lock.lock();
    changed_.wait_for(lock, status_interval, [this] { return is_over_; });
  }
}
