// SPDX-License-Identifier: BSL-1.0
#include "endpoint.hpp"

#include <httplib.h>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  endpoint webhook(argv[1]);

  httplib::Server server;
  server.set_payload_max_length(endpoint::max_body);
  server.Post("/", [&](const httplib::Request& request, httplib::Response& answer) {
    answer.status = webhook.answer(
        {.method = request.method, .headers = request.headers, .body = request.body});
  });
  std::cout << server.bind_to_any_port("127.0.0.1") << std::endl;
  return server.listen_after_bind() ? 0 : 1;
}
