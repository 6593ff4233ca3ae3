// SPDX-License-Identifier: BSL-1.0
#include "http/request_headers.hpp"

#include <signhook/detail/http/field_name.hpp>
#include <signhook/detail/http/token.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

namespace {

using signhook::detail::equal_without_case;

// The client writes these from the address and the body, or HTTP/1.1 gives them a meaning for the
// connection (RFC 9110, sections 7.2, 7.6.1, 8.6 and 10.1.1; RFC 9112, section 6.1).
constexpr std::array own_names = std::to_array<std::string_view>(
    {"connection", "content-length", "expect", "host", "http2-settings", "keep-alive",
     "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"});

// RFC 9110, section 5.5. Bytes above 0x7f are opaque.
bool is_field_value(std::string_view value) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
  if (value.empty() || is_space(value.front()) || is_space(value.back())) return false;
  return std::none_of(value.begin(), value.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

}  // namespace

void check_request_headers(const http_headers& headers) {
  bool has_type = false;
  for (const auto& header : headers) {
    const auto& name = header.first;  // clang 14 captures no structured binding
    const auto& value = header.second;
    if (!signhook::detail::is_token(name)) {
      throw std::runtime_error("a header's name contains a character that HTTP does not allow");
    }
    if (std::any_of(own_names.begin(), own_names.end(),
                    [&](std::string_view own) { return equal_without_case(own, name); })) {
      throw std::runtime_error(
          fmt::format("the header {} belongs to the connection and cannot be set", name));
    }
    if (!is_field_value(value)) {
      throw std::runtime_error(
          fmt::format("the value of the header {} contains a character that HTTP does not allow, "
                      "or begins or ends with white space",
                      name));
    }
    if (!equal_without_case(name, "content-type")) continue;
    if (has_type) throw std::runtime_error("a request has only one Content-Type");
    has_type = true;
  }
}

void check_secret(std::string_view what, std::string_view secret) {
  if (!signhook::detail::is_visible_ascii(secret)) {
    throw std::runtime_error(fmt::format(
        "the {} contains a space or another character that a header cannot carry", what));
  }
}
