// SPDX-License-Identifier: BSL-1.0
// The server of `listen` without signhook, to measure the difference: answers each request 200 without
// reading it, after it is in the archive if there is one.
//   plain_server [ARCHIVE group|each|none]
#include "archive/archive.hpp"
#include "archive/archive_entry.hpp"
#include "http/server.hpp"
#include "listen/request_entry.hpp"
#include "system/signal_thread.hpp"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace {

durability durability_of(std::string_view name) {
  if (name == "each") return durability::each;
  return name == "group" ? durability::group : durability::none;
}

class plain_service final : public http_service {
 public:
  explicit plain_service(archive* kept) : kept_(kept) {}

  std::optional<http_response> answer_head(const http_request&) override { return std::nullopt; }

  void answer(http_request request, http_reply reply) override {
    if (kept_ == nullptr) return reply({200, "accepted\n"});
    kept_->append(to_line(entry_of(std::move(request))), [reply = std::move(reply)](bool is_kept) {
      reply({is_kept ? 200 : 503, is_kept ? "accepted\n" : "failed\n"});
    });
  }

  void rejected(const http_rejection&, const http_request&) override {}

 private:
  archive* kept_;
};

int serve(int argc, char** argv) {
  std::optional<archive> kept;
  if (argc == 3)
    kept.emplace(argv[1], durability_of(argv[2]), [](std::string_view) { return false; });
  plain_service service(kept ? &*kept : nullptr);
  http_server server({}, service);
  const int port = server.bind("127.0.0.1", 0);
  fmt::print(stderr, "plain_server: listening on http://127.0.0.1:{}\n", port);
  const signal_thread on_stop({SIGTERM, SIGINT}, [&] { server.stop(); });
  return server.run() ? 0 : 2;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return serve(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "plain_server: {}\n", error.what());
    return 2;
  }
}
