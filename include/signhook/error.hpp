// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/text/enumerators.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace signhook::inline SIGNHOOK_ABI {

/// Why a body is rejected. The names are part of the interface: logs and tests may rely on them.
enum class errc : std::uint8_t {
  empty_body,         ///< nothing, or white space alone
  body_too_large,     ///< more bytes than `decoder_options::max_bytes`
  invalid_utf8,       ///< not UTF-8 (RFC 3629)
  invalid_json,       ///< not a JSON text (RFC 8259)
  trailing_content,   ///< a JSON text, and then more than white space
  too_deep,           ///< nested deeper than `decoder_options::max_depth`
  not_an_object,      ///< JSON, but no object
  missing_member,     ///< a required member is not there
  wrong_type,         ///< a value of another JSON type than the member's
  duplicate_member,   ///< a known member occurs again
  unknown_member,     ///< a member that the event does not have
  invalid_uuid,       ///< not the text form of a UUID (RFC 9562, section 4)
  invalid_timestamp,  ///< not a date-time (RFC 3339, section 5.6)
  unknown_type,       ///< an event type that is not in the table
  unknown_state,      ///< a state that is not in the table
  text_too_long,      ///< an unknown type or state longer than an event keeps
};

/// The name of a code, as above. It lives in static storage.
[[nodiscard]] constexpr std::string_view name(errc code) noexcept {
  return detail::enumerator_names<errc>[static_cast<std::size_t>(code)];
}

/// What is wrong, in a few words for a person, without a capital or a full stop. Unlike `name`, the
/// wording may change with any release. It lives in static storage.
[[nodiscard]] constexpr std::string_view describe(errc code) noexcept {
  switch (code) {
    case errc::empty_body: return "the body holds nothing but white space";
    case errc::body_too_large: return "the body is larger than the limit";
    case errc::invalid_utf8: return "this byte cannot stand here in UTF-8";
    case errc::invalid_json: return "this cannot stand here in JSON";
    case errc::trailing_content: return "nothing may follow the document";
    case errc::too_deep: return "nested deeper than the limit";
    case errc::not_an_object: return "expected an object";
    case errc::missing_member: return "this object lacks a required member";
    case errc::wrong_type: return "the value is of another JSON type";
    case errc::duplicate_member: return "the member occurs again";
    case errc::unknown_member: return "not a member of this object";
    case errc::invalid_uuid: return "expected 8-4-4-4-12 hexadecimal digits";
    case errc::invalid_timestamp: return "expected an RFC 3339 date-time";
    case errc::unknown_type: return "not a known type of event";
    case errc::unknown_state: return "not a known state";
    case errc::text_too_long: return "longer than an event can keep";
  }
  return {};
}

/// A rejection: why, where and which member.
struct error {
  /// Why.
  errc code{};

  /// The first byte at fault, from 0, at most the body's size:
  /// - of a value, its first character (the opening quote, brace or bracket);
  /// - for `duplicate_member` and `unknown_member`, the key's opening quote;
  /// - for `missing_member`, the opening brace of the object that lacks it;
  /// - for `invalid_json` and `invalid_utf8`, the first byte that no valid body with the same
  ///   beginning could have there, or the body's size where it ends too early;
  /// - for `trailing_content`, the first byte that is not white space;
  /// - for `empty_body` and `body_too_large`, 0.
  std::uint32_t offset = 0;

  /// The member at fault, as a JSON Pointer (RFC 6901); empty for the whole body. For a member that
  /// the event does not have, the pointer of the object that holds it.
  /// *Lifetime*: static storage.
  std::string_view path;

  friend constexpr bool operator==(const error&, const error&) noexcept = default;
};

static_assert(std::is_trivially_copyable_v<error>);

/// Whether what was found rejects the body.
enum class severity : std::uint8_t {
  error,    ///< it does
  warning,  ///< it does not: the service sends what the table does not know
};

/// What `decoder::validate` reports.
struct diagnostic {
  signhook::severity severity{};  ///< whether it rejects the body
  signhook::error error;          ///< as `decode` would return it, were it the first

  /// The bytes at fault, as they stand in the body: a value that is a string or a key with its
  /// quotes; of another value, or of an object that lacks a member, the first byte; empty where the
  /// body is no JSON.
  /// *Lifetime*: a view into the body.
  std::string_view source;
};

/// A place in a body as editors count it, both from 1; the column counts bytes.
struct location {
  std::uint32_t line = 1;    ///< one more than the LFs before it
  std::uint32_t column = 1;  ///< one more than the bytes between the last LF and it

  friend constexpr bool operator==(const location&, const location&) noexcept = default;
};

/// Where in `body` the error is; a line ends with LF.
///
/// `body` should be the bytes that were rejected; an offset behind their end counts as the end.
/// *Complexity*: linear in the offset.
[[nodiscard]] constexpr location locate(std::string_view body, const error& at) noexcept {
  const std::string_view before = body.substr(0, std::min<std::size_t>(at.offset, body.size()));
  const std::size_t line_begin = before.rfind('\n') + 1;  // 0 where there is no LF: npos + 1
  return {.line = static_cast<std::uint32_t>(1 + std::count(before.begin(), before.end(), '\n')),
          .column = static_cast<std::uint32_t>(1 + before.size() - line_begin)};
}

}  // namespace signhook::inline SIGNHOOK_ABI
