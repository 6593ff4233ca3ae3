// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder.hpp>
#include <signhook/detail/decode/fast_path.hpp>
#include <signhook/event.hpp>
#include <signhook/result.hpp>

#include <simdjson.h>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

// Many bodies, one a line: https://github.com/ndjson/ndjson-spec, https://jsonlines.org.

namespace signhook::inline SIGNHOOK_ABI {

/// A line that is not empty, and its event or error.
struct decoded_line {
  std::uint64_t number = 0;  ///< in the buffer, from 1; empty lines count
  std::size_t offset = 0;    ///< of its first byte in the buffer

  /// Without its end. An error's offset counts from its first byte.
  /// *Lifetime*: a view into the buffer.
  std::string_view bytes{};

  result<event> decoded{};  ///< as `decode` gives it
};

/// Counts of the lines that `decode_lines` read, including the line at which it was stopped.
struct lines_summary {
  std::uint64_t lines = 0;       ///< empty ones included
  std::uint64_t events = 0;      ///< lines that are an event
  std::uint64_t rejections = 0;  ///< lines that are not
  std::size_t bytes = 0;         ///< ends of lines included: where to go on

  friend constexpr bool operator==(const lines_summary&, const lines_summary&) noexcept = default;
};

/// A function that `decode_lines` calls for each line. It returns nothing, or false to stop.
template <class Sink>
concept line_sink = std::invocable<Sink&, const decoded_line&> &&
    (std::is_void_v<std::invoke_result_t<Sink&, const decoded_line&>> ||
     std::same_as<std::invoke_result_t<Sink&, const decoded_line&>, bool>);

namespace detail {

class line_decoder {
 public:
  // Decodes the line that `rest`, which is not empty, begins with. Returns the line, without LF.
  [[nodiscard]] static std::string_view decode(decoder& with, std::string_view rest,
                                               result<event>& into) noexcept {
    if (with.options_.max_depth >= canonical_depth) {
      fast_path_notes unused;
      const char* const end = fast_path<input::line>::decode(rest, with.options_, into, unused);
      if (end != nullptr) {
        const std::string_view line(rest.data(), static_cast<std::size_t>(end - rest.data()));
        if (!with.fits(body_of(line))) into = unexpected(decoder::misfit(body_of(line)));
        return line;
      }
    }
    const std::string_view line = rest.substr(0, rest.find('\n'));
    // The bytes after a line are its padding.
    const std::string_view body = body_of(line);
    into = with.decode(simdjson::padded_string_view(body.data(), body.size(), rest.size()));
    return line;
  }

  // The initial value of a result. With constants GCC would clear all of the line first.
  [[nodiscard]] static error undecoded(std::string_view rest) noexcept {
    return decoder::misfit(rest);
  }

  // A line without CR at its end.
  [[nodiscard]] static std::string_view body_of(std::string_view line) noexcept {
    return line.substr(0, line.size() - (line.ends_with('\r') ? 1 : 0));
  }
};

}  // namespace detail

/// Decodes a buffer, or a mapped file, of which each line is a body.
///
///     signhook::decode_lines(decoder, bytes, [](const signhook::decoded_line& line) {
///       if (line.decoded) handle(*line.decoded);
///       else complain(line.number, line.decoded.error());
///     });
///
/// A line ends with LF or CRLF; the last one need not. Empty lines are skipped and counted. A
/// line of white space alone is not empty: it is rejected as `empty_body`. Decoding continues after a rejected
/// line, whether it is too long or part of a body that is printed on several lines.
///
/// If a buffer is decoded in pieces, each must be of whole lines. `line_part` divides one among threads, each with
/// its decoder.
/// *Allocation*: none. Bodies that are not of the canonical form are decoded in place, except for the
/// last few, after which the buffer has less padding than simdjson requires.
/// *Complexity*: linear in the size of the buffer. Throws only what `sink` throws.
template <line_sink Sink>
lines_summary decode_lines(decoder& with, std::string_view bytes, Sink&& sink) noexcept(
    std::is_nothrow_invocable_v<Sink&, const decoded_line&>) {
  lines_summary passed;
  bool go_on = true;
  while (go_on && passed.bytes != bytes.size()) {
    const std::size_t offset = passed.bytes;
    const std::string_view rest = bytes.substr(offset);
    ++passed.lines;
    decoded_line next{passed.lines, offset, rest,
                      unexpected(detail::line_decoder::undecoded(rest))};
    const std::string_view line = detail::line_decoder::decode(with, rest, next.decoded);
    next.bytes = detail::line_decoder::body_of(line);
    passed.bytes += (std::min)(line.size() + 1, rest.size());
    if (next.bytes.empty()) continue;
    ++(next.decoded ? passed.events : passed.rejections);
    if constexpr (std::is_void_v<std::invoke_result_t<Sink&, const decoded_line&>>) {
      sink(std::as_const(next));
    } else {
      go_on = sink(std::as_const(next));
    }
  }
  return passed;
}

/// The part `part`, from 0, of `parts`, which are about as large as each other: all of them in a row
/// are `bytes`, and each but the last ends with LF or is empty. Empty too where there is no such
/// part.
/// *Complexity*: linear in the lengths of the lines at its two ends.
[[nodiscard]] constexpr std::string_view line_part(std::string_view bytes, std::size_t part,
                                                   std::size_t parts) noexcept {
  if (part >= parts) return {};
  const auto begin_of = [&](std::size_t nth) {
    std::size_t at = bytes.size() / parts * nth + (std::min)(bytes.size() % parts, nth);
    // Not with find(), of which GCC 14 makes another result for constants in C++26.
    while (at != 0 && at != bytes.size() && bytes[at - 1] != '\n') ++at;
    return at;
  };
  const std::size_t begin = begin_of(part);
  return bytes.substr(begin, begin_of(part + 1) - begin);
}

}  // namespace signhook::inline SIGNHOOK_ABI
