// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/enumeration.hpp>
#include <signhook/error/error_code.hpp>
#include <signhook/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace signhook::inline SIGNHOOK_ABI {

/// The reason why a request is not written. The names are part of the interface.
enum class request_errc : std::uint8_t {
  url_too_long = 1,      ///< more bytes than `request_options::max_url_bytes`
  url_not_https,         ///< does not begin with `https://`, in any case
  url_with_user,         ///< user information before the host (RFC 3986, section 3.2.1)
  url_without_host,      ///< no host (RFC 9110, section 4.2.2)
  invalid_url_host,      ///< not a host (RFC 3986, section 3.2.2)
  invalid_url_port,      ///< not a port of 1 to 65535 (RFC 3986, section 3.2.3)
  invalid_url_path,      ///< not a path (RFC 3986, section 3.3)
  invalid_url_query,     ///< not a query (RFC 3986, section 3.4)
  url_with_fragment,     ///< a fragment, which no request carries (RFC 9110, section 7.1)
  too_many_event_types,  ///< more than `request_options::max_event_types`
  unknown_event_type,    ///< not in the schema
  event_type_not_utf8,   ///< not UTF-8 (RFC 3629)
  event_type_too_long,   ///< longer than an event can hold: a decoder would reject its events
  repeated_event_type,   ///< repeated
  too_many_headers,      ///< more than `request_options::max_headers`
  invalid_header_name,   ///< not a token (RFC 9110, section 5.6.2)
  reserved_header_name,  ///< used by HTTP itself: see `is_reserved_header`
  repeated_header_name,  ///< repeated, in any case
  invalid_header_value,  ///< not a field value (RFC 9110, section 5.5)
  padded_header_value,  ///< leading or trailing white space, which is not transmitted (section 5.5)
  header_value_not_utf8,  ///< not UTF-8, as JSON must be (RFC 8259, section 8.1)
  invalid_client_id,      ///< empty, `.` or `..`: not a segment of a path
  buffer_too_small,       ///< the request is valid but does not fit
};

/// Returns a description of a code for people, as `describe(errc)`.
[[nodiscard]] constexpr std::string_view describe(request_errc code) noexcept {
  switch (code) {
    case request_errc::url_too_long: return "the URL is longer than the limit";
    case request_errc::url_not_https: return "the URL must begin with https://";
    case request_errc::url_with_user: return "the URL must not contain a user name or password";
    case request_errc::url_without_host: return "the URL has no host";
    case request_errc::invalid_url_host: return "not a valid host";
    case request_errc::invalid_url_port: return "expected a port from 1 to 65535";
    case request_errc::invalid_url_path: return "not a valid path";
    case request_errc::invalid_url_query: return "not a valid query";
    case request_errc::url_with_fragment: return "the URL must not have a fragment";
    case request_errc::too_many_event_types: return "more event types than the limit";
    case request_errc::unknown_event_type: return "not a known event type";
    case request_errc::event_type_not_utf8: return "not valid UTF-8";
    case request_errc::event_type_too_long: return "longer than an event can hold";
    case request_errc::repeated_event_type: return "the event type is repeated";
    case request_errc::too_many_headers: return "more headers than the limit";
    case request_errc::invalid_header_name: return "not a valid header name";
    case request_errc::reserved_header_name: return "used by HTTP itself";
    case request_errc::repeated_header_name: return "the header is repeated";
    case request_errc::invalid_header_value: return "not a valid header value";
    case request_errc::padded_header_value:
      return "leading and trailing white space is not transmitted";
    case request_errc::header_value_not_utf8: return "not valid UTF-8";
    case request_errc::invalid_client_id: return R"(a client id must not be empty, "." or "..")";
    case request_errc::buffer_too_small: return "the buffer is too small";
  }
  return {};
}

namespace detail {
template <>
inline constexpr const char* category_name<request_errc> = "signhook.subscription";
}  // namespace detail

/// The fault of a request: the reason and the place.
struct request_error {
  request_errc code{};  ///< the reason

  /// The index of the event type or header at fault; for too many, that of the first beyond the limit; else 0.
  std::size_t item = 0;

  /// The offset of the first byte at fault in the URL, the event type, the header's name or value:
  /// the first byte that no valid text with the same beginning could have there, or the size if the text
  /// ends too early. For a port out of range, its first digit; for user information, its first
  /// character; 0 if the whole item is at fault.
  std::size_t offset = 0;

  friend constexpr bool operator==(const request_error&, const request_error&) noexcept = default;
};

static_assert(std::is_trivially_copyable_v<request_error>);

/// The written text, or the fault of the request.
template <class T>
using request_result = result<T, request_error>;

}  // namespace signhook::inline SIGNHOOK_ABI

template <>
struct std::is_error_code_enum<signhook::request_errc> : std::true_type {};
