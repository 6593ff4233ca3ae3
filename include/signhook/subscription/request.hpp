// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder_options.hpp>
#include <signhook/detail/decode/scalar.hpp>
#include <signhook/detail/http/field_name.hpp>
#include <signhook/detail/http/field_value.hpp>
#include <signhook/detail/http/token.hpp>
#include <signhook/detail/http/uri.hpp>
#include <signhook/detail/text/utf8.hpp>
#include <signhook/event.hpp>
#include <signhook/schema.hpp>
#include <signhook/subscription/request_error.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>

// What a subscription is asked for with.

namespace signhook::inline SIGNHOOK_ABI {

/// The types of event that the service sends to a webhook which names none, by its own page.
inline constexpr std::array default_event_types = {schema<dossier_state_updated>::type,
                                                   schema<dossier_prepared>::type,
                                                   schema<invite_undelivered>::type};

/// A header that the service shall add to each delivery. A secret in one of them is all by which a
/// delivery can be observation from anybody else's request.
struct custom_header {
  std::string_view name;   ///< a token (RFC 9110, section 5.6.2)
  std::string_view value;  ///< RFC 9110, section 5.5

  friend constexpr bool operator==(const custom_header&, const custom_header&) noexcept = default;
};

/// A webhook to be: what `encode_create` and `encode_update` write after they have checked it.
///
///     const std::array types{schema<dossier_prepared>::type, schema<invite_viewed>::type};
///     const std::array headers{custom_header{"X-Secret", secret}};
///     const subscription_request draft{"https://example.com/hook", types, headers};
///
/// *Lifetime*: views of what it is made of.
struct subscription_request {
  std::string_view url;                        ///< where events go: https (RFC 3986)
  std::span<const std::string_view> events{};  ///< none: the service's `default_event_types`
  std::span<const custom_header> headers{};    ///< sent with each delivery
};

/// What a draft may hold. The service states no limit but `https://`; these keep a mistake from
/// becoming a webhook that no delivery reaches.
struct draft_options {
  /// RFC 9110, section 4.1, recommends that all of HTTP support 8000 octets, and no more.
  std::size_t max_url_bytes = 8000;

  std::size_t max_event_types = 100;  ///< against quadratic time: each is compared with all before

  /// As many fields as Apache's server takes of a request by default (LimitRequestFields). They too
  /// are compared each with all before.
  std::size_t max_headers = 100;

  /// Whether types of event may be named that are not in the table. A misspelt one is never sent.
  unknown types = unknown::reject;
};

/// Whether HTTP itself uses a header of this name, so that a custom one would break or change a
/// delivery: `Host`, `Content-Length`, `Connection` and the like, in whatever case.
[[nodiscard]] constexpr bool is_reserved_header(std::string_view name) noexcept {
  return detail::is_reserved_name(name);
}

namespace detail {

// The members on the wire, in requests and in the resource that comes back.
struct webhook_names {
  static constexpr std::string_view id = "id";
  static constexpr std::string_view url = "url";
  static constexpr std::string_view events = "events";
  static constexpr std::string_view headers = "headers";
  static constexpr std::string_view disabled = "disabled";
  static constexpr std::string_view updated_at = "updatedAt";
  static constexpr std::string_view created_at = "createdAt";
};

[[nodiscard]] constexpr std::optional<request_error> check_url(
    std::string_view url, const draft_options& options) noexcept {
  if (url.size() > options.max_url_bytes) {
    return request_error{request_errc::url_too_long, 0, options.max_url_bytes};
  }
  return https_url_check(url).run();
}

[[nodiscard]] constexpr std::optional<request_error> check_event_type(
    std::string_view type, std::size_t item, const draft_options& options) noexcept {
  if (find_type(type) != known_count) return std::nullopt;
  if (options.types == unknown::reject)
    return request_error{request_errc::unknown_event_type, item, 0};
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

[[nodiscard]] constexpr std::optional<request_error> check_header_name(std::string_view name,
                                                                       std::size_t item) noexcept {
  switch (check_field_name(name)) {
    case field_name_fault::none: return std::nullopt;
    case field_name_fault::not_a_token:
      return request_error{request_errc::invalid_header_name, item, token_at(name, 0).size()};
    case field_name_fault::reserved: break;
  }
  return request_error{request_errc::reserved_header_name, item, 0};
}

// Ranges of anything that converts to a string_view, or has a name and a value that do.
template <class Types>
[[nodiscard]] constexpr std::optional<request_error> check_event_types(
    const Types& types, const draft_options& options) noexcept {
  std::size_t item = 0;
  for (auto at = types.begin(); at != types.end(); ++at, ++item) {
    const std::string_view type(*at);
    if (item == options.max_event_types) {
      return request_error{request_errc::too_many_event_types, item, 0};
    }
    if (const auto found = check_event_type(type, item, options)) return found;
    if (std::any_of(types.begin(), at, [type](std::string_view one) { return one == type; })) {
      return request_error{request_errc::repeated_event_type, item, 0};
    }
  }
  return std::nullopt;
}

template <class Headers>
[[nodiscard]] constexpr std::optional<request_error> check_headers(
    const Headers& headers, const draft_options& options) noexcept {
  std::size_t item = 0;
  for (auto at = headers.begin(); at != headers.end(); ++at, ++item) {
    if (item == options.max_headers) return request_error{request_errc::too_many_headers, item, 0};
    if (const auto found = check_header_name(at->name, item)) return found;
    const auto is_same = [name = std::string_view(at->name)](const auto& one) {
      return equal_without_case(one.name, name);
    };
    if (std::any_of(headers.begin(), at, is_same)) {
      return request_error{request_errc::repeated_header_name, item, 0};
    }
    if (const auto found = check_field_value(at->value, item)) return found;
  }
  return std::nullopt;
}

}  // namespace detail

/// What is wrong with a draft, if anything is: first its address, then its types of event and its
/// headers, each in their order.
///
/// The address is a URI (RFC 3986) of the scheme https with a host, and without user information and
/// fragment; what is not ASCII must be percent-encoded in it, or written as IDNA asks. A header's
/// name is a token (RFC 9110, section 5.6.2) that is not HTTP's own. Its value may hold visible
/// characters, and within them spaces and tabs; characters beyond ASCII are let pass as RFC 9110's
/// obs-text, but in which bytes the service sends them is not stated, so a secret better has none.
/// *Complexity*: linear in the draft's size, but for the comparison of names, each with all before.
[[nodiscard]] constexpr std::optional<request_error> check(
    const subscription_request& draft, const draft_options& options = {}) noexcept {
  auto found = detail::check_url(draft.url, options);
  if (!found) found = detail::check_event_types(draft.events, options);
  if (!found) found = detail::check_headers(draft.headers, options);
  return found;
}

}  // namespace signhook::inline SIGNHOOK_ABI
