// SPDX-License-Identifier: BSL-1.0
#include "endpoint.hpp"

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <unistd.h>

namespace net = Poco::Net;

class handler : public net::HTTPRequestHandler {
 public:
  explicit handler(endpoint& webhook) : webhook_(webhook) {}

  void handleRequest(net::HTTPServerRequest& request, net::HTTPServerResponse& answer) override {
    // Poco has no limit. A byte more than the receiver takes is enough for the receiver to answer.
    std::string body(signhook::decoder_options().max_bytes + 1, '\0');
    request.stream().read(body.data(), static_cast<std::streamsize>(body.size()));
    body.resize(static_cast<std::size_t>(request.stream().gcount()));
    // The rest of a body that is too large would be read as the next request.
    if (request.stream().good()) answer.setKeepAlive(false);
    const int status =
        webhook_.answer({.method = request.getMethod(), .headers = request, .body = body});
    answer.setStatus(static_cast<net::HTTPResponse::HTTPStatus>(status));
    answer.setContentLength(0);
    answer.send();
  }

 private:
  endpoint& webhook_;
};

class handlers : public net::HTTPRequestHandlerFactory {
 public:
  explicit handlers(endpoint& webhook) : webhook_(webhook) {}
  net::HTTPRequestHandler* createRequestHandler(const net::HTTPServerRequest&) override {
    return new handler(webhook_);  // which Poco deletes
  }

 private:
  endpoint& webhook_;
};

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  endpoint webhook(argv[1]);
  net::ServerSocket socket(net::SocketAddress("127.0.0.1", 0));
  net::HTTPServer server(new handlers(webhook), socket, new net::HTTPServerParams);
  server.start();
  std::cout << socket.address().port() << std::endl;
  return pause();
}
