// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/http/uri.hpp>
#include <signhook/encoder.hpp>
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
#include <vector>

// The requests that create, change and re-enable a webhook: where they go and what they hold. All take
// `Content-Type: application/json` and `Authorization: Bearer` with a token of the API.
//
//     POST   create_path(kid)        encode_create
//     GET    create_path(kid)                         answers decode_subscriptions
//     GET    webhook_path(kid, id)                    answers decode_subscription
//     PUT    webhook_path(kid, id)   encode_update, or reenable_body
//     DELETE webhook_path(kid, id)
//
// Of these the service documents POST and that an update re-enables; the rest is what public clients
// do. Whether PUT needs all of the webhook is not stated, so an update is written whole.

namespace signhook::inline SIGNHOOK_ABI {

/// Where the paths below begin, by the service's own page.
inline constexpr std::string_view production_base = "https://api.cm.com/sign/v1";

/// The same for trials. It stands in public clients, not on the service's page.
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

// What `write(out)` writes, into a buffer that is left alone where it is too small.
template <class Write>
[[nodiscard]] constexpr draft_result<std::string_view> write_into(std::span<char> buffer,
                                                                  Write write) noexcept {
  const std::size_t size = write(counting_iterator()).count();
  if (size > buffer.size()) return request_error{request_errc::buffer_too_small, 0, 0};
  write(buffer.data());
  return std::string_view(buffer.data(), size);
}

// The members of a request; those that are null or none are left out.
template <class Types, class Headers>
struct request {
  std::string_view url;
  const Types* events;
  const Headers* headers;
  std::optional<bool> disabled{};

  template <class Out>
  [[nodiscard]] constexpr Out write(Out out) const {
    *out++ = '{';
    out = write_name(out, webhook_names::url);
    // RFC 3986, section 3.1: the scheme is to be produced in lower case.
    *out++ = '"';
    out = write_text(out, https_url_check::prefix);
    out = write_escaped(out, url.substr(https_url_check::prefix.size()));
    *out++ = '"';
    if (events != nullptr) out = write_texts(write_next_name(out, webhook_names::events), *events);
    if (headers != nullptr) {
      out = write_headers(write_next_name(out, webhook_names::headers), *headers);
    }
    if (disabled) {
      out = scalar_writer<bool>::write(write_next_name(out, webhook_names::disabled), *disabled);
    }
    *out++ = '}';
    return out;
  }

 private:
  template <class Out>
  static constexpr Out write_name(Out out, std::string_view name) {
    out = write_string(out, name);
    *out++ = ':';
    return out;
  }

  template <class Out>
  static constexpr Out write_next_name(Out out, std::string_view name) {
    *out++ = ',';
    return write_name(out, name);
  }
};

[[nodiscard]] constexpr auto create_request(const subscription_request& of) noexcept {
  return request<std::span<const std::string_view>, std::span<const custom_header>>{
      of.url, of.events.empty() ? nullptr : &of.events, of.headers.empty() ? nullptr : &of.headers};
}

[[nodiscard]] constexpr auto update_request(const subscription_request& of) noexcept {
  auto made = create_request(of);
  made.headers = &of.headers;
  return made;
}

[[nodiscard]] inline auto update_request(const webhook& of) noexcept {
  return request<std::vector<event_name>, std::vector<webhook_header>>{
      of.url, of.events ? &*of.events : nullptr, &of.headers, of.disabled};
}

// "/clients/{kid}/webhooks". A dot segment would be removed on the way (RFC 3986, section 5.2.4),
// also where it is percent-encoded, since that is equivalent (section 6.2.2.2).
[[nodiscard]] constexpr bool is_client_id(std::string_view kid) noexcept {
  return !kid.empty() && kid != "." && kid != "..";
}

template <class Out>
constexpr Out write_create_path(Out out, std::string_view kid) {
  return write_text(write_percent_encoded(write_text(out, "/clients/"), kid), "/webhooks");
}

template <class Out>
constexpr Out write_webhook_path(Out out, std::string_view kid, const subscription_id& id) {
  std::array<char, 1 + uuid::text_size> last{'/'};
  id.write_to(last.data() + 1);
  return write_text(write_create_path(out, kid), {last.data(), last.size()});
}

}  // namespace detail

/// Writes the body that creates a webhook, compact; or says why not, and then writes nothing. Types and
/// headers are left out where there are none.
///
/// Returns the end. Allocates nothing and throws only what `out` throws.
/// *Errors*: as `check`.
template <std::output_iterator<char> Out>
constexpr draft_result<Out> encode_create_to(const subscription_request& draft, Out out,
                                             const draft_options& options = {}) {
  if (const auto wrong = check(draft, options)) return *wrong;
  return detail::create_request(draft).write(out);
}

/// The same into a buffer.
/// *Errors*: also `buffer_too_small`; the buffer is then left alone.
/// *Lifetime*: a view into `buffer`.
[[nodiscard]] constexpr draft_result<std::string_view> encode_create(
    const subscription_request& draft, std::span<char> buffer SIGNHOOK_LIFETIMEBOUND,
    const draft_options& options = {}) noexcept {
  if (const auto wrong = check(draft, options)) return *wrong;
  return detail::write_into(
      buffer, [request = detail::create_request(draft)](auto out) { return request.write(out); });
}

/// Writes the body that makes an existing webhook what the draft says, compact; or says why not, and
/// then writes nothing. No headers are written as `{}`; no types are left out, and what an update then
/// makes of those there are is not stated.
///
/// Returns the end. Allocates nothing and throws only what `out` throws.
/// *Errors*: as `check`.
template <std::output_iterator<char> Out>
constexpr draft_result<Out> encode_update_to(const subscription_request& draft, Out out,
                                             const draft_options& options = {}) {
  if (const auto wrong = check(draft, options)) return *wrong;
  return detail::update_request(draft).write(out);
}

/// The same into a buffer, as `encode_create`.
[[nodiscard]] constexpr draft_result<std::string_view> encode_update(
    const subscription_request& draft, std::span<char> buffer SIGNHOOK_LIFETIMEBOUND,
    const draft_options& options = {}) noexcept {
  if (const auto wrong = check(draft, options)) return *wrong;
  return detail::write_into(
      buffer, [request = detail::update_request(draft)](auto out) { return request.write(out); });
}

/// What is wrong with a webhook as the content of an update: what would be wrong with a draft of the
/// same address, types and headers.
[[nodiscard]] inline std::optional<request_error> check(
    const webhook& of, const draft_options& options = {}) noexcept {
  auto found = detail::check_url(of.url, options);
  if (!found && of.events) found = detail::check_event_types(*of.events, options);
  if (!found) found = detail::check_headers(of.headers, options);
  return found;
}

/// Writes the update that makes a webhook what the resource says: read it, change it, send it back.
/// `events` and `disabled` are left out where they were not told; of the rest all is written but what
/// the service sets, the id and the times. Whether the service tells the values of headers as they are
/// or masked is not stated: better set them anew than send back what was observation.
///
/// Returns the end. Allocates nothing and throws only what `out` throws.
/// *Errors*: as `check`.
template <std::output_iterator<char> Out>
draft_result<Out> encode_update_to(const webhook& of, Out out, const draft_options& options = {}) {
  if (const auto wrong = check(of, options)) return *wrong;
  return detail::update_request(of).write(out);
}

/// The same into a buffer, as `encode_create`.
[[nodiscard]] inline draft_result<std::string_view> encode_update(
    const webhook& of, std::span<char> buffer SIGNHOOK_LIFETIMEBOUND,
    const draft_options& options = {}) noexcept {
  if (const auto wrong = check(of, options)) return *wrong;
  return detail::write_into(
      buffer, [request = detail::update_request(of)](auto out) { return request.write(out); });
}

namespace detail {

inline constexpr auto reenable_text = [] {
  constexpr std::string_view name = webhook_names::disabled;
  std::array<char, name.size() + sizeof("{\"\":false}") - 1> text{};
  char* out = text.data();
  *out++ = '{';
  out = write_string(out, name);
  *out++ = ':';
  out = scalar_writer<bool>::write(out, false);
  *out++ = '}';
  return text;
}();

}  // namespace detail

/// The body of the update that re-enables a webhook, word for word as the service asks for it.
inline constexpr std::string_view reenable_body{detail::reenable_text.data(),
                                                detail::reenable_text.size()};

/// Writes the path, behind a base address, under which a client's webhooks are created and listed:
/// `/clients/{kid}/webhooks`, the client Key ID percent-encoded (RFC 3986, section 2.1) but for
/// unreserved characters. Returns the end.
/// *Errors*: `invalid_client_id`, and then nothing is written.
template <std::output_iterator<char> Out>
constexpr draft_result<Out> create_path_to(std::string_view kid, Out out) {
  if (!detail::is_client_id(kid)) return request_error{request_errc::invalid_client_id, 0, 0};
  return detail::write_create_path(out, kid);
}

/// The same into a buffer, as `encode_create`.
[[nodiscard]] constexpr draft_result<std::string_view> create_path(
    std::string_view kid, std::span<char> buffer SIGNHOOK_LIFETIMEBOUND) noexcept {
  if (!detail::is_client_id(kid)) return request_error{request_errc::invalid_client_id, 0, 0};
  return detail::write_into(buffer,
                            [kid](auto out) { return detail::write_create_path(out, kid); });
}

/// Writes the path of one webhook: `/clients/{kid}/webhooks/{id}`. As `create_path_to`.
template <std::output_iterator<char> Out>
constexpr draft_result<Out> webhook_path_to(std::string_view kid, const subscription_id& id,
                                            Out out) {
  if (!detail::is_client_id(kid)) return request_error{request_errc::invalid_client_id, 0, 0};
  return detail::write_webhook_path(out, kid, id);
}

/// The same into a buffer, as `encode_create`.
[[nodiscard]] constexpr draft_result<std::string_view> webhook_path(
    std::string_view kid, const subscription_id& id,
    std::span<char> buffer SIGNHOOK_LIFETIMEBOUND) noexcept {
  if (!detail::is_client_id(kid)) return request_error{request_errc::invalid_client_id, 0, 0};
  return detail::write_into(
      buffer, [kid, &id](auto out) { return detail::write_webhook_path(out, kid, id); });
}

}  // namespace signhook::inline SIGNHOOK_ABI
