// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/delivery.hpp>
#include <signhook/detail/format/subscription.hpp>
#include <signhook/detail/format/text.hpp>
#include <signhook/detail/schema/traits.hpp>
#include <signhook/encoder.hpp>
#include <signhook/error.hpp>
#include <signhook/error/message.hpp>
#include <signhook/event.hpp>
#include <signhook/inbox.hpp>
#include <signhook/projection.hpp>
#include <signhook/receiver.hpp>
#include <signhook/receiver/result.hpp>
#include <signhook/result.hpp>
#include <signhook/schema.hpp>
#include <signhook/subscription/request_error.hpp>
#include <signhook/timestamp.hpp>
#include <signhook/uuid.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>

// Formatters for fmt. Every type but those that say otherwise takes fmt's format of strings (fill, alignment,
// width, precision); none allocates. Texts from outside are escaped, so that they can neither forge a line of a
// log nor reach a terminal's controls.

namespace signhook::inline SIGNHOOK_ABI {

/// An error as compilers show theirs: the place, the message, and the line with a mark below it.
///
///     fmt::print(stderr, "{}\n", signhook::source_snippet{"state.json", body, decoded.error()});
///
///     state.json:6:11: error: invalid_uuid at /dossier/id: expected a UUID
///         6 |     "id": "b659c273-954e",
///           |           ^
///
/// A byte of the body that is not printable ASCII is shown as `?`, a tab as a space, and of a long line only the
/// part around the mark. It takes no format.
/// *Lifetime*: views of what it is made of.
struct source_snippet {
  std::string_view name;                          ///< of the body: a file name, for example
  std::string_view body;                          ///< the bytes that were decoded
  signhook::error error;                          ///< as it was returned or reported
  signhook::severity severity = severity::error;  ///< printed as "error" or "warning"
  std::uint64_t lines_before = 0;                 ///< the number of lines before the body
  bool with_source = true;                        ///< false for the first line alone
};

namespace detail {

// ---- Values and events ----

template <class Buffer, std::same_as<uuid> Id>
constexpr void append_text(Buffer& to, const Id& id) noexcept {
  std::array<char, uuid::text_size> text{};
  id.write_to(text.data());
  to.append({text.data(), text.size()});
}
template <class Buffer, class Tag>
constexpr void append_text(Buffer& to, const tagged_id<Tag>& id) noexcept {
  append_text(to, id.value);
}
template <class Buffer, std::same_as<timestamp> Time>
constexpr void append_text(Buffer& to, const Time& time) noexcept {
  std::array<char, timestamp::max_text_size> text{};
  const char* const end = time.write_to(text.data());
  to.append({text.data(), static_cast<std::size_t>(end - text.data())});
}
template <class Buffer, class Known>
constexpr void append_text(Buffer& to, const open_state<Known>& state) noexcept {
  to.append_visible(state.text());
}
template <class Buffer, std::size_t Capacity>
constexpr void append_text(Buffer& to, const inline_text<Capacity>& text) noexcept {
  to.append_visible(text.view());
}

// The text of an object, "{name=value name={name=value}}", is never longer than its JSON.
template <wire_object Object>
inline constexpr std::size_t text_capacity<Object> = max_value_size<Object>;
template <>
inline constexpr std::size_t text_capacity<event> = max_encoded_size;

template <class Buffer, wire_object Object>
constexpr void append_text(Buffer& to, const Object& object) noexcept;

template <class Buffer, class Object, class Value>
constexpr void append_member(Buffer& to, const Object& object, const member<Object, Value>& member,
                             bool& first) noexcept {
  const Value& value = object.*member.pointer;
  if constexpr (!required_form<Value>::is_required) {
    if (!value) return;
  }
  if (!first) to.append(' ');
  first = false;
  to.append_visible(member.name);
  to.append('=');
  if constexpr (required_form<Value>::is_required) {
    append_text(to, value);
  } else {
    append_text(to, *value);
  }
}

// An event's type stands before its members.
template <class Buffer, class Object>
constexpr void append_member(Buffer&, const Object&, const type_member&, bool&) noexcept {}
template <class Buffer>
constexpr void append_member(Buffer&, const unknown_event&, const member<unknown_event, type_text>&,
                             bool&) noexcept {}

template <class Buffer, class Object>
constexpr void append_members(Buffer& to, const Object& object, bool first) noexcept {
  std::apply([&](const auto&... members) { (append_member(to, object, members, first), ...); },
             schema<Object>::members);
}

template <class Buffer, wire_object Object>
constexpr void append_text(Buffer& to, const Object& object) noexcept {
  to.append('{');
  append_members(to, object, true);
  to.append('}');
}

template <class T>
concept event_alternative = wire_object<T> && std::constructible_from<event, T>;

template <class Buffer, event_alternative Event>
constexpr void append_text(Buffer& to, const Event& of) noexcept {
  if constexpr (known_event<Event>) {
    to.append_visible(schema<Event>::type);
  } else {
    to.append_visible(of.type.view());
  }
  append_members(to, of, false);
}

template <class Buffer, std::same_as<event> Event>
constexpr void append_text(Buffer& to, const Event& of) noexcept {
  std::visit([&](const auto& one) { append_text(to, one); }, of);
}

// ---- Enumerations ----

template <class T, class... Any>
concept any_of = (std::same_as<T, Any> || ...);

template <class T>
concept named_enumeration =
    any_of<T, errc, request_errc, severity, dossier_state, invitee_state, reassign_request_state,
           unknown, unknown_members, source, delivery_outcome, health, recovery, verdict, fault,
           receiver_errc, begin_outcome, process_outcome, invite_status, apply_result,
           observation_kind>;

template <class Buffer, named_enumeration Enum>
constexpr void append_text(Buffer& to, Enum value) noexcept {
  to.append(name_of_enumerator(value));
}

// ---- Errors ----

[[nodiscard]] constexpr std::string_view name_of_place(std::string_view path) noexcept {
  return path.empty() ? std::string_view("(body)") : path;
}

// A longer path is cut: one from the schema is not as long.
inline constexpr std::size_t max_path_size = 512;

// "invalid_uuid at /dossier/id: expected a UUID"
template <class Buffer>
constexpr void append_error(Buffer& to, const error& what, std::string_view body) noexcept {
  to.append(name_of_enumerator(what.code));
  to.append(" at ");
  text_buffer<max_path_size> path;
  path.append_visible(name_of_place(what.path));
  to.append(path.view());
  to.append(": ");
  const error_message text = message(what, body);
  to.append(text.view());
}

template <class Buffer>
constexpr void append_text(Buffer& to, const error& what) noexcept {
  append_error(to, what, {});
}

template <class Buffer>
constexpr void append_text(Buffer& to, const diagnostic& found) noexcept {
  append_text(to, found.severity);
  to.append(": ");
  append_text(to, found.error);
}

template <class Buffer>
constexpr void append_text(Buffer& to, const location& at) noexcept {
  to.append_number(at.line);
  to.append(':');
  to.append_number(at.column);
}

// ---- Receiving ----

template <class Buffer>
constexpr void append_answer(Buffer& to, int status, fault why,
                             const std::optional<error>& error) noexcept {
  to.append(", answered ");
  if (status < 0) to.append('-');
  const auto positive = static_cast<std::size_t>(status);
  to.append_number(status < 0 ? 0 - positive : positive);
  if (why != fault::none) {
    to.append(": ");
    append_text(to, why);
  }
  if (error) {
    to.append(": ");
    append_text(to, *error);
  }
}

template <>
inline constexpr std::size_t text_capacity<receive_result> =
    max_encoded_size + text_capacity<error>;

template <class Buffer>
constexpr void append_text(Buffer& to, const receive_result& of) noexcept {
  append_text(to, of.verdict);
  append_answer(to, of.status, of.fault, of.error);
  if (of.event) {
    to.append(": ");
    append_text(to, *of.event);
  }
}

template <>
inline constexpr std::size_t text_capacity<process_result> =
    128 + uuid::text_size + text_capacity<error>;

template <class Buffer>
constexpr void append_text(Buffer& to, const process_result& of) noexcept {
  append_text(to, of.outcome);
  append_answer(to, of.status, of.fault, of.error);
  if (of.id) {
    to.append(": ");
    append_text(to, *of.id);
  }
}

// ---- Projections ----

// The capacity for a state, two ids, a time and the text between them.
inline constexpr std::size_t observation_capacity =
    max_visible_size * open_state<dossier_state>::max_text_size + 160;
template <class Value>
inline constexpr std::size_t text_capacity<observation<Value>> = observation_capacity;
template <class Value>
inline constexpr std::size_t text_capacity<latest<Value>> = 2 * observation_capacity;

template <class Buffer, class Value>
constexpr void append_text(Buffer& to, const observation<Value>& observation) noexcept {
  append_text(to, observation.value);
  to.append(" at ");
  append_text(to, observation.created);
  to.append(" by ");
  append_text(to, observation.event);
}

template <class Buffer, class Value>
constexpr void append_text(Buffer& to, const latest<Value>& of) noexcept {
  append_text(to, of.last);
  if (!of.conflict) return;
  to.append(", or ");
  append_text(to, *of.conflict);
}

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

}  // namespace detail
}  // namespace signhook::inline SIGNHOOK_ABI

namespace fmt {

/// An id, a timestamp, a state or a type as on the wire, escaped where it is not printable; an enumerator's
/// name; and the other types as follows.
///
///     6:11
///     invalid_uuid at /dossier/id: expected a UUID
///     warning: unknown_member at /dossier: unknown member
///     dossier.prepared id=... created=... dossier={id=... state=draft}
///     quarantine, answered 200: json: invalid_json at (body): invalid JSON
///     completed at 2026-01-01T00:00:00+00:00 by b041a287-bc92-4469-801e-ae1a39c08f6e, or draft at ...
///     invalid_header_value in headers[1] at 3: not a valid header value
///     subscribed but not handled: dossier.prepared; disabled
template <signhook::detail::has_text T>
struct formatter<T> : signhook::detail::text_formatter<T> {};

/// As one of the alternatives. Not a partial specialisation, so that fmt/std.h may be included.
template <>
struct formatter<signhook::event> : signhook::detail::text_formatter<signhook::event> {};

/// The value or the error. If the value takes the format of strings, the error takes the same.
template <class T, class Error>
struct formatter<signhook::result<T, Error>> : formatter<T> {
  template <class Context>
  auto format(const signhook::result<T, Error>& result, Context& context) const {
    if (result) return formatter<T>::format(*result, context);
    if constexpr (std::is_base_of_v<formatter<std::string_view>, formatter<T>> &&
                  signhook::detail::has_text<Error>) {
      signhook::detail::text_buffer<signhook::detail::text_capacity<Error>> text;
      append_text(text, result.error());
      return formatter<std::string_view>::format(text.view(), context);
    } else {
      return fmt::format_to(context.out(), "{}", result.error());
    }
  }
};

/// `retried (documented)`: the value and its source, in the format of strings; or if the value takes another format,
/// the value in its format, and the source.
template <class T>
struct formatter<signhook::sourced<T>> : formatter<T> {
  template <class Context>
  auto format(const signhook::sourced<T>& of, Context& context) const {
    if constexpr (signhook::detail::has_text<T>) {
      signhook::detail::text_buffer<signhook::detail::text_capacity<T> + 32> text;
      append_text(text, of.value);
      text.append(" (");
      append_text(text, of.source);
      text.append(')');
      return formatter<std::string_view>::format(text.view(), context);
    } else {
      return fmt::format_to(formatter<T>::format(of.value, context), " ({})", of.source);
    }
  }
};

template <>
struct formatter<signhook::source_snippet> {
  constexpr auto parse(format_parse_context& context) { return context.begin(); }

  template <class Context>
  auto format(const signhook::source_snippet& of, Context& context) const {
    const signhook::location at = signhook::locate(of.body, of.error);
    const std::uint64_t line_number = of.lines_before + at.line;
    signhook::detail::text_buffer<signhook::detail::text_capacity<signhook::error>> text;
    append_error(text, of.error, of.body);
    auto out = fmt::format_to(context.out(), "{}:{}:{}: {}: {}", of.name, line_number, at.column,
                              of.severity, text.view());
    if (!of.with_source) return out;

    const auto line = signhook::detail::line_around(of.body, of.error.offset);
    const std::size_t margin = std::max<std::size_t>(5, fmt::formatted_size("{}", line_number));
    out = fmt::format_to(out, "\n{:{}} | {}", line_number, margin, line.is_cut_before ? "..." : "");
    for (const char c : line.text) {
      *out++ = c == '\t' ? ' ' : c >= 0x20 && c < 0x7f ? c : '?';
    }
    return fmt::format_to(out, "{}\n{:{}} | {:{}}^", line.is_cut_after ? "..." : "", "", margin, "",
                          line.mark + (line.is_cut_before ? 3 : 0));
  }
};

}  // namespace fmt
