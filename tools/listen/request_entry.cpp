// SPDX-License-Identifier: BSL-1.0
#include "listen/request_entry.hpp"

#include <chrono>
#include <utility>

archive_entry entry_of(http_request request) {
  archive_entry made;
  made.received = std::chrono::system_clock::now();
  made.remote = std::move(request.remote);
  made.method = std::move(request.method);
  made.target = std::move(request.target);
  made.headers = std::move(request.headers);
  made.body = std::move(request.body);
  return made;
}
