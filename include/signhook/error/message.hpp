// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/json/type.hpp>
#include <signhook/detail/text/hex.hpp>
#include <signhook/error.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace signhook::inline SIGNHOOK_ABI {

/// The text of an error, kept inline: one line of printable ASCII.
class error_message {
 public:
  /// The longest text; a longer one is cut.
  static constexpr std::size_t capacity = 160;

  /// Returns the text.
  /// *Lifetime*: a view into this object.
  [[nodiscard]] constexpr std::string_view view() const& noexcept SIGNHOOK_LIFETIMEBOUND {
    return {chars_.data(), size_};
  }
  void view() const&& = delete;

  friend constexpr bool operator==(const error_message& a, const error_message& b) noexcept {
    return a.view() == b.view();
  }
  friend constexpr bool operator==(const error_message& a, std::string_view b) noexcept {
    return a.view() == b;
  }

  /// Appends a text, as much of it as there is capacity for.
  constexpr error_message& append(std::string_view text) noexcept {
    const std::size_t size = (std::min)(text.size(), capacity - size_);
    std::copy_n(text.data(), size, chars_.data() + size_);
    size_ += size;
    return *this;
  }

 private:
  std::array<char, capacity> chars_{};
  std::size_t size_ = 0;
};

namespace detail {

// Appends bytes of a body; those that are not printable ASCII as \xff.
constexpr void append_printable(error_message& to, std::string_view bytes) noexcept {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f) {
      to.append({&c, 1});
    } else {
      const std::array<char, 4> escaped = {'\\', 'x', hex_digits[byte >> 4U],
                                           hex_digits[byte & 0x0fU]};
      to.append({escaped.data(), escaped.size()});
    }
  }
}

[[nodiscard]] constexpr std::string_view describe(expectation expected) noexcept {
  switch (expected) {
    case expectation::nothing: break;
    case expectation::value: return "a value";
    case expectation::value_or_array_end: return "a value or ']'";
    case expectation::key: return "a key";
    case expectation::key_or_object_end: return "a key or '}'";
    case expectation::colon: return "':'";
    case expectation::comma_or_array_end: return "',' or ']'";
    case expectation::comma_or_object_end: return "',' or '}'";
    case expectation::digit: return "a digit";
    case expectation::literal: return "true, false or null";
    case expectation::string_character: return "the rest of a string";
    case expectation::escape: return "an escape";
    case expectation::hexadecimal_digit: return "a hexadecimal digit";
    case expectation::low_surrogate: return "the second half of a surrogate pair";
    case expectation::object: return describe(json_type::object);
    case expectation::string: return describe(json_type::string);
    case expectation::array: return describe(json_type::array);
    case expectation::number: return describe(json_type::number);
    case expectation::boolean: return describe(json_type::boolean);
  }
  return {};
}

// The string that begins at an offset of a body, without its quotes and at most 40 bytes of it.
[[nodiscard]] constexpr std::string_view string_at(std::string_view body,
                                                   std::size_t offset) noexcept {
  if (offset >= body.size() || body[offset] != '"') return {};
  const std::size_t begin = offset + 1;
  std::size_t end = begin;
  while (end < body.size() && body[end] != '"' && end - begin < 40) {
    end += body[end] == '\\' && end + 1 < body.size() ? 2U : 1U;
  }
  return body.substr(begin, end - begin);
}

constexpr void append_byte(error_message& to, char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  const bool is_printable = byte >= 0x20 && byte < 0x7f;
  to.append(is_printable ? "'" : "byte ");
  append_printable(to, {&c, 1});
  if (is_printable) to.append("'");
}

constexpr void append_syntax(error_message& to, const error& of, std::string_view body) noexcept {
  const auto expected = describe(of.expected);
  if (of.offset < body.size()) {
    const char found = body[of.offset];
    const bool is_digit = found >= '0' && found <= '9';
    if (is_digit && of.offset != 0 && body[of.offset - 1] == '0') {
      to.append("leading zeros are not allowed");
      return;
    }
    if (of.offset == 0 && body.substr(0, 3) == "\xef\xbb\xbf") {
      to.append("a byte order mark is not allowed");
      return;
    }
    to.append("unexpected ");
    append_byte(to, found);
  } else {
    to.append(of.code == errc::unexpected_end ? "unexpected end of input" : "invalid JSON");
  }
  if (!expected.empty()) to.append(", expected ").append(expected);
}

// A member's name as the last part of a pointer, still escaped.
constexpr void append_member(error_message& to, std::string_view path) noexcept {
  to.append(" \"");
  append_printable(to, path.substr(path.rfind('/') + 1));
  to.append("\"");
}

constexpr void append_string(error_message& to, std::string_view text) noexcept {
  if (text.empty()) return;
  to.append(" \"");
  append_printable(to, text);
  to.append("\"");
}

}  // namespace detail

/// Returns an error in words: what was found and what was expected. `body` is the bytes that were
/// rejected; without it the text says less.
///
///     unexpected ']', expected a value
///     expected a string, found null
///     missing required member "state"
///
/// The wording may change with any release.
/// *Complexity*: constant.
[[nodiscard]] constexpr error_message message(const error& of,
                                              std::string_view body = {}) noexcept {
  error_message made;
  switch (of.code) {
    case errc::invalid_json:
    case errc::unexpected_end: detail::append_syntax(made, of, body); break;
    case errc::wrong_type:
    case errc::not_an_object: {
      const auto expected = of.code == errc::not_an_object ? expectation::object : of.expected;
      if (expected == expectation::nothing) {
        made.append(describe(of.code));
        break;
      }
      made.append("expected ").append(detail::describe(expected));
      if (of.offset < body.size()) {
        const auto found = detail::type_of_value(body[of.offset]);
        made.append(", found ").append(detail::describe(found));
      }
      break;
    }
    case errc::missing_member:
    case errc::duplicate_member:
      made.append(describe(of.code));
      detail::append_member(made, of.path);
      break;
    case errc::unknown_member:
    case errc::unknown_type:
    case errc::unknown_state:
      made.append(describe(of.code));
      detail::append_string(made, detail::string_at(body, of.offset));
      break;
    case errc::empty_body:
    case errc::body_too_large:
    case errc::invalid_utf8:
    case errc::trailing_content:
    case errc::too_deep:
    case errc::invalid_uuid:
    case errc::invalid_timestamp:
    case errc::text_too_long: made.append(describe(of.code));
  }
  return made;
}

/// An error as compilers show theirs: the place, the message, and the line with a mark below it.
///
///     std::cerr << signhook::source_snippet{"state.json", body, decoded.error()} << std::endl;
///
///     state.json:6:11: error: invalid_uuid at /dossier/id: expected a UUID
///         6 |     "id": "b659c273-954e",
///           |           ^
///
/// A byte of the body that is not printable ASCII is shown as `?`, a tab as a space, and of a long line only the
/// part around the mark. `text.hpp`, `ostream.hpp`, `format.hpp` and `std_format.hpp` print it.
/// *Lifetime*: views of what it is made of.
struct source_snippet {
  std::string_view name;                          ///< of the body: a file name, for example
  std::string_view body;                          ///< the bytes that were decoded
  signhook::error error;                          ///< as it was returned or reported
  signhook::severity severity = severity::error;  ///< printed as "error" or "warning"
  std::uint64_t lines_before = 0;                 ///< the number of lines before the body
  bool with_source = true;                        ///< false for the first line alone
};

}  // namespace signhook::inline SIGNHOOK_ABI
