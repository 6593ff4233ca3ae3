// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/decode/fields.hpp>
#include <signhook/detail/json/escape.hpp>
#include <signhook/event.hpp>
#include <signhook/schema.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>

namespace signhook::inline SIGNHOOK_ABI {

namespace detail {

template <class Out>
constexpr Out write_text(Out out, std::string_view text) {
  return std::copy(text.begin(), text.end(), out);
}

template <class Out>
constexpr Out write_string(Out out, std::string_view text) {
  *out++ = '"';
  out = write_escaped(out, text);
  *out++ = '"';
  return out;
}

// Most bytes that `write_string` makes of `size`: all of them escaped as \u00xx.
[[nodiscard]] constexpr std::size_t string_room(std::size_t size) noexcept { return 2 + 6 * size; }

// Writes what is a string on the wire and needs no escapes.
template <std::size_t Room, class Out, class Value>
constexpr Out write_plain(Out out, const Value& value) {
  std::array<char, Room> text{};
  const auto size = static_cast<std::size_t>(value.write_to(text.data()) - text.data());
  *out++ = '"';
  out = write_text(out, {text.data(), size});
  *out++ = '"';
  return out;
}

template <class Value>
struct scalar_writer;

template <class Tag>
struct scalar_writer<tagged_id<Tag>> {
  static constexpr std::size_t room = 2 + uuid::text_size;
  template <class Out>
  static constexpr Out write(Out out, const tagged_id<Tag>& value) {
    return write_plain<uuid::text_size>(out, value);
  }
};

template <>
struct scalar_writer<timestamp> {
  static constexpr std::size_t room = 2 + timestamp::max_text_size;
  template <class Out>
  static constexpr Out write(Out out, const timestamp& value) {
    return write_plain<timestamp::max_text_size>(out, value);
  }
};

template <class Known>
struct scalar_writer<open_state<Known>> {
  static constexpr std::size_t room = string_room(open_state<Known>::max_text_size);
  template <class Out>
  static constexpr Out write(Out out, const open_state<Known>& value) {
    return write_string(out, value.text());
  }
};

template <std::size_t Capacity>
struct scalar_writer<inline_text<Capacity>> {
  static constexpr std::size_t room = string_room(Capacity);
  template <class Out>
  static constexpr Out write(Out out, const inline_text<Capacity>& value) {
    return write_string(out, value.view());
  }
};

// Writes an object with its members in the table's order.
template <class Out>
class object_writer {
 public:
  constexpr explicit object_writer(Out out) : out_(out) {}

  template <class Object>
  constexpr Out write(const Object& object) {
    *out_++ = '{';
    first_ = true;
    std::apply([&](const auto&... members) { (write_member(object, members), ...); },
               schema<Object>::members);
    *out_++ = '}';
    return out_;
  }

 private:
  template <class Object, class Value>
  constexpr void write_member(const Object& object, const member<Object, Value>& member) {
    const Value& value = object.*member.pointer;
    if constexpr (required_form<Value>::is_required) {
      write_named(member.name, value);
    } else if (value) {
      write_named(member.name, *value);
    }
  }

  template <class Object>
  constexpr void write_member(const Object&, const type_member& member) {
    write_name(member.name);
    out_ = write_string(out_, schema<Object>::type);
  }

  template <class Value>
  constexpr void write_named(std::string_view name, const Value& value) {
    write_name(name);
    if constexpr (wire_object<Value>) {
      out_ = object_writer(out_).write(value);
    } else {
      out_ = scalar_writer<Value>::write(out_, value);
    }
  }

  constexpr void write_name(std::string_view name) {
    if (!first_) *out_++ = ',';
    first_ = false;
    out_ = write_string(out_, name);
    *out_++ = ':';
  }

  Out out_;
  bool first_ = true;
};

// The most bytes that a value takes.
template <class Value>
inline constexpr std::size_t room = scalar_writer<Value>::room;

template <class Value>
inline constexpr std::size_t room<std::optional<Value>> = room<Value>;

template <wire_object Object>
inline constexpr std::size_t room<Object> = std::apply(
    []<class... Member>(const Member&... members) {
      constexpr std::size_t punctuation = 2;  // the braces; at a member, the colon and the comma
      return punctuation + ((string_room(members.name.size()) + punctuation +
                             room<typename Member::value_type>)+...);
    },
    schema<Object>::members);

template <class... Event>
[[nodiscard]] consteval std::size_t largest_room(std::type_identity<std::variant<Event...>>) {
  return std::max({room<Event>...});
}

}  // namespace detail

/// No event is longer when encoded.
inline constexpr std::size_t max_encoded_size = detail::largest_room(std::type_identity<event>{});

/// Writes an event as the service would: compact, members in the documented order. Returns the end.
///
/// What was unknown, the type or a state, is written back as it came; `decode` makes the same event
/// of what is written. Allocates nothing and throws only what `out` throws.
template <std::output_iterator<char> Out>
constexpr Out encode_to(const event& of, Out out) {
  return std::visit([&](const auto& one) { return detail::object_writer(out).write(one); }, of);
}

/// The same into a buffer; none where the buffer is too small, which one of `max_encoded_size` never
/// is.
///
///     std::array<char, signhook::max_encoded_size> buffer;
///     const auto body = signhook::encode(event, buffer);
///
/// *Lifetime*: a view into `buffer`.
[[nodiscard]] constexpr std::optional<std::string_view> encode(
    const event& of, std::span<char> buffer SIGNHOOK_LIFETIMEBOUND) noexcept {
  std::array<char, max_encoded_size> encoded{};
  const auto size = static_cast<std::size_t>(encode_to(of, encoded.data()) - encoded.data());
  if (size > buffer.size()) return std::nullopt;
  std::copy_n(encoded.data(), size, buffer.data());
  return std::string_view(buffer.data(), size);
}

}  // namespace signhook::inline SIGNHOOK_ABI
