// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder/options.hpp>
#include <signhook/detail/decode/scalar.hpp>
#include <signhook/detail/http/field_name.hpp>
#include <signhook/detail/http/field_value.hpp>
#include <signhook/detail/http/token.hpp>
#include <signhook/detail/http/uri.hpp>
#include <signhook/detail/text/utf8.hpp>
#include <signhook/event.hpp>
#include <signhook/schema.hpp>
#include <signhook/subscription/event_types.hpp>
#include <signhook/subscription/request_error.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The request for a subscription, and its validation.

namespace signhook::inline SIGNHOOK_ABI {

/// The event types that the service sends to a subscription which names none, as its page documents them.
inline constexpr std::array default_event_types = {schema<dossier_state_updated>::type,
                                                   schema<dossier_prepared>::type,
                                                   schema<invite_undelivered>::type};

/// A header that the service adds to each delivery. A secret in one of them is all that tells a delivery
/// from anybody else's request. Formatters never print the value.
struct custom_header {
  std::string name{};   ///< a token (RFC 9110, section 5.6.2)
  std::string value{};  ///< RFC 9110, section 5.5; in an answer of the service perhaps masked

  friend bool operator==(const custom_header&, const custom_header&) = default;
};

/// A request for a subscription, which `encode_create` and `encode_update` validate and write.
///
///     constexpr auto handled = event_type_set::of<dossier_prepared, invite_viewed>();
///     const subscription_request request{"https://example.com/hook", handled, {{"X-Secret", secret}}};
///
/// *Lifetime*: owns its texts.
struct subscription_request {
  std::string url{};                     ///< where events are sent: an https URL (RFC 3986)
  std::vector<event_name> events{};      ///< if empty, the service's `default_event_types`
  std::vector<custom_header> headers{};  ///< sent with each delivery

  /// Returns the set of the types: `default_event_types` if `events` is empty.
  [[nodiscard]] event_type_set event_types() const noexcept {
    return events.empty() ? event_type_set::from_names(default_event_types)
                          : event_type_set::from_names(events);
  }

  friend bool operator==(const subscription_request&, const subscription_request&) = default;
};

/// The limits of a request. The service documents none but `https://`; these catch mistakes that would
/// create a subscription without deliveries.
struct request_options {
  /// The longest URL. RFC 9110, section 4.1, recommends that all of HTTP support at least 8000 octets.
  std::size_t max_url_bytes = 8000;

  /// The most event types. Each is compared with all before it, so the limit bounds the time.
  std::size_t max_event_types = 100;

  /// The most headers: Apache's default limit of fields in a request (LimitRequestFields). Each is
  /// compared with all before it.
  std::size_t max_headers = 100;

  /// Accepts or rejects event types that are not in the schema. A misspelt one is never sent.
  unknown types = unknown::reject;
};

/// Returns true if HTTP itself uses a header of this name, in any case, so that a custom one would break
/// or change a delivery: `Host`, `Content-Length`, `Connection` and others.
[[nodiscard]] constexpr bool is_reserved_header(std::string_view name) noexcept {
  return detail::is_reserved_name(name);
}

namespace detail {

// The members on the wire, in requests and in the resource that the service returns.
struct subscription_names {
  static constexpr std::string_view id = "id";
  static constexpr std::string_view url = "url";
  static constexpr std::string_view events = "events";
  static constexpr std::string_view headers = "headers";
  static constexpr std::string_view disabled = "disabled";
  static constexpr std::string_view updated_at = "updatedAt";
  static constexpr std::string_view created_at = "createdAt";
};

[[nodiscard]] constexpr std::optional<request_error> validate_url(
    std::string_view url, const request_options& options) noexcept {
  if (url.size() > options.max_url_bytes) {
    return request_error{request_errc::url_too_long, 0, options.max_url_bytes};
  }
  return https_url_validator(url).run();
}

[[nodiscard]] constexpr std::optional<request_error> validate_event_type(
    std::string_view type, std::size_t item, const request_options& options) noexcept {
  if (find_type(type) != known_count) return std::nullopt;
  if (options.types == unknown::reject) {
    return request_error{request_errc::unknown_event_type, item, 0};
  }
  const char* const end = type.data() + type.size();
  for (const char* p = type.data(); p != end;) {
    const auto [next, valid] = step_utf8(p, end);
    if (!valid) {
      return request_error{request_errc::event_type_not_utf8, item,
                           static_cast<std::size_t>(next - type.data())};
    }
    p = next;
  }
  if (type.size() > type_text::capacity) {
    return request_error{request_errc::event_type_too_long, item, type_text::capacity};
  }
  return std::nullopt;
}

[[nodiscard]] constexpr std::optional<request_error> validate_header_name(
    std::string_view name, std::size_t item) noexcept {
  switch (check_field_name(name)) {
    case field_name_fault::none: return std::nullopt;
    case field_name_fault::not_a_token:
      return request_error{request_errc::invalid_header_name, item, token_at(name, 0).size()};
    case field_name_fault::reserved: break;
  }
  return request_error{request_errc::reserved_header_name, item, 0};
}

[[nodiscard]] inline std::optional<request_error> validate_event_types(
    const std::vector<event_name>& types, const request_options& options) noexcept {
  for (std::size_t item = 0; item != types.size(); ++item) {
    if (item == options.max_event_types) {
      return request_error{request_errc::too_many_event_types, item, 0};
    }
    if (auto fault = validate_event_type(types[item], item, options)) return fault;
    const auto at = types.begin() + static_cast<std::ptrdiff_t>(item);
    if (std::find(types.begin(), at, *at) != at) {
      return request_error{request_errc::repeated_event_type, item, 0};
    }
  }
  return std::nullopt;
}

[[nodiscard]] inline std::optional<request_error> validate_headers(
    const std::vector<custom_header>& headers, const request_options& options) noexcept {
  for (std::size_t item = 0; item != headers.size(); ++item) {
    if (item == options.max_headers) return request_error{request_errc::too_many_headers, item, 0};
    const auto at = headers.begin() + static_cast<std::ptrdiff_t>(item);
    if (auto fault = validate_header_name(at->name, item)) return fault;
    const auto is_same = [&](const custom_header& before) {
      return equal_without_case(before.name, at->name);
    };
    if (std::any_of(headers.begin(), at, is_same)) {
      return request_error{request_errc::repeated_header_name, item, 0};
    }
    if (auto fault = check_field_value(at->value, item)) return fault;
  }
  return std::nullopt;
}

}  // namespace detail

/// Returns the first fault of a request: in its URL, then in its event types and then in its headers, each in
/// order; or nothing.
///
/// The URL must be a URI (RFC 3986) with the scheme https and a host, and without user information and
/// fragment; other than ASCII must be percent-encoded in it, or written as IDNA asks. A header's name must
/// be a token (RFC 9110, section 5.6.2) that HTTP does not use itself. Its value may have visible characters, and
/// between them spaces and tabs. Characters beyond ASCII are accepted as RFC 9110's obs-text; in which encoding
/// the service sends them is undocumented, so use none in a secret.
/// *Complexity*: linear in the size of the request, and quadratic in the number of types and of headers.
[[nodiscard]] inline std::optional<request_error> validate(
    const subscription_request& request, const request_options& options = {}) noexcept {
  auto fault = detail::validate_url(request.url, options);
  if (!fault) fault = detail::validate_event_types(request.events, options);
  if (!fault) fault = detail::validate_headers(request.headers, options);
  return fault;
}

}  // namespace signhook::inline SIGNHOOK_ABI
