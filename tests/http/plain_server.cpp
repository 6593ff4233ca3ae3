// SPDX-License-Identifier: BSL-1.0
// The server of `listen` without what makes it one: each request is answered 200, unread, and where there
// is an archive once it is kept. What signhook costs in a server is measured beside it.
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

namespace {

durability durability_of(std::string_view name) {
  if (name == "each") return durability::each;
  return name == "group" ? durability::group : durability::none;
}

int serve(int argc, char** argv) {
  std::optional<archive> kept;
  if (argc == 3) kept.emplace(argv[1], durability_of(argv[2]), [](std::string_view) {});
  const connection_limits limits;
  http_server server(limits, [&](const httplib::Request& request, std::string_view body) {
    if (kept && !kept->append(to_line(entry_of(request, body)))) return http_answer{503, {}};
    return http_answer{200, "accepted\n"};
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
