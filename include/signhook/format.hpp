// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/delivery.hpp>
#include <signhook/detail/decode/fields.hpp>
#include <signhook/detail/format/subscription.hpp>
#include <signhook/detail/format/text.hpp>
#include <signhook/error.hpp>
#include <signhook/event.hpp>
#include <signhook/inbox.hpp>
#include <signhook/message.hpp>
#include <signhook/projection.hpp>
#include <signhook/receive_result.hpp>
#include <signhook/receiver.hpp>
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

// Formatters for fmt. Every type takes fmt's format of strings (fill, alignment, width, precision);
// none allocates. Texts that came from outside are shown so that they can neither forge a line of a
// log nor reach a terminal's controls.

namespace signhook::inline SIGNHOOK_ABI {

/// An error as compilers show theirs: where, what, and the line with a mark below it.
///
///     fmt::print(stderr, "{}\n", signhook::drawing{"state.json", body, decoded.error()});
///
///     state.json:6:11: error: invalid_uuid at /dossier/id: expected a UUID
///         6 |     "id": "b659c273-954e",
///           |           ^
///
/// Of the body, a byte that is not printable ASCII is shown as `?`, a tab as a space, and of a long
/// line only the part around the mark.
/// *Lifetime*: views of what it is made of.
struct drawing {
  std::string_view name;                          ///< the body's: a file name, say
  std::string_view body;                          ///< the bytes that were judged
  signhook::error error;                          ///< as it was returned or found
  signhook::severity severity = severity::error;  ///< "error", or else "warning"
  std::uint64_t lines_before = 0;                 ///< of what is named, before the body
  bool with_source = true;                        ///< false for the first line alone
};

namespace detail {

inline constexpr std::size_t visible_room = 4;  // bytes for one that was not printable

// Every value in the table has a text of at most this size; an event has fewer than 16 of them, each
// behind its name.
using value_text = text_buffer<visible_room * type_text::capacity>;
using event_text = text_buffer<2048>;

template <class Room, class Tag>
constexpr void put_value(Room& out, const tagged_id<Tag>& id) noexcept {
  out.put_written(id);
}
template <class Room>
constexpr void put_value(Room& out, const timestamp& time) noexcept {
  out.put_written(time);
}
template <class Room, class Known>
constexpr void put_value(Room& out, const open_state<Known>& state) noexcept {
  out.put_visible(state.text());
}
template <class Room, std::size_t Capacity>
constexpr void put_value(Room& out, const inline_text<Capacity>& text) noexcept {
  out.put_visible(text.view());
}

// "name=value", and of an object "name={name=value name=value}".
template <class Room, wire_object Object>
constexpr void put_value(Room& out, const Object& object) noexcept;

template <class Room, class Object, class Value>
constexpr void put_member(Room& out, const Object& object, const member<Object, Value>& member,
                          bool& first) noexcept {
  const Value& value = object.*member.pointer;
  if constexpr (!required_form<Value>::is_required) {
    if (!value) return;
  }
  if (!first) out.put(' ');
  first = false;
  out.put(member.name);
  out.put('=');
  if constexpr (required_form<Value>::is_required) {
    put_value(out, value);
  } else {
    put_value(out, *value);
  }
}

// An event's type stands before its members.
template <class Room, class Object>
constexpr void put_member(Room&, const Object&, const type_member&, bool&) noexcept {}
template <class Room>
constexpr void put_member(Room&, const unknown_event&, const member<unknown_event, type_text>&,
                          bool&) noexcept {}

template <class Room, class Object>
constexpr void put_members(Room& out, const Object& object, bool first) noexcept {
  std::apply([&](const auto&... members) { (put_member(out, object, members, first), ...); },
             schema<Object>::members);
}

template <class Room, wire_object Object>
constexpr void put_value(Room& out, const Object& object) noexcept {
  out.put('{');
  put_members(out, object, true);
  out.put('}');
}

template <class T>
concept event_alternative = wire_object<T> && std::constructible_from<event, T>;

template <class Room, event_alternative Event>
constexpr void put_value(Room& out, const Event& of) noexcept {
  if constexpr (known_event<Event>) {
    out.put(schema<Event>::type);
  } else {
    out.put_visible(of.type.view());
  }
  put_members(out, of, false);
}

[[nodiscard]] constexpr std::string_view name_of(severity of) noexcept {
  return of == severity::error ? "error" : "warning";
}

[[nodiscard]] constexpr std::string_view name_of_place(std::string_view path) noexcept {
  return path.empty() ? std::string_view("(body)") : path;
}

template <class Room>
constexpr void put_error(Room& out, const error& what) noexcept {
  out.put(name(what.code));
  out.put(" at ");
  out.put(name_of_place(what.path));
  out.put(": ");
  const error_message text = message(what);
  out.put(text.view());
}

template <class Room>
constexpr void put_answer(Room& out, std::string_view what, int status, fault why,
                          const std::optional<error>& error) noexcept {
  out.put(what);
  out.put(", answered ");
  for (const int unit : {100, 10, 1}) out.put(static_cast<char>('0' + status / unit % 10));
  if (why != fault::none) {
    out.put(": ");
    out.put(enumerator_names<fault>[static_cast<std::size_t>(why)]);
  }
  if (error) {
    out.put(": ");
    put_error(out, *error);
  }
}

template <class Room>
constexpr void put_receive_result(Room& out, const receive_result& of) noexcept {
  put_answer(out, enumerator_names<verdict>[static_cast<std::size_t>(of.verdict)], of.status,
             of.fault, of.error);
  if (of.event) {
    out.put(": ");
    std::visit([&](const auto& event) { put_value(out, event); }, *of.event);
  }
}

template <class Room>
constexpr void put_process_result(Room& out, const process_result& of) noexcept {
  put_answer(out, enumerator_names<process_outcome>[static_cast<std::size_t>(of.outcome)],
             of.status, of.fault, of.error);
  if (of.id) {
    std::array<char, uuid::text_size> text{};
    of.id->write_to(text.data());
    out.put(": ");
    out.put(std::string_view(text.data(), text.size()));
  }
}

// The part of a line that is shown, and where in it the mark goes.
struct shown_line {
  std::string_view text;
  std::size_t mark;
  bool cut_before;
  bool cut_behind;
};

[[nodiscard]] constexpr shown_line line_around(std::string_view body, std::size_t offset) noexcept {
  constexpr std::size_t most = 60;  // bytes on each side of the mark
  offset = std::min(offset, body.size());
  const std::size_t begin = body.substr(0, offset).rfind('\n') + 1;
  const std::size_t end = std::min(body.find('\n', offset), body.size());
  const std::size_t from = offset - begin > most ? offset - most : begin;
  const std::size_t to = end - offset > most ? offset + most : end;
  std::string_view text = body.substr(from, to - from);
  if (to == end && offset != end && text.ends_with('\r')) text.remove_suffix(1);
  return {text, offset - from, from != begin, to != end};
}

}  // namespace detail
}  // namespace signhook::inline SIGNHOOK_ABI

/// `b659c273-954e-43cf-893a-0f74a7f87153`
template <>
struct fmt::formatter<signhook::uuid>
    : signhook::detail::formatter_of_text<signhook::detail::value_text> {
  auto format(const signhook::uuid& id, fmt::format_context& context) const {
    return format_text(context, [&](auto& out) { out.put_written(id); });
  }
};

/// The text on the wire of an id, a timestamp, a state or a type, where it is not printable escaped.
template <class Value>
requires requires(signhook::detail::value_text& out, const Value& value) {
  requires !signhook::detail::wire_object<Value>;
  signhook::detail::put_value(out, value);
}
struct fmt::formatter<Value> : signhook::detail::formatter_of_text<signhook::detail::value_text> {
  auto format(const Value& value, fmt::format_context& context) const {
    return format_text(context, [&](auto& out) { signhook::detail::put_value(out, value); });
  }
};

/// An event's type and then its members, or an object's members in braces, on one line:
/// `dossier.prepared id=... created=... dossier={id=... state=draft}`
template <signhook::detail::wire_object Object>
struct fmt::formatter<Object> : signhook::detail::formatter_of_text<signhook::detail::event_text> {
  auto format(const Object& object, fmt::format_context& context) const {
    return format_text(context, [&](auto& out) { signhook::detail::put_value(out, object); });
  }
};

template <>
struct fmt::formatter<signhook::event>
    : signhook::detail::formatter_of_text<signhook::detail::event_text> {
  auto format(const signhook::event& event, fmt::format_context& context) const {
    return format_text(context, [&](auto& out) {
      std::visit([&](const auto& of) { signhook::detail::put_value(out, of); }, event);
    });
  }
};

/// The enumerator's name.
template <class Enum>
requires std::same_as<Enum, signhook::errc> || std::same_as<Enum, signhook::request_errc> ||
    std::same_as<Enum, signhook::severity> || std::same_as<Enum, signhook::dossier_state> ||
    std::same_as<Enum, signhook::invitee_state> ||
    std::same_as<Enum, signhook::reassign_request_state> || std::same_as<Enum, signhook::unknown> ||
    std::same_as<Enum, signhook::unknown_members> || std::same_as<Enum, signhook::source> ||
    std::same_as<Enum, signhook::delivery_outcome> || std::same_as<Enum, signhook::health> ||
    std::same_as<Enum, signhook::recovery> || std::same_as<Enum, signhook::verdict> ||
    std::same_as<Enum, signhook::fault> || std::same_as<Enum, signhook::begin_outcome> ||
    std::same_as<Enum, signhook::process_outcome> || std::same_as<Enum, signhook::receiver_errc>
struct fmt::formatter<Enum> : fmt::formatter<std::string_view> {
  auto format(Enum value, fmt::format_context& context) const {
    return fmt::formatter<std::string_view>::format(
        signhook::detail::enumerator_names<Enum>[static_cast<std::size_t>(value)], context);
  }
};

/// `retried (documented)`: the value and its grounds.
template <class T>
struct fmt::formatter<signhook::sourced<T>> : fmt::formatter<T> {
  auto format(const signhook::sourced<T>& of, fmt::format_context& context) const {
    return fmt::format_to(fmt::formatter<T>::format(of.value, context), " ({})", of.source);
  }
};

/// `quarantine, answered 200: json: invalid_json at (body): invalid JSON`
template <>
struct fmt::formatter<signhook::receive_result>
    : signhook::detail::formatter_of_text<signhook::detail::event_text> {
  auto format(const signhook::receive_result& of, fmt::format_context& context) const {
    return format_text(context, [&](auto& out) { signhook::detail::put_receive_result(out, of); });
  }
};

/// `handled, answered 200: b041a287-bc92-4469-801e-ae1a39c08f6e`
template <>
struct fmt::formatter<signhook::process_result>
    : signhook::detail::formatter_of_text<signhook::detail::text_buffer<384>> {
  auto format(const signhook::process_result& of, fmt::format_context& context) const {
    return format_text(context, [&](auto& out) { signhook::detail::put_process_result(out, of); });
  }
};

/// `6:11`
template <>
struct fmt::formatter<signhook::location> : fmt::formatter<std::string_view> {
  auto format(const signhook::location& at, fmt::format_context& context) const {
    std::array<char, 32> text{};
    const auto end = fmt::format_to(text.data(), "{}:{}", at.line, at.column);
    return fmt::formatter<std::string_view>::format(
        {text.data(), static_cast<std::size_t>(end - text.data())}, context);
  }
};

/// `invalid_uuid at /dossier/id: expected a UUID`
template <>
struct fmt::formatter<signhook::error>
    : signhook::detail::formatter_of_text<signhook::detail::text_buffer<256>> {
  auto format(const signhook::error& error, fmt::format_context& context) const {
    return format_text(context, [&](auto& out) { signhook::detail::put_error(out, error); });
  }
};

/// `warning: unknown_member at /dossier: unknown member`
template <>
struct fmt::formatter<signhook::diagnostic>
    : signhook::detail::formatter_of_text<signhook::detail::text_buffer<256>> {
  auto format(const signhook::diagnostic& found, fmt::format_context& context) const {
    return format_text(context, [&](auto& out) {
      out.put(signhook::detail::name_of(found.severity));
      out.put(": ");
      signhook::detail::put_error(out, found.error);
    });
  }
};

/// The value or the error.
template <class T>
struct fmt::formatter<signhook::result<T>> : fmt::formatter<T> {
  auto format(const signhook::result<T>& result, fmt::format_context& context) const {
    if (result) return fmt::formatter<T>::format(*result, context);
    return fmt::format_to(context.out(), "{}", result.error());
  }
};

template <>
struct fmt::formatter<signhook::drawing> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }

  auto format(const signhook::drawing& of, fmt::format_context& context) const {
    const signhook::location at = signhook::locate(of.body, of.error);
    const std::uint64_t line_number = of.lines_before + at.line;
    const signhook::error_message text = message(of.error, of.body);
    auto out =
        fmt::format_to(context.out(), "{}:{}:{}: {}: {} at {}: {}", of.name, line_number, at.column,
                       signhook::detail::name_of(of.severity), signhook::name(of.error.code),
                       signhook::detail::name_of_place(of.error.path), text.view());
    if (!of.with_source) return out;

    const auto line = signhook::detail::line_around(of.body, of.error.offset);
    const std::size_t margin = std::max<std::size_t>(5, fmt::formatted_size("{}", line_number));
    out = fmt::format_to(out, "\n{:{}} | {}", line_number, margin, line.cut_before ? "..." : "");
    for (const char c : line.text) {
      *out++ = c == '\t' ? ' ' : c >= 0x20 && c < 0x7f ? c : '?';
    }
    return fmt::format_to(out, "{}\n{:{}} | {:{}}^", line.cut_behind ? "..." : "", "", margin, "",
                          line.mark + (line.cut_before ? 3 : 0));
  }
};

// ---- projection.hpp ------------------------------------------------------------------------------

namespace signhook::inline SIGNHOOK_ABI::detail {

template <class Room, class Value>
requires requires(value_text& text, const Value& value) { put_value(text, value); }
constexpr void put_known(Room& out, const Value& value) noexcept { put_value(out, value); }

template <class Room, class Value>
constexpr void put_known(Room& out, const observation<Value>& observation) noexcept {
  put_known(out, observation.value);
  out.put(" at ");
  put_value(out, observation.created);
  out.put(" by ");
  put_value(out, observation.event);
}
template <class Room, class Value>
constexpr void put_known(Room& out, const latest<Value>& of) noexcept {
  put_known(out, of.last);
  if (!of.conflict) return;
  out.put(", or ");
  put_known(out, *of.conflict);
}

// Two, each of a state, two ids and a time, and what stands between them.
using known_text = text_buffer<2 * (visible_room * open_state<dossier_state>::max_text_size + 160)>;

}  // namespace signhook::inline SIGNHOOK_ABI::detail

/// `completed at 2026-01-01T00:00:00+00:00 by b041a287-bc92-4469-801e-ae1a39c08f6e`
template <class Value>
struct fmt::formatter<signhook::observation<Value>>
    : signhook::detail::formatter_of_text<signhook::detail::known_text> {
  auto format(const signhook::observation<Value>& observation, fmt::format_context& context) const {
    return format_text(context, [&](auto& out) { signhook::detail::put_known(out, observation); });
  }
};

/// The last, and where there is a conflict: `, or ` and its conflict.
template <class Value>
struct fmt::formatter<signhook::latest<Value>>
    : signhook::detail::formatter_of_text<signhook::detail::known_text> {
  auto format(const signhook::latest<Value>& of, fmt::format_context& context) const {
    return format_text(context, [&](auto& out) { signhook::detail::put_known(out, of); });
  }
};

/// The enumerator's name.
template <class Enum>
requires std::same_as<Enum, signhook::invite_status> ||
    std::same_as<Enum, signhook::apply_result> || std::same_as<Enum, signhook::observation_kind>
struct fmt::formatter<Enum> : fmt::formatter<std::string_view> {
  auto format(Enum value, fmt::format_context& context) const {
    return fmt::formatter<std::string_view>::format(
        signhook::detail::enumerator_names<Enum>[static_cast<std::size_t>(value)], context);
  }
};
