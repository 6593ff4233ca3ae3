// SPDX-License-Identifier: BSL-1.0
#include "endpoint.hpp"

#include <microhttpd.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <vector>

// Called once for a request's header fields, then for each part of its body, then at its end.
MHD_Result on_request(void* webhook, MHD_Connection* connection, const char*, const char* method,
                      const char*, const char* part, std::size_t* size, void** state) {
  if (*state == nullptr) {
    *state = new std::string;
    return MHD_YES;
  }
  auto& body = *static_cast<std::string*>(*state);
  if (*size != 0) {
    // A byte more than the receiver takes is enough for the receiver to answer.
    const std::size_t most = signhook::decoder_options().max_bytes + 1 - body.size();
    body.append(part, std::min(*size, most));
    *size = 0;
    return MHD_YES;
  }
  std::vector<signhook::header> headers;
  MHD_get_connection_values(
      connection, MHD_HEADER_KIND,
      [](void* to, MHD_ValueKind, const char* name, const char* value) {
        static_cast<decltype(headers)*>(to)->push_back({name, value != nullptr ? value : ""});
        return MHD_YES;
      },
      &headers);
  const int status =
      static_cast<endpoint*>(webhook)->answer({.method = method, .headers = headers, .body = body});
  const std::unique_ptr<MHD_Response, decltype(&MHD_destroy_response)> answer(
      MHD_create_response_from_buffer(0, nullptr, MHD_RESPMEM_PERSISTENT), MHD_destroy_response);
  return MHD_queue_response(connection, static_cast<unsigned>(status), answer.get());
}

void on_end(void*, MHD_Connection*, void** state, MHD_RequestTerminationCode) {
  delete static_cast<std::string*>(*state);
}

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  endpoint webhook(argv[1]);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  MHD_Daemon* const server = MHD_start_daemon(
      MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD, 0, nullptr, nullptr,
      on_request, &webhook, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_NOTIFY_COMPLETED, on_end,
      nullptr, MHD_OPTION_CONNECTION_TIMEOUT, 30U, MHD_OPTION_END);
  if (server == nullptr) return 1;
  std::cout << MHD_get_daemon_info(server, MHD_DAEMON_INFO_BIND_PORT)->port << std::endl;
  return pause();
}
