// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

// A status that rejects a request, and the reason in a few words, which are static.
struct http_rejection {
  int status = 0;
  std::string_view reason;

  friend bool operator==(const http_rejection&, const http_rejection&) = default;
};
