// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/format/enumeration.hpp>
#include <signhook/detail/format/events.hpp>
#include <signhook/detail/format/writers.hpp>
#include <signhook/error.hpp>
#include <signhook/error/message.hpp>
#include <signhook/event.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <string_view>

// The texts of errors. Types whose headers a program may do without are declared here and not defined.

namespace signhook::inline SIGNHOOK_ABI {

struct postgresql_error;
struct request_error;
struct sqlite_error;

namespace detail {

[[nodiscard]] constexpr std::string_view name_of_place(std::string_view path) noexcept {
  return path.empty() ? std::string_view("(body)") : path;
}

// A longer path is cut: one from the schema is not as long.
inline constexpr std::size_t max_path_size = 512;

// "invalid_uuid at /dossier/id: expected a UUID"
template <class To>
constexpr void append_error(To& to, const error& what, std::string_view body) {
  to.append(name_of_enumerator(what.code));
  to.append(" at ");
  text_buffer<max_path_size> path;
  path.append_visible(name_of_place(what.path));
  to.append(path.view());
  to.append(": ");
  const error_message text = message(what, body);
  to.append(text.view());
}

template <class To, std::same_as<error> Error>
constexpr void append_text(To& to, const Error& what) {
  append_error(to, what, {});
}

template <class To, std::same_as<diagnostic> Diagnostic>
constexpr void append_text(To& to, const Diagnostic& found) {
  append_text(to, found.severity);
  to.append(": ");
  append_text(to, found.error);
}

template <class To, std::same_as<location> Location>
constexpr void append_text(To& to, const Location& at) {
  to.append_number(at.line);
  to.append(':');
  to.append_number(at.column);
}

// "invalid_header_value in headers[1] at 3: not a valid header value"
template <class To, std::same_as<request_error> Error>
constexpr void append_text(To& to, const Error& error) {
  using code = decltype(error.code);
  to.append(name_of_enumerator(error.code));
  const auto append_item = [&](std::string_view name, bool has_index) {
    to.append(" in ");
    to.append(name);
    if (has_index) {
      to.append('[');
      to.append_number(error.item);
      to.append(']');
    }
    to.append(" at ");
    to.append_number(error.offset);
  };
  if (error.code <= code::url_with_fragment) {
    append_item("url", false);
  } else if (error.code <= code::repeated_event_type) {
    append_item("events", true);
  } else if (error.code <= code::header_value_not_utf8) {
    append_item("headers", true);
  }
  to.append(": ");
  to.append(describe(error.code));
}

// "database: database or disk is full (SQLite 13)"
template <class To, std::same_as<sqlite_error> Error>
constexpr void append_text(To& to, const Error& what) {
  to.append(name_of_enumerator(what.code));
  to.append(": ");
  append_text(to, what.message);
  if (what.sqlite_code == 0) return;
  to.append(" (SQLite ");
  to.append_integer(what.sqlite_code);
  to.append(')');
}
template <>
inline constexpr std::size_t text_capacity<sqlite_error> = max_visible_size * 255 + 128;

// "database: could not extend file (SQLSTATE 53100)"
template <class To, std::same_as<postgresql_error> Error>
constexpr void append_text(To& to, const Error& what) {
  to.append(name_of_enumerator(what.code));
  to.append(": ");
  append_text(to, what.message);
  if (what.sqlstate.view().empty()) return;
  to.append(" (SQLSTATE ");
  append_text(to, what.sqlstate);
  to.append(')');
}
template <>
inline constexpr std::size_t text_capacity<postgresql_error> = max_visible_size * 260 + 128;

// ---- Source snippets ----

// The part of a line that is shown, and the column of the mark in it.
struct shown_line {
  std::string_view text;
  std::size_t mark;
  bool is_cut_before;
  bool is_cut_after;
};

[[nodiscard]] constexpr shown_line line_around(std::string_view body, std::size_t offset) noexcept {
  constexpr std::size_t most = 60;  // bytes on each side of the mark
  offset = (std::min)(offset, body.size());
  const std::size_t begin = body.substr(0, offset).rfind('\n') + 1;
  const std::size_t end = (std::min)(body.find('\n', offset), body.size());
  const std::size_t from = offset - begin > most ? offset - most : begin;
  const std::size_t to = end - offset > most ? offset + most : end;
  std::string_view text = body.substr(from, to - from);
  if (to == end && offset != end && text.ends_with('\r')) text.remove_suffix(1);
  return {text, offset - from, from != begin, to != end};
}

template <class To>
constexpr void append_spaces(To& to, std::size_t count) {
  for (; count != 0; --count) to.append(' ');
}

template <class To, std::same_as<source_snippet> Snippet>
constexpr void append_text(To& to, const Snippet& of) {
  const location at = locate(of.body, of.error);
  const decimal line_number(of.lines_before + at.line);
  to.append(of.name);
  to.append(':');
  to.append(line_number.view());
  to.append(':');
  to.append_number(at.column);
  to.append(": ");
  append_text(to, of.severity);
  to.append(": ");
  append_error(to, of.error, of.body);
  if (!of.with_source) return;

  const std::string_view dots = "...";
  const shown_line line = line_around(of.body, of.error.offset);
  const std::size_t margin = (std::max)(std::size_t{5}, line_number.view().size());
  to.append('\n');
  append_spaces(to, margin - line_number.view().size());
  to.append(line_number.view());
  to.append(" | ");
  if (line.is_cut_before) to.append(dots);
  for (const char c : line.text) to.append(c == '\t' ? ' ' : c >= 0x20 && c < 0x7f ? c : '?');
  if (line.is_cut_after) to.append(dots);
  to.append('\n');
  append_spaces(to, margin);
  to.append(" | ");
  append_spaces(to, line.mark + (line.is_cut_before ? dots.size() : 0));
  to.append('^');
}
template <>
inline constexpr std::size_t text_capacity<source_snippet> = unbounded;

}  // namespace detail
}  // namespace signhook::inline SIGNHOOK_ABI
