// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/enumeration.hpp>
#include <signhook/error/error_code.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace signhook::inline SIGNHOOK_ABI {

/// The reasons to reject a body, as in `std::error_code`: 0 is success. The names are part of the interface:
/// logs and tests may rely on them.
enum class errc : std::uint8_t {
  empty_body = 1,     ///< nothing, or white space alone
  body_too_large,     ///< more bytes than `decoder_options::max_bytes`
  invalid_utf8,       ///< not UTF-8 (RFC 3629)
  invalid_json,       ///< not a JSON text (RFC 8259)
  unexpected_end,     ///< the beginning of a JSON text, which then ends
  trailing_content,   ///< a JSON text, and then more than white space
  too_deep,           ///< nested deeper than `decoder_options::max_depth`
  not_an_object,      ///< JSON, but no object
  missing_member,     ///< a required member is not there
  wrong_type,         ///< a value of another JSON type than the member's
  duplicate_member,   ///< a known member occurs again
  unknown_member,     ///< a member that the event does not have
  invalid_uuid,       ///< not the text form of a UUID (RFC 9562, section 4)
  invalid_timestamp,  ///< not a date-time (RFC 3339, section 5.6)
  unknown_type,       ///< an event type that is not in the schema
  unknown_state,      ///< a state that is not in the schema
  text_too_long,      ///< an unknown type or state longer than an event keeps
};

/// Returns the meaning of a code in a few words, without a capital or a full stop. `message` says more
/// of one error. Unlike `name`, the wording may change with any release.
/// *Lifetime*: static storage.
[[nodiscard]] constexpr std::string_view describe(errc code) noexcept {
  switch (code) {
    case errc::empty_body: return "the body is empty";
    case errc::body_too_large: return "the body is larger than the limit";
    case errc::invalid_utf8: return "invalid UTF-8";
    case errc::invalid_json: return "invalid JSON";
    case errc::unexpected_end: return "unexpected end of input";
    case errc::trailing_content: return "unexpected content after the document";
    case errc::too_deep: return "nested deeper than the limit";
    case errc::not_an_object: return "expected an object";
    case errc::missing_member: return "missing required member";
    case errc::wrong_type: return "value of the wrong JSON type";
    case errc::duplicate_member: return "duplicate member";
    case errc::unknown_member: return "unknown member";
    case errc::invalid_uuid: return "expected a UUID";
    case errc::invalid_timestamp: return "expected an RFC 3339 date-time";
    case errc::unknown_type: return "unknown event type";
    case errc::unknown_state: return "unknown state";
    case errc::text_too_long: return "text longer than an event can keep";
  }
  return {};
}

namespace detail {
template <>
inline constexpr const char* category_name<errc> = "signhook";
}  // namespace detail

/// The token or value that had to follow where an error is.
enum class expectation : std::uint8_t {
  nothing,              ///< for errors that are not about what follows
  value,                ///< any JSON value
  value_or_array_end,   ///< the first element of an array, or its end
  key,                  ///< a string and a colon, after a comma
  key_or_object_end,    ///< the first key of an object, or its end
  colon,                ///< after a key
  comma_or_array_end,   ///< after an element
  comma_or_object_end,  ///< after a member
  digit,                ///< in a number
  literal,              ///< the rest of true, false or null
  string_character,     ///< a character that may stand in a string, or its closing quote
  escape,               ///< a character that may follow a backslash
  hexadecimal_digit,    ///< in a Unicode escape
  low_surrogate,        ///< the second escape of a surrogate pair
  object,               ///< the value of this member
  string,               ///< the value of this member
  array,                ///< the value of this member
  number,               ///< the value of this member
  boolean,              ///< the value of this member
};

/// A rejection: its code, its place and the member at fault.
struct error {
  /// The reason.
  errc code{};

  /// The first byte at fault, from 0, at most the body's size:
  /// - of a value, its first character (the opening quote, brace or bracket);
  /// - for `duplicate_member` and `unknown_member`, the key's opening quote;
  /// - for `missing_member`, the opening brace of the object that lacks it;
  /// - for `invalid_json` and `invalid_utf8`, the first byte that no valid body with the same
  ///   beginning could have there;
  /// - for `unexpected_end`, the body's size;
  /// - for `trailing_content`, the first byte that is not white space;
  /// - for `empty_body` and `body_too_large`, 0.
  std::uint32_t offset = 0;

  /// The member at fault, as a JSON Pointer (RFC 6901); empty for the whole body. For a member that
  /// the event does not have, the pointer of the object that holds it.
  /// *Lifetime*: static storage.
  std::string_view path{};

  /// The token or value that had to follow, for `message`. It follows from the other three and the
  /// body, so `==` does not look at it.
  expectation expected = expectation::nothing;

  friend constexpr bool operator==(const error& a, const error& b) noexcept {
    return a.code == b.code && a.offset == b.offset && a.path == b.path;
  }
};

static_assert(std::is_trivially_copyable_v<error>);

/// The weight of a diagnostic.
enum class severity : std::uint8_t {
  error,    ///< the body is rejected
  warning,  ///< the body is accepted, but holds something that the schema does not know
};

/// An error or a warning that `decoder::validate` reports.
struct diagnostic {
  signhook::severity severity{};  ///< an error rejects the body
  signhook::error error{};        ///< as `decode` returns it, if it is the first error

  /// The bytes at fault, as they stand in the body: a value that is a string or a key with its
  /// quotes; of another value, or of an object that lacks a member, the first byte; empty where the
  /// body is not JSON.
  /// *Lifetime*: a view into the body.
  std::string_view source{};
};

/// A place in a body as editors count it, both from 1; the column counts bytes.
struct location {
  std::uint32_t line = 1;    ///< one more than the LFs before it
  std::uint32_t column = 1;  ///< one more than the bytes between the last LF and it

  friend constexpr bool operator==(const location&, const location&) noexcept = default;
};

/// Returns the line and the column of an error in `body`, the bytes that were rejected; a line ends
/// with LF. An offset past their end counts as the end.
///
/// *Complexity*: linear in the offset.
[[nodiscard]] constexpr location locate(std::string_view body, const error& at) noexcept {
  const std::string_view before = body.substr(0, std::min<std::size_t>(at.offset, body.size()));
  const std::size_t line_begin = before.rfind('\n') + 1;  // 0 where there is no LF: npos + 1
  return {.line = static_cast<std::uint32_t>(1 + std::count(before.begin(), before.end(), '\n')),
          .column = static_cast<std::uint32_t>(1 + before.size() - line_begin)};
}

}  // namespace signhook::inline SIGNHOOK_ABI

template <>
struct std::is_error_code_enum<signhook::errc> : std::true_type {};
