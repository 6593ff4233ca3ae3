// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "http/headers.hpp"
#include "http/rejection.hpp"
#include <signhook/result.hpp>

#include <cstdint>
#include <string_view>

// The version, method, target and fields of a request whose syntax was checked.
struct request_head {
  unsigned minor_version = 1;  // of HTTP/1
  std::string_view method;
  std::string_view target;
  const http_headers& headers;
};

// The framing of a request (RFC 9112, section 6), and what follows it.
struct request_plan {
  bool is_chunked = false;
  std::uint64_t content_length = 0;  // 0 if the body is chunked
  bool keeps_alive = false;
  bool expects_continue = false;  // only if a body follows

  [[nodiscard]] bool has_body() const { return is_chunked || content_length != 0; }
  friend bool operator==(const request_plan&, const request_plan&) = default;
};

// Applies the rules of RFC 9110 and RFC 9112 for the fields that frame a request and say whom it is for.
[[nodiscard]] signhook::result<request_plan, http_rejection> plan_of(const request_head& head);

// Returns the path of a target: without the host of an absolute one, and without a query.
[[nodiscard]] std::string_view path_of(std::string_view target);
