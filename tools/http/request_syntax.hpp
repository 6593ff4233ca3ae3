// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "http/rejection.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

// The syntax of the bytes around a body, where Boost.Beast is more lenient than RFC 9112 or where it hides
// what it joined.

// Finds the end of a request line and its fields in bytes that arrive piece by piece.
class head_scanner {
 public:
  // Takes all bytes of the request so far. Returns a rejection as soon as no continuation can be valid.
  [[nodiscard]] std::optional<http_rejection> scan(std::string_view bytes);

  // Returns the size of the head with its last empty line; 0 if that has not arrived.
  [[nodiscard]] std::size_t size() const { return size_; }

  // Returns the size of the request line; 0 if its end has not arrived.
  [[nodiscard]] std::size_t line_size() const { return line_size_; }

 private:
  std::size_t scanned_ = 0;
  std::size_t line_ = 0;  // where the last line begins
  std::size_t line_size_ = 0;
  std::size_t size_ = 0;
};

// Returns the size of the empty lines before a request (RFC 9112, section 2.2).
[[nodiscard]] std::size_t empty_lines(std::string_view bytes);

// Checks a head that a scanner found: its request line, and each field line.
[[nodiscard]] std::optional<http_rejection> check_syntax(std::string_view head);

// Returns whether the bytes begin with the line of a chunk in which a quoted string has no end. Boost.Beast waits for
// the end in what follows.
[[nodiscard]] bool has_endless_string(std::string_view bytes);

// Checks the fields after the last chunk, whose line comes first.
[[nodiscard]] std::optional<http_rejection> check_trailers(std::string_view last_chunk);

// Returns whether the extensions of a chunk have none. Boost.Beast accepts them in quoted strings, where other software
// ends the line at LF.
[[nodiscard]] bool has_no_control_character(std::string_view extensions);
