// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/text/enumerators.hpp>
#include <signhook/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace signhook::inline SIGNHOOK_ABI {

/// Why a request to the service is not written. The names are part of the interface.
enum class request_errc : std::uint8_t {
  url_too_long,           ///< more bytes than `draft_options::max_url_bytes`
  url_not_https,          ///< does not begin with `https://`, in whatever case
  url_with_user,          ///< user information before the host (RFC 3986, section 3.2.1)
  url_without_host,       ///< no host (RFC 9110, section 4.2.2)
  invalid_url_host,       ///< not a host (RFC 3986, section 3.2.2)
  invalid_url_port,       ///< not a port of 1 to 65535 (RFC 3986, section 3.2.3)
  invalid_url_path,       ///< not a path (RFC 3986, section 3.3)
  invalid_url_query,      ///< not a query (RFC 3986, section 3.4)
  url_with_fragment,      ///< a fragment, which no request carries (RFC 9110, section 7.1)
  too_many_event_types,   ///< more than `draft_options::max_event_types`
  unknown_event_type,     ///< not in the table
  event_type_not_utf8,    ///< not UTF-8 (RFC 3629)
  event_type_too_long,    ///< longer than an event keeps: a decoder would refuse its events
  repeated_event_type,    ///< named before
  too_many_headers,       ///< more than `draft_options::max_headers`
  invalid_header_name,    ///< not a token (RFC 9110, section 5.6.2)
  reserved_header_name,   ///< HTTP's own: see `is_reserved_header`
  repeated_header_name,   ///< named before, in whatever case
  invalid_header_value,   ///< a character that no field value has (RFC 9110, section 5.5)
  padded_header_value,    ///< white space at an end, which never arrives (RFC 9110, section 5.5)
  header_value_not_utf8,  ///< not UTF-8, so that JSON cannot hold it (RFC 8259, section 8.1)
  invalid_client_id,      ///< empty, `.` or `..`: a segment that changes the path
  buffer_too_small,       ///< the request is right, and the buffer too small for it
};

/// The name of a code, as above. It lives in static storage.
[[nodiscard]] constexpr std::string_view name(request_errc code) noexcept {
  return detail::enumerator_names<request_errc>[static_cast<std::size_t>(code)];
}

/// As `describe(errc)`.
[[nodiscard]] constexpr std::string_view describe(request_errc code) noexcept {
  switch (code) {
    case request_errc::url_too_long: return "the address is longer than the limit";
    case request_errc::url_not_https: return "the address must begin with https://";
    case request_errc::url_with_user: return "the address must not hold a user or a password";
    case request_errc::url_without_host: return "the address has no host";
    case request_errc::invalid_url_host: return "this cannot stand here in a host";
    case request_errc::invalid_url_port: return "expected a port of 1 to 65535";
    case request_errc::invalid_url_path: return "this cannot stand here in a path";
    case request_errc::invalid_url_query: return "this cannot stand here in a query";
    case request_errc::url_with_fragment: return "no request carries a fragment";
    case request_errc::too_many_event_types: return "more types of event than the limit";
    case request_errc::unknown_event_type: return "not a known type of event";
    case request_errc::event_type_not_utf8: return "this byte cannot stand here in UTF-8";
    case request_errc::event_type_too_long: return "longer than an event can keep";
    case request_errc::repeated_event_type: return "the type occurs again";
    case request_errc::too_many_headers: return "more headers than the limit";
    case request_errc::invalid_header_name: return "this cannot stand here in a header's name";
    case request_errc::reserved_header_name: return "a header that HTTP itself uses";
    case request_errc::repeated_header_name: return "the header occurs again";
    case request_errc::invalid_header_value: return "this cannot stand here in a header's value";
    case request_errc::padded_header_value: return "white space at an end is lost on the way";
    case request_errc::header_value_not_utf8: return "this byte cannot stand here in UTF-8";
    case request_errc::invalid_client_id: return "this id would change the path";
    case request_errc::buffer_too_small: return "the buffer is too small";
  }
  return {};
}

/// Why a request is not written, and where in what was given.
struct request_error {
  request_errc code{};  ///< why

  /// Which of the event types, or of the headers, from 0; for too many, the first beyond the limit.
  /// Of all else 0.
  std::size_t item = 0;

  /// The first byte at fault, from 0, within the address, the type, the header's name or value:
  /// the first that nothing valid with the same beginning could have there, or the size where it
  /// ends too early. Of a port out of range, its first digit; of user information, its first
  /// character; 0 where the whole item is at fault.
  std::size_t offset = 0;

  friend constexpr bool operator==(const request_error&, const request_error&) noexcept = default;
};

static_assert(std::is_trivially_copyable_v<request_error>);

/// What was written, or why it was not.
template <class T>
using draft_result = result<T, request_error>;

}  // namespace signhook::inline SIGNHOOK_ABI
