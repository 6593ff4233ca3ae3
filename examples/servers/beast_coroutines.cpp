// SPDX-License-Identifier: BSL-1.0
// Boost.Beast with a coroutine for each connection, on several threads.
#include "endpoint.hpp"

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <chrono>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::use_awaitable;
using asio::ip::tcp;

asio::awaitable<void> serve(endpoint& webhook, boost::beast::tcp_stream stream) {
  boost::beast::flat_buffer buffer;
  for (bool goes_on = true; goes_on;) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(endpoint::max_body);
    stream.expires_after(std::chrono::seconds(30));  // of silence, then the connection is closed
    co_await http::async_read_header(stream, buffer, parser, use_awaitable);
    if (parser.get()[http::field::expect] == "100-continue") {
      http::response<http::empty_body> go_on(http::status::continue_, 11);
      co_await http::async_write(stream, go_on, use_awaitable);
    }
    co_await http::async_read(stream, buffer, parser, use_awaitable);
    const auto& request = parser.get();
    http::response<http::empty_body> answer;
    answer.version(request.version());
    answer.keep_alive(goes_on = request.keep_alive());
    answer.result(static_cast<unsigned>(webhook.answer(
        {.method = request.method_string(), .headers = request.base(), .body = request.body()})));
    answer.prepare_payload();
    co_await http::async_write(stream, answer, use_awaitable);
  }
}

asio::awaitable<void> accept(endpoint& webhook, tcp::acceptor acceptor) {
  for (;;) {
    boost::beast::tcp_stream stream(co_await acceptor.async_accept(use_awaitable));
    // An exception ends the connection alone.
    co_spawn(acceptor.get_executor(), serve(webhook, std::move(stream)), asio::detached);
  }
}

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  endpoint webhook(argv[1]);
  asio::thread_pool threads(8);
  tcp::acceptor acceptor(threads, {asio::ip::address_v4::loopback(), 0});
  std::cout << acceptor.local_endpoint().port() << std::endl;
  co_spawn(threads, accept(webhook, std::move(acceptor)), asio::detached);
  threads.join();
}
