// SPDX-License-Identifier: BSL-1.0
#include "endpoint.hpp"

#include <pistache/endpoint.h>

#include <chrono>
#include <thread>
#include <utility>
#include <vector>

namespace http = Pistache::Http;

class handler : public http::Handler {
 public:
  HTTP_PROTOTYPE(handler)

  explicit handler(endpoint& webhook) : webhook_(&webhook) {}

  void onRequest(const http::Request& request, http::ResponseWriter answer) override {
    // Copies, because Pistache returns copies. Of several fields with one name it has only one.
    std::vector<std::pair<std::string, std::string>> headers;
    for (const auto& [name, field] : request.headers().rawList()) {
      headers.emplace_back(name, field.value());
    }
    answer.send(
        static_cast<http::Code>(webhook_->answer({.method = http::methodString(request.method()),
                                                  .headers = headers,
                                                  .body = request.body()})));
  }

 private:
  endpoint* webhook_;
};

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  endpoint webhook(argv[1]);
  http::Endpoint server(Pistache::Address(Pistache::IP::loopback(), Pistache::Port(0)));
  server.init(http::Endpoint::options().threads(8).maxRequestSize(endpoint::max_body));
  server.setHandler(http::make_handler<handler>(webhook));
  server.serveThreaded();
  std::cout << server.getPort().toString() << std::endl;
  for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
}
