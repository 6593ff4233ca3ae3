// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "http/headers.hpp"
#include "http/stream.hpp"

#include <chrono>
#include <memory>
#include <string>

// A request as the client sent it.
struct http_request {
  std::chrono::steady_clock::time_point begin{};  // when its first byte arrived
  std::string remote;                             // address of the client
  std::string method;
  std::string target;
  http_headers headers;
  std::string body;  // without its transfer coding
};

struct http_response {
  int status = 200;
  std::string text;
  http_headers headers{};  // besides those of the connection and of the text
  std::string type = "text/plain; charset=utf-8";
  std::shared_ptr<http_stream> stream{};  // follows the text
};
