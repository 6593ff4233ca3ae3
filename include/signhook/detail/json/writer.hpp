// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/text/decimal.hpp>
#include <signhook/detail/text/hex.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <utility>

// The one place that writes JSON (RFC 8259).

namespace signhook::inline SIGNHOOK_ABI::detail {

// Writes text as it is. `std::copy` does not take iterators that can only be moved.
template <class Out>
constexpr Out write_text(Out out, std::string_view text) {
  if constexpr (std::copyable<Out>) {
    return std::copy(text.begin(), text.end(), out);
  } else {
    for (const char c : text) *out++ = c;
    return out;
  }
}

// Writes UTF-8 text as the content of a JSON string: escapes what must be escaped, and nothing else.
template <class Out>
constexpr Out write_escaped(Out out, std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && c != '"' && c != '\\') {
      *out++ = c;
      continue;
    }
    *out++ = '\\';
    switch (c) {
      case '"':
      case '\\': *out++ = c; break;
      case '\b': *out++ = 'b'; break;
      case '\f': *out++ = 'f'; break;
      case '\n': *out++ = 'n'; break;
      case '\r': *out++ = 'r'; break;
      case '\t': *out++ = 't'; break;
      default:
        for (const char unit : {'u', '0', '0', hex_digits[byte >> 4U], hex_digits[byte & 0x0fU]}) {
          *out++ = unit;
        }
    }
  }
  return out;
}

// The most bytes that a string of `size` bytes takes: each one as \u00xx, between quotes.
[[nodiscard]] constexpr std::size_t max_string_size(std::size_t size) noexcept {
  return 2 + 6 * size;
}

// Writes compact JSON to an output iterator. The writer puts the commas and colons; the caller sees to it
// that objects and arrays are closed and that a key precedes each member's value. It allocates nothing.
template <class Out>
class json_writer {
 public:
  constexpr explicit json_writer(Out out) : out_(std::move(out)) {}

  // Returns the end of what is written, after which the writer is not used again.
  [[nodiscard]] constexpr Out end() { return std::move(out_); }

  constexpr void begin_object() { open('{'); }
  constexpr void end_object() { close('}'); }
  constexpr void begin_array() { open('['); }
  constexpr void end_array() { close(']'); }

  constexpr void key(std::string_view name) {
    string(name);
    put(':');
    needs_comma_ = false;
  }

  // A key that is written as it is, with its quotes and its colon.
  constexpr void raw_key(std::string_view key) {
    raw(key);
    needs_comma_ = false;
  }

  // A member whose value is a string, a number or a boolean.
  template <class Value>
  constexpr void member(std::string_view name, const Value& value) {
    key(name);
    if constexpr (std::same_as<Value, bool>) {
      boolean(value);
    } else if constexpr (std::integral<Value>) {
      number(value);
    } else {
      string(value);
    }
  }

  // A string whose text is the parts, one after the other.
  template <std::convertible_to<std::string_view>... Part>
  constexpr void string(const Part&... parts) {
    separate();
    put('"');
    ((out_ = write_escaped(std::move(out_), parts)), ...);
    put('"');
  }

  // A string of text that is known to need no escapes.
  constexpr void plain_string(std::string_view text) {
    separate();
    put('"');
    out_ = write_text(std::move(out_), text);
    put('"');
  }

  template <std::integral Integer>
  constexpr void number(Integer value) {
    static_assert(sizeof(Integer) <= sizeof(std::size_t));
    separate();
    auto magnitude = static_cast<std::size_t>(value);
    if (value < 0) {
      put('-');
      magnitude = 0 - magnitude;
    }
    out_ = write_text(std::move(out_), decimal(magnitude).view());
  }

  constexpr void boolean(bool value) { raw(value ? "true" : "false"); }
  constexpr void null() { raw("null"); }

  // A value that is JSON already.
  constexpr void raw(std::string_view json) {
    separate();
    out_ = write_text(std::move(out_), json);
  }

  // An array of strings, from a range of what converts to a string_view.
  template <class Texts>
  constexpr void strings(const Texts& texts) {
    begin_array();
    for (const std::string_view text : texts) string(text);
    end_array();
  }

 private:
  constexpr void put(char c) { *out_++ = c; }

  constexpr void separate() {
    if (needs_comma_) put(',');
    needs_comma_ = true;
  }

  constexpr void open(char bracket) {
    separate();
    put(bracket);
    needs_comma_ = false;
  }

  constexpr void close(char bracket) {
    put(bracket);
    needs_comma_ = true;
  }

  Out out_;
  bool needs_comma_ = false;
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
