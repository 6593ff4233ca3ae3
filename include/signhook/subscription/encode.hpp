// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/http/uri.hpp>
#include <signhook/detail/json/writer.hpp>
#include <signhook/subscription/request.hpp>
#include <signhook/subscription/request_error.hpp>
#include <signhook/subscription/resource.hpp>
#include <signhook/uuid.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

// The paths and bodies of the requests that create, change and re-enable a subscription. All requests have
// `Content-Type: application/json` and `Authorization: Bearer` with a token of the API.
//
//     POST   create_path(kid)        encode_create
//     GET    create_path(kid)                         answers decode_subscriptions
//     GET    subscription_path(kid, id)               answers decode_subscription
//     PUT    subscription_path(kid, id)   encode_update, or reenable_body
//     DELETE subscription_path(kid, id)
//
// The service documents POST and that an update re-enables; the rest is taken from public clients.
// CM.com does not document which members PUT needs, so an update is written whole.

namespace signhook::inline SIGNHOOK_ABI {

/// The base address of the API, as documented.
inline constexpr std::string_view production_base = "https://api.cm.com/sign/v1";

/// The base address of the sandbox, taken from public clients; undocumented.
inline constexpr std::string_view sandbox_base = "https://api.cm.com/sign-sandbox/v1";

namespace detail {

// Counts what is written.
class counting_iterator {
 public:
  using iterator_category = std::output_iterator_tag;
  using value_type = void;
  using difference_type = std::ptrdiff_t;
  using pointer = void;
  using reference = void;

  constexpr counting_iterator& operator*() noexcept { return *this; }
  constexpr counting_iterator& operator++() noexcept {
    ++count_;
    return *this;
  }
  constexpr counting_iterator operator++(int) noexcept {
    const counting_iterator before = *this;
    ++count_;
    return before;
  }
  constexpr counting_iterator& operator=(char) noexcept { return *this; }

  [[nodiscard]] constexpr std::size_t count() const noexcept { return count_; }

 private:
  std::size_t count_ = 0;
};

// Writes with `write(out)` into a buffer, or leaves it alone if it is too small.
template <class Write>
[[nodiscard]] constexpr request_result<std::string_view> write_into(std::span<char> buffer,
                                                                    Write write) noexcept {
  const std::size_t size = write(counting_iterator()).count();
  if (size > buffer.size()) return unexpected(request_error{request_errc::buffer_too_small, 0, 0});
  write(buffer.data());
  return std::string_view(buffer.data(), size);
}

// The body of a request, without the members that are null or empty optionals.
struct request_body {
  std::string_view url;
  const std::vector<event_name>* events;
  const std::vector<custom_header>* headers;
  std::optional<bool> disabled{};

  template <class Out>
  [[nodiscard]] Out write(Out out) const {
    json_writer<Out> to(std::move(out));
    to.begin_object();
    to.key(subscription_names::url);
    // RFC 3986, section 3.1: schemes should be produced in lower case.
    to.string(https_url_validator::prefix, url.substr(https_url_validator::prefix.size()));
    if (events != nullptr) {
      to.key(subscription_names::events);
      to.strings(*events);
    }
    if (headers != nullptr) {
      to.key(subscription_names::headers);
      write_headers(to, *headers);
    }
    if (disabled) to.member(subscription_names::disabled, *disabled);
    to.end_object();
    return to.end();
  }
};

[[nodiscard]] inline request_body create_body(const subscription_request& of) noexcept {
  return {of.url, of.events.empty() ? nullptr : &of.events,
          of.headers.empty() ? nullptr : &of.headers};
}

[[nodiscard]] inline request_body update_body(const subscription_request& of) noexcept {
  return {of.url, of.events.empty() ? nullptr : &of.events, &of.headers};
}

[[nodiscard]] inline request_body update_body(const subscription& of) noexcept {
  return {of.url, of.events ? &*of.events : nullptr, &of.headers, of.disabled};
}

// The client id is a segment of "/clients/{kid}/webhooks". A dot segment would be removed on the way
// (RFC 3986, section 5.2.4), also where it is percent-encoded, since that is equivalent (section 6.2.2.2).
[[nodiscard]] constexpr bool is_client_id(std::string_view kid) noexcept {
  return !kid.empty() && kid != "." && kid != "..";
}

inline constexpr std::string_view path_before_kid = "/clients/";
inline constexpr std::string_view path_after_kid = "/webhooks";

template <class Out>
constexpr Out write_create_path(Out out, std::string_view kid) {
  out = write_text(std::move(out), path_before_kid);
  out = write_percent_encoded(std::move(out), kid);
  return write_text(std::move(out), path_after_kid);
}

template <class Out>
constexpr Out write_subscription_path(Out out, std::string_view kid, const subscription_id& id) {
  std::array<char, 1 + uuid::text_size> last{'/'};
  id.write_to(last.data() + 1);
  return write_text(write_create_path(std::move(out), kid), {last.data(), last.size()});
}

}  // namespace detail

/// Writes the body that creates a subscription, compact and without types or headers if there are none;
/// or returns why the request is not valid, and then writes nothing.
///
/// Returns the end. Allocates nothing and throws only what `out` throws.
/// *Errors*: as `validate`.
template <std::output_iterator<char> Out>
request_result<Out> encode_create_to(const subscription_request& request, Out out,
                                     const request_options& options = {}) {
  if (const auto fault = validate(request, options)) return unexpected(*fault);
  return detail::create_body(request).write(std::move(out));
}

/// Writes the body that creates a subscription into a buffer.
/// *Errors*: as `validate`, and `buffer_too_small`; the buffer is then left alone.
/// *Lifetime*: a view into `buffer`.
[[nodiscard]] inline request_result<std::string_view> encode_create(
    const subscription_request& request, std::span<char> buffer SIGNHOOK_LIFETIMEBOUND,
    const request_options& options = {}) noexcept {
  if (const auto fault = validate(request, options)) return unexpected(*fault);
  return detail::write_into(
      buffer, [body = detail::create_body(request)](auto out) { return body.write(out); });
}

/// Writes the body that changes an existing subscription to what the request says, compact; or returns
/// why the request is not valid, and then writes nothing. Without headers it writes `{}`; without types it
/// leaves them out, and the effect of that on the existing types is undocumented.
///
/// Returns the end. Allocates nothing and throws only what `out` throws.
/// *Errors*: as `validate`.
template <std::output_iterator<char> Out>
request_result<Out> encode_update_to(const subscription_request& request, Out out,
                                     const request_options& options = {}) {
  if (const auto fault = validate(request, options)) return unexpected(*fault);
  return detail::update_body(request).write(std::move(out));
}

/// Writes the body that changes a subscription into a buffer, as `encode_create`.
[[nodiscard]] inline request_result<std::string_view> encode_update(
    const subscription_request& request, std::span<char> buffer SIGNHOOK_LIFETIMEBOUND,
    const request_options& options = {}) noexcept {
  if (const auto fault = validate(request, options)) return unexpected(*fault);
  return detail::write_into(
      buffer, [body = detail::update_body(request)](auto out) { return body.write(out); });
}

/// Returns the first fault of a subscription as the content of an update: that of a request with the same URL,
/// types and headers.
[[nodiscard]] inline std::optional<request_error> validate(
    const subscription& of, const request_options& options = {}) noexcept {
  auto fault = detail::validate_url(of.url, options);
  if (!fault && of.events) fault = detail::validate_event_types(*of.events, options);
  if (!fault) fault = detail::validate_headers(of.headers, options);
  return fault;
}

/// Writes the update that makes a subscription equal to this value: read it, change it, send it back.
/// Leaves out `events` and `disabled` if they are absent, and the members that the service sets: the id and the
/// times. Whether the service returns the values of headers or masks them is undocumented, so set them anew
/// instead of sending back what it returned.
///
/// Returns the end. Allocates nothing and throws only what `out` throws.
/// *Errors*: as `validate`.
template <std::output_iterator<char> Out>
request_result<Out> encode_update_to(const subscription& of, Out out,
                                     const request_options& options = {}) {
  if (const auto fault = validate(of, options)) return unexpected(*fault);
  return detail::update_body(of).write(std::move(out));
}

/// Writes the update into a buffer, as `encode_create`.
[[nodiscard]] inline request_result<std::string_view> encode_update(
    const subscription& of, std::span<char> buffer SIGNHOOK_LIFETIMEBOUND,
    const request_options& options = {}) noexcept {
  if (const auto fault = validate(of, options)) return unexpected(*fault);
  return detail::write_into(buffer,
                            [body = detail::update_body(of)](auto out) { return body.write(out); });
}

namespace detail {

inline constexpr auto reenable_text = [] {
  constexpr std::string_view name = subscription_names::disabled;
  std::array<char, name.size() + sizeof("{\"\":false}") - 1> text{};
  json_writer<char*> to(text.data());
  to.begin_object();
  to.member(name, false);
  to.end_object();
  return text;
}();

}  // namespace detail

/// The body of the update that re-enables a subscription, exactly as documented.
inline constexpr std::string_view reenable_body{detail::reenable_text.data(),
                                                detail::reenable_text.size()};

/// Writes the path, relative to a base address, under which a client's subscriptions are created and listed:
/// `/clients/{kid}/webhooks`, with the client Key ID percent-encoded (RFC 3986, section 2.1) except for
/// unreserved characters. Returns the end.
/// *Errors*: `invalid_client_id`, and then nothing is written.
template <std::output_iterator<char> Out>
constexpr request_result<Out> create_path_to(std::string_view kid, Out out) {
  if (!detail::is_client_id(kid))
    return unexpected(request_error{request_errc::invalid_client_id, 0, 0});
  return detail::write_create_path(std::move(out), kid);
}

/// Writes the path into a buffer, as `encode_create`.
[[nodiscard]] constexpr request_result<std::string_view> create_path(
    std::string_view kid, std::span<char> buffer SIGNHOOK_LIFETIMEBOUND) noexcept {
  if (!detail::is_client_id(kid))
    return unexpected(request_error{request_errc::invalid_client_id, 0, 0});
  return detail::write_into(buffer,
                            [kid](auto out) { return detail::write_create_path(out, kid); });
}

/// Writes the path of one subscription, `/clients/{kid}/webhooks/{id}`, as `create_path_to`.
template <std::output_iterator<char> Out>
constexpr request_result<Out> subscription_path_to(std::string_view kid, const subscription_id& id,
                                                   Out out) {
  if (!detail::is_client_id(kid))
    return unexpected(request_error{request_errc::invalid_client_id, 0, 0});
  return detail::write_subscription_path(std::move(out), kid, id);
}

/// Writes the path of one subscription into a buffer, as `encode_create`.
[[nodiscard]] constexpr request_result<std::string_view> subscription_path(
    std::string_view kid, const subscription_id& id,
    std::span<char> buffer SIGNHOOK_LIFETIMEBOUND) noexcept {
  if (!detail::is_client_id(kid))
    return unexpected(request_error{request_errc::invalid_client_id, 0, 0});
  return detail::write_into(
      buffer, [kid, &id](auto out) { return detail::write_subscription_path(out, kid, id); });
}

}  // namespace signhook::inline SIGNHOOK_ABI
