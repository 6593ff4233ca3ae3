// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/text/utf8.hpp>
#include <signhook/subscription/request_error.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

// The names and values of HTTP's header fields (RFC 9110, section 5).

namespace signhook::inline SIGNHOOK_ABI::detail {

// What HTTP itself needs of a request: its framing, its way, the connection, the form of its content,
// and what makes a server not take it as it is. These are the fields that RFC 9110, section 6.5.1,
// keeps out of trailers, but for authentication, which is what custom headers are for; and those of
// the hop alone (section 7.6.1; RFC 9113, section 8.2.2).
inline constexpr std::array reserved_names = std::to_array<std::string_view>({
    "*",                          // RFC 9110, section 18.4
    "close",                      // RFC 9112, section 12.1
    "connection",                 // RFC 9110, section 7.6.1
    "content-encoding",           // RFC 9110, section 8.4
    "content-language",           // RFC 9110, section 8.5
    "content-length",             // RFC 9110, section 8.6
    "content-location",           // RFC 9110, section 8.7
    "content-range",              // RFC 9110, section 14.4
    "content-type",               // RFC 9110, section 8.3
    "date",                       // RFC 9110, section 6.6.1
    "expect",                     // RFC 9110, section 10.1.1
    "host",                       // RFC 9110, section 7.2
    "http2-settings",             // RFC 7540, section 3.2.1
    "if-match",                   // RFC 9110, section 13.1.1
    "if-modified-since",          // RFC 9110, section 13.1.3
    "if-none-match",              // RFC 9110, section 13.1.2
    "if-range",                   // RFC 9110, section 13.1.5
    "if-unmodified-since",        // RFC 9110, section 13.1.4
    "keep-alive",                 // RFC 9110, section 7.6.1
    "max-forwards",               // RFC 9110, section 7.6.2
    "proxy-authenticate",         // RFC 9110, section 11.7.1
    "proxy-authentication-info",  // RFC 9110, section 11.7.3
    "proxy-authorization",        // RFC 9110, section 11.7.2
    "proxy-connection",           // RFC 9110, section 7.6.1
    "range",                      // RFC 9110, section 14.2
    "te",                         // RFC 9110, section 10.1.4
    "trailer",                    // RFC 9110, section 6.6.2
    "transfer-encoding",          // RFC 9112, section 6.1
    "upgrade",                    // RFC 9110, section 7.8
    "via",                        // RFC 9110, section 7.6.3
});

[[nodiscard]] constexpr bool is_field_space(char c) noexcept { return c == ' ' || c == '\t'; }

// field-value: visible characters, spaces and tabs within, and bytes above 0x7f, of which JSON
// takes UTF-8 alone.
[[nodiscard]] constexpr std::optional<request_error> check_field_value(std::string_view value,
                                                                       std::size_t item) noexcept {
  if (!value.empty() && is_field_space(value.front())) {
    return request_error{request_errc::padded_header_value, item, 0};
  }
  const char* const end = value.data() + value.size();
  for (const char* p = value.data(); p != end;) {
    const auto here = static_cast<std::size_t>(p - value.data());
    const auto byte = static_cast<unsigned char>(*p);
    if ((byte < 0x20 && *p != '\t') || byte == 0x7f) {
      return request_error{request_errc::invalid_header_value, item, here};
    }
    const utf8_step step = step_utf8(p, end);
    if (!step.valid) {
      return request_error{request_errc::header_value_not_utf8, item,
                           static_cast<std::size_t>(step.next - value.data())};
    }
    p = step.next;
  }
  if (!value.empty() && is_field_space(value.back())) {
    const std::size_t last = value.find_last_not_of(" \t");
    return request_error{request_errc::padded_header_value, item, last + 1};
  }
  return std::nullopt;
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail
