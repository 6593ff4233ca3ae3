// SPDX-License-Identifier: BSL-1.0
// Boost.Beast with a thread for each connection.
#include "endpoint.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <thread>

namespace http = boost::beast::http;
using boost::asio::ip::tcp;

void serve(endpoint& webhook, boost::beast::tcp_stream stream) {
  boost::system::error_code error;
  boost::beast::flat_buffer buffer;
  for (bool goes_on = true; goes_on && !error;) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(endpoint::max_body);
    http::read_header(stream, buffer, parser, error);
    if (!error && parser.get()[http::field::expect] == "100-continue") {
      http::write(stream, http::response<http::empty_body>(http::status::continue_, 11), error);
    }
    if (!error) http::read(stream, buffer, parser, error);
    if (error) break;
    const auto& request = parser.get();
    http::response<http::empty_body> answer;
    answer.version(request.version());
    answer.keep_alive(goes_on = request.keep_alive());
    answer.result(static_cast<unsigned>(webhook.answer(
        {.method = request.method_string(), .headers = request.base(), .body = request.body()})));
    answer.prepare_payload();
    http::write(stream, answer, error);
  }
  stream.socket().shutdown(tcp::socket::shutdown_send, error);
}

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  endpoint webhook(argv[1]);

  boost::asio::io_context context;
  tcp::acceptor acceptor(context, {boost::asio::ip::address_v4::loopback(), 0});
  std::cout << acceptor.local_endpoint().port() << std::endl;
  for (;;) {
    std::thread([&webhook, stream = boost::beast::tcp_stream(acceptor.accept())]() mutable {
      serve(webhook, std::move(stream));
    }).detach();
  }
}
