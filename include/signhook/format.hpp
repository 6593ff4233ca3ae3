// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/escape.hpp>
#include <signhook/detail/tree.hpp>
#include <signhook/error.hpp>
#include <signhook/event.hpp>
#include <signhook/result.hpp>
#include <signhook/schema.hpp>
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
///     state.json:6:11: error: invalid_uuid at /dossier/id: expected 8-4-4-4-12 hexadecimal digits
///         6 |     "id": "b659c273-954e",
///           |           ^
///
/// Of the body, a byte that is not printable ASCII is shown as `?`, a tab as a space, and of a long
/// line only the part around the mark.
/// *Lifetime*: views of what it is made of.
struct drawing {
  std::string_view name;                              ///< the body's: a file name, say
  std::string_view body;                              ///< the bytes that were judged
  signhook::error error;                              ///< as it was returned or found
  signhook::severity severity = severity::violation;  ///< "error", or else "notice"
  std::uint32_t lines_before = 0;                     ///< of what is named, before the body
  bool with_source = true;                            ///< false for the first line alone
};

namespace detail {

// Text on the stack, for as much as its maker knows that there can be.
template <std::size_t Room>
class text_buffer {
 public:
  constexpr void put(char c) noexcept { chars_[size_++] = c; }
  constexpr void put(std::string_view text) noexcept {
    for (const char c : text) put(c);
  }
  template <class Value>
  constexpr void put_written(const Value& value) noexcept {
    size_ = static_cast<std::size_t>(value.write_to(chars_.data() + size_) - chars_.data());
  }
  // At most four bytes for one: what is not printable ASCII as \xff, so that all bytes are told
  // apart.
  constexpr void put_visible(std::string_view text) noexcept {
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '\\') {
        put("\\\\");
      } else if (byte >= 0x20 && byte < 0x7f) {
        put(c);
      } else {
        put("\\x");
        put(hex_digits[byte >> 4U]);
        put(hex_digits[byte & 0x0fU]);
      }
    }
  }
  [[nodiscard]] constexpr std::string_view view() const noexcept { return {chars_.data(), size_}; }

 private:
  std::array<char, Room> chars_{};
  std::size_t size_ = 0;
};

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

// fmt's format of strings, for what `put` writes into a `Room`.
template <class Room>
struct formatter_of_text : fmt::formatter<std::string_view> {
  template <class Context, class Put>
  auto format_text(Context& context, Put put) const {
    Room text;
    put(text);
    return fmt::formatter<std::string_view>::format(text.view(), context);
  }
};

[[nodiscard]] constexpr std::string_view name_of(severity of) noexcept {
  return of == severity::violation ? "error" : "notice";
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
  out.put(describe(what.code));
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
requires std::same_as<Enum, signhook::errc> || std::same_as<Enum, signhook::severity> ||
    std::same_as<Enum, signhook::dossier_state> || std::same_as<Enum, signhook::invitee_state> ||
    std::same_as<Enum, signhook::reassign_request_state> || std::same_as<Enum, signhook::unknown> ||
    std::same_as<Enum, signhook::unknown_members>
struct fmt::formatter<Enum> : fmt::formatter<std::string_view> {
  auto format(Enum value, fmt::format_context& context) const {
    return fmt::formatter<std::string_view>::format(
        signhook::detail::enumerator_names<Enum>[static_cast<std::size_t>(value)], context);
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

/// `invalid_uuid at /dossier/id: expected 8-4-4-4-12 hexadecimal digits`
template <>
struct fmt::formatter<signhook::error>
    : signhook::detail::formatter_of_text<signhook::detail::text_buffer<256>> {
  auto format(const signhook::error& error, fmt::format_context& context) const {
    return format_text(context, [&](auto& out) { signhook::detail::put_error(out, error); });
  }
};

/// `notice: unknown_member at /dossier: not a member of this object`
template <>
struct fmt::formatter<signhook::finding>
    : signhook::detail::formatter_of_text<signhook::detail::text_buffer<256>> {
  auto format(const signhook::finding& found, fmt::format_context& context) const {
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
    signhook::location at = signhook::locate(of.body, of.error);
    at.line += of.lines_before;
    auto out = fmt::format_to(context.out(), "{}:{}: {}: {}", of.name, at,
                              signhook::detail::name_of(of.severity), of.error);
    if (!of.with_source) return out;

    const auto line = signhook::detail::line_around(of.body, of.error.offset);
    out = fmt::format_to(out, "\n{:5} | {}", at.line, line.cut_before ? "..." : "");
    for (const char c : line.text) {
      *out++ = c == '\t' ? ' ' : c >= 0x20 && c < 0x7f ? c : '?';
    }
    return fmt::format_to(out, "{}\n      | {:{}}^", line.cut_behind ? "..." : "", "",
                          line.mark + (line.cut_before ? 3 : 0));
  }
};
