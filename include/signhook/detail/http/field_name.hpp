// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/http/token.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

// The names of custom header fields (RFC 9110, section 5.1), for those who ask for them in a
// subscription and for those who look for one in a request.

namespace signhook::inline SIGNHOOK_ABI::detail {

// The fields that HTTP itself uses in a request: for framing, routing, the connection, the form of the
// content and conditions. These are the fields that RFC 9110, section 6.5.1,
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

[[nodiscard]] constexpr bool is_reserved_name(std::string_view name) noexcept {
  return std::any_of(reserved_names.begin(), reserved_names.end(),
                     [name](std::string_view one) { return equal_without_case(one, name); });
}

enum class field_name_fault : std::uint8_t { none, not_a_token, reserved };

[[nodiscard]] constexpr field_name_fault check_field_name(std::string_view name) noexcept {
  if (!is_token(name)) return field_name_fault::not_a_token;
  if (is_reserved_name(name)) return field_name_fault::reserved;
  return field_name_fault::none;
}

// What comes through HTTP as it was sent (RFC 9110, section 5.5), for a secret.
[[nodiscard]] constexpr bool is_visible_ascii(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail
