// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder.hpp>
#include <signhook/decoder/bytes.hpp>
#include <signhook/detail/http/field_name.hpp>
#include <signhook/detail/http/header_fields.hpp>
#include <signhook/detail/http/media_type.hpp>
#include <signhook/detail/http/secrets.hpp>
#include <signhook/detail/text/byte_text.hpp>
#include <signhook/error.hpp>
#include <signhook/event.hpp>
#include <signhook/receiver/result.hpp>
#include <signhook/result.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace signhook::inline SIGNHOOK_ABI {

/// A header field of a request, for HTTP libraries that have no range of them.
struct header {
  std::string_view name{};   ///< in any case
  std::string_view value{};  ///< without white space around it
};

namespace detail {

template <class Range>
using iterator_of = decltype(std::begin(std::declval<Range&>()));
template <class Range>
using reference_of = decltype(*std::declval<iterator_of<Range>&>());

template <class Range>
concept iterable = requires(Range& all) {
  { std::begin(all) != std::end(all) } -> std::convertible_to<bool>;
  *std::begin(all);
};

template <class Range>
concept range_of_fields = iterable<Range> && field_like<std::remove_cvref_t<reference_of<Range>>>;

}  // namespace detail

/// All header fields of a request: a range of `signhook::header`, of pairs of strings (cpp-httplib, Crow
/// and Drogon keep theirs in such maps) or of Beast's fields, also behind `std::views::filter`. All of
/// them instead of a look-up by name, because that answers with one of several values of the same name,
/// and an intermediary may mean another.
///
/// The strings have to outlive the range's iteration: not those of a `std::views::transform` that makes
/// strings, nor of accessors that return strings by value.
template <class Range>
concept header_range = detail::range_of_fields<Range> &&
    std::forward_iterator<detail::iterator_of<Range>> &&
    detail::outlives_the_field<detail::name_part, detail::reference_of<Range>>() &&
    detail::outlives_the_field<detail::value_part, detail::reference_of<Range>>();

/// A view of a request's header fields, made from any `header_range`.
class headers_view {
 public:
  /// Views no fields.
  headers_view() noexcept = default;

  /// Views the fields of `all`.
  /// *Lifetime*: of `all`; a temporary lives to the end of the full expression.
  template <class Range>
  requires(!std::same_as<std::remove_cvref_t<Range>, headers_view>)
      // NOLINTNEXTLINE(*-explicit-*, *forward*)
      headers_view(Range&& all SIGNHOOK_LIFETIMEBOUND)
  noexcept {
    using range = std::remove_reference_t<Range>;
    static_assert(
        detail::range_of_fields<range>,
        "signhook: pass all header fields: a range of signhook::header, of pairs of strings "
        "or of Beast's fields");
    static_assert(
        !detail::range_of_fields<range> || header_range<range>,
        "signhook: the names or values of these headers are temporaries that die before they "
        "are read: pass a std::vector<std::pair<std::string, std::string>>, which holds "
        "copies, or a range of views into strings that live on");
    if constexpr (header_range<range>) {
      range_ = const_cast<void*>(static_cast<const void*>(std::addressof(all)));
      search_ = [](void* of, detail::field_search& found) {
        for (auto&& field : *static_cast<range*>(of)) {
          found.add(detail::view_of(detail::name_part::of(field)),
                    detail::view_of(detail::value_part::of(field)));
        }
      };
    }
  }

 private:
  friend class receiver;

  void search(detail::field_search& found) const {
    if (search_ != nullptr) search_(range_, found);
  }

  void* range_ = nullptr;
  void (*search_)(void*, detail::field_search&) = nullptr;
};

/// A request, as views into what the HTTP library holds. It is an aggregate, so that nothing is mixed up:
///
///     receiver.receive(decoder, {.method = r.method, .headers = r.headers, .body = r.body});
///
/// *Lifetime*: views.
struct request {
  text_view method = {};      ///< compared with `POST` in that case
  headers_view headers = {};  ///< all of them
  text_view body = {};        ///< the bytes as they were received
};

/// Why there is no receiver.
enum class receiver_errc : std::uint8_t {
  invalid_header_name = 1,  ///< the name is not a token (RFC 9110, section 5.1)
  reserved_header_name,     ///< HTTP itself uses the name, like Host or Content-Type
  no_secret,                ///< without one anybody could post
  too_many_secrets,         ///< more than `receiver_options::max_secrets`
  secret_too_short,         ///< shorter than `receiver_options::min_secret_size`, or empty
  secret_too_long,          ///< longer than `receiver_options::max_secret_size`
  invalid_secret,           ///< not visible ASCII, so HTTP may change it on its way
  invalid_status,           ///< the policy has a status that is not one, see `answer_policy`
  unsafe_policy,            ///< the policy answers a failure as a success or the reverse
};

/// Returns a description of a code for people, as `describe(errc)`.
[[nodiscard]] constexpr std::string_view describe(receiver_errc code) noexcept {
  switch (code) {
    case receiver_errc::invalid_header_name:
      return "the name of the secret's header is not a token";
    case receiver_errc::reserved_header_name:
      return "the name of the secret's header is one that HTTP itself uses";
    case receiver_errc::no_secret: return "a secret is required: without one anybody could post";
    case receiver_errc::too_many_secrets: return "more secrets than can be accepted";
    case receiver_errc::secret_too_short:
      return "the secret is too short; openssl rand -base64 24 makes a good one";
    case receiver_errc::secret_too_long: return "the secret is too long for a header";
    case receiver_errc::invalid_secret: return "the secret is not visible ASCII";
    case receiver_errc::invalid_status: return "the policy has an invalid status";
    case receiver_errc::unsafe_policy: return "the policy answers a failure as a success";
  }
  return {};
}

namespace detail {
template <>
inline constexpr const char* category_name<receiver_errc> = "signhook.receiver";
}  // namespace detail

/// The options of a receiver.
struct receiver_options {
  /// The name of the custom header that the subscription adds to each delivery, in any case.
  std::string_view secret_header{};

  /// The accepted values of that header: one, or the old and the new one during a rotation.
  /// *Lifetime*: the receiver copies them; overwrite yours.
  std::span<const std::string_view> secrets{};

  answer_policy policy = always_acknowledge;  ///< the statuses of the answers

  /// The least number of bytes in a secret. The chance to guess a credential that no person types must
  /// not be more than 2^-128 (RFC 6749, section 10.10), and 22 characters of base64 hold 128 bits. A
  /// secret must also be random, which cannot be checked: `openssl rand -base64 24`. Lower it for a
  /// secret that you cannot choose.
  std::size_t min_secret_size = 22;

  static constexpr std::size_t max_secrets = detail::secrets::max_count;  ///< the most of `secrets`
  static constexpr std::size_t max_secret_size =
      detail::secrets::max_size;  ///< the most bytes in a secret

  /// Returns the first thing that is wrong with these options, if anything is.
  [[nodiscard]] constexpr std::optional<receiver_errc> validate() const noexcept {
    switch (detail::check_field_name(secret_header)) {
      case detail::field_name_fault::none: break;
      case detail::field_name_fault::not_a_token: return receiver_errc::invalid_header_name;
      case detail::field_name_fault::reserved: return receiver_errc::reserved_header_name;
    }
    if (secrets.empty()) return receiver_errc::no_secret;
    if (secrets.size() > max_secrets) return receiver_errc::too_many_secrets;
    for (const std::string_view secret : secrets) {
      if (secret.empty() || secret.size() < min_secret_size) return receiver_errc::secret_too_short;
      if (secret.size() > max_secret_size) return receiver_errc::secret_too_long;
      if (!detail::is_visible_ascii(secret)) return receiver_errc::invalid_secret;
    }
    if (!policy.has_valid_statuses()) return receiver_errc::invalid_status;
    if (!policy.is_safe()) return receiver_errc::unsafe_policy;
    return std::nullopt;
  }
};

/// Checks requests: authenticates, checks method, size, media type and content coding, and decodes. It
/// knows no HTTP library and no duplicates; `process` in inbox.hpp adds those and is the whole of an
/// endpoint.
///
///     const std::string_view secrets[] = {secret};
///     const auto receiver = signhook::receiver::make({.secret_header = "X-Secret", .secrets = secrets});
///     ...
///     const auto got = receiver->receive(decoder, {.method = r.method, .headers = r.headers,
///                                                  .body = r.body});
///
/// The secret is checked before everything else and in constant time. A request without it is answered
/// after its headers are scanned; the body is not read. Let your server bound the size of a request.
///
/// A receiver never changes. To rotate a secret make a new one and replace the old, for example in a
/// `std::shared_ptr<const receiver>`.
///
/// *Threads*: any number of threads may use one receiver, each with a decoder of its own.
/// *Allocation*: `make` allocates all that is ever needed.
class receiver {
 public:
  /// Throws `std::bad_alloc`, or aborts where exceptions are off, when memory is short.
  [[nodiscard]] static result<receiver, receiver_errc> make(const receiver_options& options) {
    if (const auto wrong = options.validate()) return unexpected(*wrong);
    return receiver(options);
  }

  /// Checks a request. Allocates nothing and throws only what iterating over the headers throws.
  ///
  /// *Lifetime*: the result owns all that it holds. No copy of the secret that was sent stays anywhere.
  /// *Complexity*: linear in the sizes of the headers and the body.
  [[nodiscard]] receive_result receive(decoder& with, const request& of) const {
    detail::field_search found;
    found.secret_name = secret_header_;
    of.headers.search(found);
    return check_authenticated(with, of.method.view(), found, of.body.view());
  }

  /// Returns the name of the header with the secret, for `audit`.
  /// *Lifetime*: a view into this object.
  [[nodiscard]] std::string_view secret_header() const& noexcept SIGNHOOK_LIFETIMEBOUND {
    return secret_header_;
  }
  void secret_header() const&& = delete;

  /// Returns the statuses that this receiver answers with.
  /// *Lifetime*: a view into this object.
  [[nodiscard]] const answer_policy& policy() const noexcept SIGNHOOK_LIFETIMEBOUND {
    return policy_;
  }

 private:
  explicit receiver(const receiver_options& options)
      : secret_header_(options.secret_header), policy_(options.policy) {
    for (const std::string_view secret : options.secrets) secrets_.add(secret);
  }

  [[nodiscard]] receive_result check_authenticated(decoder& with, std::string_view method,
                                                   const detail::field_search& found,
                                                   std::string_view body) const noexcept {
    receive_result made;
    if (!secrets_.contain(found.secret.only_value())) {
      made.status = policy_.unauthenticated;
      return made;
    }
    if (method != "POST") return rejection(fault::method);
    if (body.size() > with.options().max_bytes) {
      return rejection(fault::size, error{errc::body_too_large, 0, {}});
    }
    if (!detail::is_json_media_type(found.content_type.only_value())) {
      return rejection(fault::content_type);
    }
    if (!found.is_identity) return rejection(fault::content_coding);

    const result<event> decoded = with.decode(body);
    if (!decoded) return rejection(fault_of(decoded.error().code), decoded.error());
    made.verdict = verdict::accepted;
    made.status = policy_.accepted;
    made.event = *decoded;
    return made;
  }

  [[nodiscard]] receive_result rejection(fault why,
                                         std::optional<error> error = {}) const noexcept {
    receive_result made;
    made.fault = why;
    made.status = policy_.of(why);
    made.error = error;
    made.verdict = made.sender_reaction().value == delivery_outcome::delivered ? verdict::quarantine
                                                                               : verdict::rejected;
    return made;
  }

  [[nodiscard]] static constexpr fault fault_of(errc code) noexcept {
    switch (code) {
      case errc::body_too_large: return fault::size;
      case errc::empty_body:
      case errc::invalid_utf8:
      case errc::invalid_json:
      case errc::unexpected_end:
      case errc::trailing_content:
      case errc::too_deep: return fault::json;
      case errc::not_an_object:
      case errc::missing_member:
      case errc::wrong_type:
      case errc::duplicate_member:
      case errc::unknown_member:
      case errc::invalid_uuid:
      case errc::invalid_timestamp:
      case errc::unknown_type:
      case errc::unknown_state:
      case errc::text_too_long: break;
    }
    return fault::schema;
  }

  std::string secret_header_;
  detail::secrets secrets_{};
  answer_policy policy_;
};

}  // namespace signhook::inline SIGNHOOK_ABI

template <>
struct std::is_error_code_enum<signhook::receiver_errc> : std::true_type {};
