// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder/options.hpp>
#include <signhook/detail/decode/scalar.hpp>
#include <signhook/detail/json/type.hpp>
#include <signhook/detail/json/walker.hpp>
#include <signhook/detail/json/writer.hpp>
#include <signhook/detail/subscription/resource_reader.hpp>
#include <signhook/encoder.hpp>
#include <signhook/error.hpp>
#include <signhook/result.hpp>
#include <signhook/schema.hpp>
#include <signhook/subscription/event_types.hpp>
#include <signhook/subscription/request.hpp>
#include <signhook/timestamp.hpp>
#include <signhook/uuid.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

// The answers of the subscription API. Unlike events, they own texts of any length on the heap: there
// are few of them, and none in the path of a delivery.

namespace signhook::inline SIGNHOOK_ABI {

/// A subscription, as the service returns it.
/// *Allocation*: its strings and vectors.
struct subscription {
  subscription_id id{};                             ///< by which it is updated and deleted
  std::string url{};                                ///< as the service returns it; not validated
  std::optional<std::vector<event_name>> events{};  ///< absent in older answers
  std::vector<custom_header> headers{};             ///< empty for `null` and for `[]` too
  std::optional<bool> disabled{};                   ///< absent in older answers
  timestamp updated_at{};                           ///< `updatedAt`
  timestamp created_at{};                           ///< `createdAt`

  friend bool operator==(const subscription&, const subscription&) = default;
};

/// An error answer of the API. Its form is undocumented; public clients have seen this one.
struct api_error {
  std::int32_t status = 0;  ///< the HTTP status
  std::string message{};    ///< for people

  friend bool operator==(const api_error&, const api_error&) = default;
};

template <>
struct schema<subscription> {
  static constexpr std::string_view description = "A subscription to events.";
  static constexpr std::tuple members{
      member{detail::subscription_names::id, &subscription::id},
      member{detail::subscription_names::url, &subscription::url},
      member{detail::subscription_names::events, &subscription::events},
      member{detail::subscription_names::headers, &subscription::headers},
      member{detail::subscription_names::disabled, &subscription::disabled},
      member{detail::subscription_names::updated_at, &subscription::updated_at},
      member{detail::subscription_names::created_at, &subscription::created_at}};
};

template <>
struct schema<api_error> {
  static constexpr std::string_view description = "An error answer.";
  static constexpr std::tuple members{member{"status", &api_error::status},
                                      member{"message", &api_error::message}};
};

/// The limits and the strictness of decoding answers; as `decoder_options`, but large enough for a list.
struct subscription_options {
  /// The largest answer, in bytes; a subscription takes some hundred. At most
  /// `decoder_options::max_bytes_ceiling`, to which a larger value is reduced.
  std::uint32_t max_bytes = 1024 * 1024;

  /// The deepest nesting of objects and arrays; a list of subscriptions needs 3. At most
  /// `decoder_options::max_depth_ceiling`, to which a larger value is reduced.
  std::uint32_t max_depth = 32;

  unknown types = unknown::keep;                      ///< in `events`
  unknown_members members = unknown_members::ignore;  ///< in the object

  /// Returns options that reject unknown types and members, as `decoder_options::strict`.
  [[nodiscard]] static constexpr subscription_options strict() noexcept {
    subscription_options options;
    options.types = unknown::reject;
    options.members = unknown_members::reject;
    return options;
  }
};

namespace detail {

template <>
struct scalar<std::vector<event_name>> {
  static constexpr json_type type = json_type::array;
};

template <>
struct value_reader<std::vector<event_name>> {
  static std::optional<value_fault> read(const walker& tokens, const walker::token* t,
                                         unknown types, std::vector<event_name>& into) {
    for (++t; tokens.first(t) != ']'; ++t) {
      if (tokens.first(t) == ',') continue;
      if (tokens.first(t) != '"') return value_fault{errc::wrong_type, *t, expectation::string};
      into.emplace_back(text_at(tokens, t));
      if (types == unknown::reject && !into.back().is_known()) {
        return value_fault{errc::unknown_type, *t};
      }
    }
    return std::nullopt;
  }
};

// An object, null, or the empty array that some back ends write for an empty map.
template <>
struct scalar<std::vector<custom_header>> {
  static constexpr json_type type = json_type::object | json_type::null | json_type::array;
};

template <>
struct value_reader<std::vector<custom_header>> {
  static std::optional<value_fault> read(const walker& tokens, const walker::token* t, unknown,
                                         std::vector<custom_header>& into) {
    if (tokens.first(t) == 'n') return std::nullopt;
    if (tokens.first(t) == '[') {
      if (tokens.first(t + 1) == ']') return std::nullopt;
      return value_fault{errc::wrong_type, *t, expectation::object};
    }
    std::optional<value_fault> wrong;
    std::vector<std::uint32_t> keys;
    for (++t; !wrong && tokens.first(t) != '}';) {
      keys.push_back(*t);
      into.push_back({text_at(tokens, t), {}});
      t += 2;  // the key and the colon
      if (tokens.first(t) != '"') {
        wrong = value_fault{errc::wrong_type, *t, expectation::string};
      } else {
        into.back().value = text_at(tokens, t);
        ++t;
        if (tokens.first(t) == ',') ++t;
      }
    }
    // A repeated key stands before a wrong value, at which the loop ends.
    const auto repeated = find_repeated(into);
    return repeated ? value_fault{errc::duplicate_member, keys[*repeated]} : wrong;
  }

 private:
  // The index of the first header whose name is that of an earlier one.
  [[nodiscard]] static std::optional<std::size_t> find_repeated(
      const std::vector<custom_header>& headers) {
    std::vector<std::size_t> order(headers.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      const int compared = headers[a].name.compare(headers[b].name);
      return compared != 0 ? compared < 0 : a < b;
    });
    std::optional<std::size_t> first;
    for (std::size_t i = 1; i < order.size(); ++i) {
      const bool is_same = headers[order[i]].name == headers[order[i - 1]].name;
      if (is_same && (!first || order[i] < *first)) first = order[i];
    }
    return first;
  }
};

template <>
struct value_writer<std::string> {
  template <class Out>
  static constexpr void write(json_writer<Out>& to, const std::string& value) {
    to.string(value);
  }
};

template <>
struct value_writer<bool> {
  template <class Out>
  static constexpr void write(json_writer<Out>& to, bool value) {
    to.boolean(value);
  }
};

template <>
struct value_writer<std::int32_t> {
  template <class Out>
  static constexpr void write(json_writer<Out>& to, std::int32_t value) {
    to.number(value);
  }
};

template <>
struct value_writer<std::vector<event_name>> {
  template <class Out>
  static constexpr void write(json_writer<Out>& to, const std::vector<event_name>& value) {
    to.strings(value);
  }
};

// An object of strings.
template <class Out, class Headers>
constexpr void write_headers(json_writer<Out>& to, const Headers& headers) {
  to.begin_object();
  for (const auto& one : headers) {
    to.key(one.name);
    to.string(one.value);
  }
  to.end_object();
}

// The service writes null if there are none.
template <>
struct value_writer<std::vector<custom_header>> {
  template <class Out>
  static constexpr void write(json_writer<Out>& to, const std::vector<custom_header>& value) {
    if (value.empty()) return to.null();
    write_headers(to, value);
  }
};

}  // namespace detail

/// Decodes one subscription: the answer to the request that creates, changes or gets it.
///
/// All of the answer must be JSON (RFC 8259) in UTF-8. `events` and `disabled` may be absent, which differs
/// from empty and `false`; `headers` is an object of strings, `null` or `[]`.
///
/// *Errors*: that at the lowest offset, as from `decoder::decode`. An error of one event type or header has the
/// path of the member that holds it, `/events` or `/headers`; the offset tells which.
/// *Allocation*: the subscription, and a copy of each text while it is read.
[[nodiscard]] inline result<subscription> decode_subscription(
    std::string_view answer, const subscription_options& options = {}) {
  return detail::read_object_answer<subscription>(answer, options);
}

/// Decodes a list of subscriptions: a bare array.
///
/// *Errors*: as `decode_subscription`; `wrong_type` with an empty path if the answer is not an array,
/// `not_an_object` if an item is not one. Paths begin at the item; the offset tells which.
[[nodiscard]] inline result<std::vector<subscription>> decode_subscriptions(
    std::string_view answer, const subscription_options& options = {}) {
  return detail::read_array_answer<subscription>(answer, options);
}

/// Decodes an error answer of the API.
///
/// *Errors*: as `decode_subscription`. `status` must be an integer of 32 bits without fraction and exponent;
/// any other number is `wrong_type`.
[[nodiscard]] inline result<api_error> decode_api_error(std::string_view answer,
                                                        const subscription_options& options = {}) {
  return detail::read_object_answer<api_error>(answer, options);
}

/// Writes a subscription as the service would, compact and without absent members: for tests and for stand-ins
/// of the service. Returns the end.
///
/// Text that is not UTF-8 is written unchanged; decoded text always is UTF-8. Allocates nothing and
/// throws only what `out` throws.
template <std::output_iterator<char> Out>
constexpr Out encode_to(const subscription& of, Out out) {
  return detail::write_json(std::move(out), of);
}

/// Writes an error answer as the service would, compact. Returns the end.
template <std::output_iterator<char> Out>
constexpr Out encode_to(const api_error& of, Out out) {
  return detail::write_json(std::move(out), of);
}

}  // namespace signhook::inline SIGNHOOK_ABI
