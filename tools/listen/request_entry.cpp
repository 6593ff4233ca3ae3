// SPDX-License-Identifier: BSL-1.0
#include "listen/request_entry.hpp"

#include "http/server.hpp"

#include <chrono>

archive_entry entry_of(const httplib::Request& request, std::string_view body) {
  archive_entry made;
  made.received = std::chrono::system_clock::now();
  made.remote = request.remote_addr;
  made.method = request.method;
  made.target = request.target;
  made.headers = headers_of(request);
  made.body = body;
  return made;
}
