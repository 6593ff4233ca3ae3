// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder_options.hpp>
#include <signhook/detail/decode/scalar.hpp>
#include <signhook/detail/subscription/resource_reader.hpp>
#include <signhook/detail/text/decimal.hpp>
#include <signhook/encoder.hpp>
#include <signhook/error.hpp>
#include <signhook/result.hpp>
#include <signhook/schema.hpp>
#include <signhook/subscription/request.hpp>
#include <signhook/timestamp.hpp>
#include <signhook/uuid.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

// What the service answers to requests about webhooks. Unlike events, these own text of any length on
// the heap: they come a few at a time, and not in the path of a delivery.

namespace signhook::inline SIGNHOOK_ABI {

/// The name of a type of event that a webhook is subscribed to, known or not.
class event_name {
 public:
  event_name() = default;
  /// Known where the table has that name.
  explicit event_name(std::string text)
      : text_(std::move(text)), index_(detail::find_type(text_)) {}

  /// As it stands on the wire. *Lifetime*: a view into this object.
  [[nodiscard]] const std::string& text() const& noexcept SIGNHOOK_LIFETIMEBOUND { return text_; }
  void text() const&& = delete;
  /// The text. *Lifetime*: a view into this object.
  operator std::string_view() const& noexcept SIGNHOOK_LIFETIMEBOUND { return text_; }
  operator std::string_view() const&& = delete;

  /// Whether the table has that name.
  [[nodiscard]] bool is_known() const noexcept { return index_ != detail::known_count; }

  /// The index in `event_types` and among `event`'s alternatives: that of `unknown_event` where the
  /// name is not known.
  [[nodiscard]] std::size_t index() const noexcept { return index_; }

  friend bool operator==(const event_name&, const event_name&) = default;

 private:
  std::string text_;
  std::size_t index_ = detail::known_count;
};

/// A custom header as the service tells it. Its value may be a secret: the formatters leave it out.
struct webhook_header {
  std::string name;   ///< as the service tells it
  std::string value;  ///< likewise: perhaps masked

  friend bool operator==(const webhook_header&, const webhook_header&) = default;
};

/// A subscription, as the service keeps it.
/// *Allocation*: its strings and vectors.
struct webhook {
  subscription_id id;                             ///< by which it is updated and deleted
  std::string url;                                ///< as the service tells it; not checked
  std::optional<std::vector<event_name>> events;  ///< none where not told, as by older answers
  std::vector<webhook_header> headers;            ///< empty for `null` and for `[]` too
  std::optional<bool> disabled;                   ///< none where not told, as by older answers
  timestamp updated_at;                           ///< `updatedAt`
  timestamp created_at;                           ///< `createdAt`

  friend bool operator==(const webhook&, const webhook&) = default;
};

/// The service's answer to a request that it does not fulfil. Its form is not documented; this is what
/// public clients have met.
struct api_error {
  std::int32_t status = 0;  ///< an HTTP status
  std::string message;      ///< for people

  friend bool operator==(const api_error&, const api_error&) = default;
};

template <>
struct schema<webhook> {
  static constexpr std::string_view description = "A subscription to events.";
  static constexpr std::tuple members{
      member{detail::webhook_names::id, &webhook::id},
      member{detail::webhook_names::url, &webhook::url},
      member{detail::webhook_names::events, &webhook::events},
      member{detail::webhook_names::headers, &webhook::headers},
      member{detail::webhook_names::disabled, &webhook::disabled},
      member{detail::webhook_names::updated_at, &webhook::updated_at},
      member{detail::webhook_names::created_at, &webhook::created_at}};
};

template <>
struct schema<api_error> {
  static constexpr std::string_view description = "Why a request was not fulfilled.";
  static constexpr std::tuple members{member{"status", &api_error::status},
                                      member{"message", &api_error::message}};
};

/// What is accepted of the service's answers; as `decoder_options`, but for the size of a list.
struct subscription_options {
  /// The largest answer, in bytes. A webhook takes some hundred. At most
  /// `decoder_options::max_bytes_ceiling`; more counts as that.
  std::uint32_t max_bytes = 1024 * 1024;

  /// How deep objects and arrays may nest; a list of webhooks needs 3. At most
  /// `decoder_options::max_depth_ceiling`; more counts as that.
  std::uint32_t max_depth = 32;

  unknown types = unknown::keep;                      ///< of events it is subscribed to
  unknown_members members = unknown_members::ignore;  ///< of the resource

  /// As `decoder_options::strict`.
  [[nodiscard]] static constexpr subscription_options strict() noexcept {
    subscription_options options;
    options.types = unknown::reject;
    options.members = unknown_members::reject;
    return options;
  }
};

namespace detail {

template <>
struct value_reader<std::vector<event_name>> {
  static std::optional<value_fault> read(cursor at, std::vector<event_name>& into,
                                         const reading& how) {
    if (*at.at() != '[') return value_fault{errc::wrong_type, at.at()};
    for (at.pass_byte(); *at.at() != ']';) {
      const char* const begin = at.at();
      if (*begin != '"') return value_fault{errc::wrong_type, begin};
      into.emplace_back(text_of(at.pass_string()));
      if (!into.back().is_known() && how.types == unknown::reject) {
        return value_fault{errc::unknown_type, begin};
      }
      if (*at.at() == ',') at.pass_byte();
    }
    return std::nullopt;
  }
};

// An object; or null, or the empty array that some back ends write for an empty map.
template <>
struct value_reader<std::vector<webhook_header>> {
  static std::optional<value_fault> read(cursor at, std::vector<webhook_header>& into,
                                         const reading&) {
    const char* const begin = at.at();
    if (*begin == 'n') return std::nullopt;
    if (*begin == '[') {
      at.pass_byte();
      if (*at.at() == ']') return std::nullopt;
    }
    if (*begin != '{') return value_fault{errc::wrong_type, begin};
    const auto repeated = find_repeated_key(at);
    for (at.pass_byte(); *at.at() != '}';) {
      if (at.at() == repeated) return value_fault{errc::duplicate_member, repeated};
      std::string name = text_of(at.pass_string());
      at.pass_byte();  // the colon
      if (*at.at() != '"') return value_fault{errc::wrong_type, at.at()};
      into.push_back({std::move(name), text_of(at.pass_string())});
      if (*at.at() == ',') at.pass_byte();
    }
    return std::nullopt;
  }
};

template <>
struct scalar_writer<event_name> {
  template <class Out>
  static constexpr Out write(Out out, const event_name& value) {
    return write_string(out, std::string_view(value));
  }
};

template <>
struct scalar_writer<std::string> {
  template <class Out>
  static constexpr Out write(Out out, const std::string& value) {
    return write_string(out, value);
  }
};

template <>
struct scalar_writer<bool> {
  template <class Out>
  static constexpr Out write(Out out, bool value) {
    return write_text(out, value ? "true" : "false");
  }
};

template <>
struct scalar_writer<std::int32_t> {
  template <class Out>
  static constexpr Out write(Out out, std::int32_t value) {
    if (value < 0) *out++ = '-';
    const auto size = static_cast<std::size_t>(value < 0 ? -std::int64_t{value} : value);
    return write_text(out, decimal(size).view());
  }
};

// An array of strings, and an object of strings; of anything that converts to a string_view.
template <class Out, class Texts>
constexpr Out write_texts(Out out, const Texts& texts) {
  *out++ = '[';
  bool first = true;
  for (const std::string_view one : texts) {
    if (!first) *out++ = ',';
    first = false;
    out = write_string(out, one);
  }
  *out++ = ']';
  return out;
}

template <class Out, class Headers>
constexpr Out write_headers(Out out, const Headers& headers) {
  *out++ = '{';
  bool first = true;
  for (const auto& one : headers) {
    if (!first) *out++ = ',';
    first = false;
    out = write_string(out, one.name);
    *out++ = ':';
    out = write_string(out, one.value);
  }
  *out++ = '}';
  return out;
}

template <>
struct scalar_writer<std::vector<event_name>> {
  template <class Out>
  static constexpr Out write(Out out, const std::vector<event_name>& value) {
    return write_texts(out, value);
  }
};

// The service writes null where there is none.
template <>
struct scalar_writer<std::vector<webhook_header>> {
  template <class Out>
  static constexpr Out write(Out out, const std::vector<webhook_header>& value) {
    return value.empty() ? write_text(out, "null") : write_headers(out, value);
  }
};

}  // namespace detail

/// Decodes one webhook: what the service answers to the request that creates it, changes it or asks
/// for it.
///
/// All of the answer must be JSON (RFC 8259) in UTF-8. `events` and `disabled` may be absent, and are
/// then observation apart from empty and `false`; `headers` is an object of strings, `null` or `[]`.
///
/// *Errors*: that of the lowest offset, as `decoder::decode` gives it. What is wrong with a type of
/// event or with a header has the path of the member that holds it, `/events` or `/headers`; the
/// offset tells which.
/// *Allocation*: the webhook, and a copy of each text while it is read.
[[nodiscard]] inline result<webhook> decode_subscription(std::string_view answer,
                                                         const subscription_options& options = {}) {
  return detail::read_object_answer<webhook>(answer, options);
}

/// Decodes a list of webhooks: an array of them, and nothing around it.
///
/// *Errors*: as `decode_subscription`. `wrong_type` with an empty path for what is no array,
/// `not_an_object` for an item that is none. A path begins at the item; the offset tells which.
[[nodiscard]] inline result<std::vector<webhook>> decode_subscriptions(
    std::string_view answer, const subscription_options& options = {}) {
  return detail::read_array_answer<webhook>(answer, options);
}

/// Decodes the service's answer to a request that it does not fulfil.
///
/// *Errors*: as `decode_subscription`. `status` must be an integer of 32 bits without fraction or exponent;
/// any other number is `wrong_type`.
[[nodiscard]] inline result<api_error> decode_api_error(std::string_view answer,
                                                        const subscription_options& options = {}) {
  return detail::read_object_answer<api_error>(answer, options);
}

/// Writes a webhook as the service would, compact: for tests, and for what stands in for the service.
/// What is not told is left out. Text that is not UTF-8 is written as it is; decoded text always is.
/// Returns the end. Allocates nothing and throws only what `out` throws.
template <std::output_iterator<char> Out>
constexpr Out encode_to(const webhook& of, Out out) {
  return detail::object_writer(out).write(of);
}

/// The same of an error.
template <std::output_iterator<char> Out>
constexpr Out encode_to(const api_error& of, Out out) {
  return detail::object_writer(out).write(of);
}

}  // namespace signhook::inline SIGNHOOK_ABI
