// SPDX-License-Identifier: BSL-1.0
// The server of `listen` without signhook, to measure the difference: answers each request 200 without
// reading it, after it is in the archive if there is one.
//   plain_server [ARCHIVE group|each|none]
#include "archive/archive.hpp"
#include "archive/archive_entry.hpp"
#include "http/server.hpp"
#include "listen/request_entry.hpp"
#include "system/stop_signal.hpp"

#include <fmt/format.h>

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

int serve(int argc, char** argv) {
  std::optional<archive> kept;
  if (argc == 3) kept.emplace(argv[1], durability_of(argv[2]), [](std::string_view) {});
  const connection_limits limits;
  http_server server(limits, [&](http_request request) {
    if (kept && !kept->append(to_line(entry_of(std::move(request))))) return http_response{503, {}};
    return http_response{200, "accepted\n"};
  });
  const int port = server.bind("127.0.0.1", 0);
  fmt::print(stderr, "plain_server: listening on http://127.0.0.1:{}\n", port);
  const stop_signal on_signal([&] { server.stop(); });
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
