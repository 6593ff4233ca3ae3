// SPDX-License-Identifier: BSL-1.0
#include "endpoint.hpp"

#include <civetweb.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

int on_request(mg_connection* connection, void* webhook) {
  const mg_request_info& request = *mg_get_request_info(connection);
  std::vector<signhook::header> headers;
  headers.reserve(static_cast<std::size_t>(request.num_headers));
  for (int i = 0; i < request.num_headers; ++i) {
    headers.push_back({request.http_headers[i].name, request.http_headers[i].value});
  }
  // CivetWeb has no limit. A byte more than the receiver takes is enough for the receiver to answer.
  std::string body(signhook::decoder_options().max_bytes + 1, '\0');
  std::size_t size = 0;
  for (int read = 1; read > 0 && size != body.size();
       size += static_cast<std::size_t>(std::max(read, 0))) {
    read = mg_read(connection, body.data() + size, body.size() - size);
  }
  body.resize(size);
  const int status = static_cast<endpoint*>(webhook)->answer(
      {.method = request.request_method, .headers = headers, .body = body});
  mg_printf(connection, "HTTP/1.1 %d %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status,
            mg_get_response_code_text(connection, status));
  return status;
}

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  endpoint webhook(argv[1]);
  mg_init_library(0);
  const char* options[] = {"listening_ports", "127.0.0.1:0", "num_threads", "8", nullptr};
  const mg_callbacks callbacks{};
  mg_context* const server = mg_start(&callbacks, nullptr, options);
  if (server == nullptr) return 1;
  mg_set_request_handler(server, "/", on_request, &webhook);
  mg_server_port port{};
  mg_get_server_ports(server, 1, &port);
  std::cout << port.port << std::endl;
  return pause();
}
