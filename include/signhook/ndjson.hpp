// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder.hpp>
#include <signhook/decoder/bytes.hpp>
#include <signhook/detail/decode/fast_path.hpp>
#include <signhook/event.hpp>
#include <signhook/result.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <ranges>
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
    into = with.decode(body_of(line));
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

/// The lines of a buffer, or of a mapped file, of which each is a body: an input range of `decoded_line`.
///
///     for (const auto& line : signhook::lines(decoder, bytes)) {
///       if (line.decoded) handle(*line.decoded);
///       else complain(line.number, line.decoded.error());
///     }
///
/// A line ends with LF or CRLF; the last one need not. Empty lines are skipped and counted. A
/// line of white space alone is not empty: it is rejected as `empty_body`. Decoding continues after a rejected
/// line, whether it is too long or part of a body that is printed on several lines.
///
/// A line is decoded when the iteration comes to it, so each can be visited once. If a buffer is decoded in
/// pieces, each must be of whole lines. `line_part` divides one among threads, each with its decoder.
///
/// *Lifetime*: the decoder and the buffer must outlive it. A `decoded_line` is valid until the next one is read.
/// *Allocation*: none.
/// *Complexity*: linear in the size of the buffer.
class lines : public std::ranges::view_base {
 public:
  class iterator;

  /// The lines of `bytes`, none of which is decoded yet.
  lines(decoder& with SIGNHOOK_LIFETIMEBOUND, text_view bytes) noexcept
      : decoder_(&with),
        rest_(bytes.view()),
        line_{0, 0, rest_, unexpected(detail::line_decoder::undecoded(rest_))} {}

  /// Decodes the next line, which is the first at first.
  [[nodiscard]] iterator begin() noexcept SIGNHOOK_LIFETIMEBOUND;
  /// The end of the buffer.
  [[nodiscard]] static constexpr std::default_sentinel_t end() noexcept { return {}; }

  /// Returns the counts of the lines that were read: after a `break`, with the line at which it was.
  [[nodiscard]] const lines_summary& summary() const& noexcept SIGNHOOK_LIFETIMEBOUND {
    return summary_;
  }
  void summary() const&& = delete;

 private:
  template <line_sink Sink>
  friend lines_summary decode_lines(decoder&, text_view, Sink&&) noexcept(
      std::is_nothrow_invocable_v<Sink&, const decoded_line&>);

  // Decodes the next line that is not empty; false at the end.
  [[nodiscard]] bool read_next() noexcept {
    while (!rest_.empty()) {
      line_.number = ++summary_.lines;
      line_.offset = summary_.bytes;
      const std::string_view line = detail::line_decoder::decode(*decoder_, rest_, line_.decoded);
      const std::size_t passed = (std::min)(line.size() + 1, rest_.size());
      rest_.remove_prefix(passed);
      summary_.bytes += passed;
      line_.bytes = detail::line_decoder::body_of(line);
      if (line_.bytes.empty()) continue;
      ++(line_.decoded ? summary_.events : summary_.rejections);
      return true;
    }
    return false;
  }

  decoder* decoder_;
  std::string_view rest_;
  lines_summary summary_{};
  decoded_line line_;
};

/// The place of a line in the iteration over `lines`.
class lines::iterator {
 public:
  using iterator_concept = std::input_iterator_tag;  ///< a line can be visited once
  using value_type = decoded_line;                   ///< what it refers to
  using difference_type = std::ptrdiff_t;            ///< as every iterator has one

  /// Refers to no line.
  constexpr iterator() noexcept = default;

  /// The line.
  [[nodiscard]] const decoded_line& operator*() const noexcept { return of_->line_; }
  /// The line.
  [[nodiscard]] const decoded_line* operator->() const noexcept { return &of_->line_; }

  /// Decodes the next line.
  iterator& operator++() noexcept {
    if (!of_->read_next()) of_ = nullptr;
    return *this;
  }
// An input iterator has no earlier place to return, against the advice that -Weffc++ checks.
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Weffc++"
#endif
  /// Decodes the next line.
  void operator++(int) noexcept { ++*this; }
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

  friend constexpr bool operator==(const iterator& at, std::default_sentinel_t) noexcept {
    return at.of_ == nullptr;
  }

 private:
  friend class lines;
  constexpr explicit iterator(lines* of) noexcept : of_(of) {}

  lines* of_ = nullptr;
};

inline lines::iterator lines::begin() noexcept { return iterator(read_next() ? this : nullptr); }

/// Decodes the lines of a buffer, as the range `lines`, and calls `sink` for each.
///
///     signhook::decode_lines(decoder, bytes, [](const signhook::decoded_line& line) {
///       if (line.decoded) handle(*line.decoded);
///       else complain(line.number, line.decoded.error());
///     });
///
/// Throws only what `sink` throws.
template <line_sink Sink>
lines_summary decode_lines(decoder& with, text_view bytes, Sink&& sink) noexcept(
    std::is_nothrow_invocable_v<Sink&, const decoded_line&>) {
  lines all(with, bytes);
  bool go_on = true;
  while (go_on && all.read_next()) {
    if constexpr (std::is_void_v<std::invoke_result_t<Sink&, const decoded_line&>>) {
      sink(std::as_const(all.line_));
    } else {
      go_on = sink(std::as_const(all.line_));
    }
  }
  return all.summary();
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
