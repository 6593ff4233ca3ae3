// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <httplib.h>

#include <chrono>
#include <string>
#include <string_view>

// The parts of an http or https address.
struct http_url {
  std::string server;  // scheme, host and port
  std::string target;  // path and query, at least "/"

  // Throws std::runtime_error where it is none, or holds a user, who is observation in the environment's
  // process list otherwise.
  [[nodiscard]] static http_url from(std::string_view text);
};

struct http_client_options {
  std::string ca_file;  // the system's where empty
  std::chrono::milliseconds timeout{15000};
};

// A client for one server, which stays connected. The certificate is always verified.
[[nodiscard]] httplib::Client make_client(const http_url& to, const http_client_options& options);
