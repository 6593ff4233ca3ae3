// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/json/writer.hpp>
#include <signhook/detail/schema/traits.hpp>
#include <signhook/event.hpp>
#include <signhook/schema.hpp>
#include <signhook/timestamp.hpp>
#include <signhook/uuid.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace signhook::inline SIGNHOOK_ABI {

namespace detail {

// Writes a value, and knows the most bytes that it takes.
template <class Value>
struct value_writer;

// Writes what is a string on the wire and needs no escapes.
template <std::size_t TextSize>
struct plain_text_writer {
  static constexpr std::size_t max_size = 2 + TextSize;
  template <class Out, class Value>
  static constexpr void write(json_writer<Out>& to, const Value& value) {
    std::array<char, TextSize> text{};
    const auto size = static_cast<std::size_t>(value.write_to(text.data()) - text.data());
    to.plain_string({text.data(), size});
  }
};

template <class Tag>
struct value_writer<tagged_id<Tag>> : plain_text_writer<uuid::text_size> {};

template <>
struct value_writer<timestamp> : plain_text_writer<timestamp::max_text_size> {};

template <class Known>
struct value_writer<open_state<Known>> {
  static constexpr std::size_t max_size = max_string_size(open_state<Known>::max_text_size);
  template <class Out>
  static constexpr void write(json_writer<Out>& to, const open_state<Known>& value) {
    to.string(value.text());
  }
};

template <std::size_t Capacity>
struct value_writer<inline_text<Capacity>> {
  static constexpr std::size_t max_size = max_string_size(Capacity);
  template <class Out>
  static constexpr void write(json_writer<Out>& to, const inline_text<Capacity>& value) {
    to.string(value.view());
  }
};

// The key of the member at `Index`, with its quotes and its colon, so that no name is searched for characters
// to escape while an event is written.
template <class Object, std::size_t Index>
struct member_key {
  consteval member_key() {
    json_writer<char*> to(chars_.data());
    to.key(name);
    size_ = static_cast<std::size_t>(to.end() - chars_.data());
  }
  [[nodiscard]] constexpr std::string_view view() const { return {chars_.data(), size_}; }

 private:
  static constexpr std::string_view name = std::get<Index>(schema<Object>::members).name;
  std::array<char, max_string_size(name.size()) + 1> chars_{};
  std::size_t size_ = 0;
};

template <class Object, std::size_t Index>
inline constexpr member_key<Object, Index> member_key_of;

// Writes an object with its members in the schema's order.
template <wire_object Object>
struct value_writer<Object> {
  template <class Out>
  static constexpr void write(json_writer<Out>& to, const Object& object) {
    to.begin_object();
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (write_member(to, object, std::get<I>(schema<Object>::members),
                    member_key_of<Object, I>.view()),
       ...);
    }
    (std::make_index_sequence<
        std::tuple_size_v<std::remove_cvref_t<decltype(schema<Object>::members)>>>{});
    to.end_object();
  }

 private:
  template <class Out, class Value>
  static constexpr void write_member(json_writer<Out>& to, const Object& object,
                                     const member<Object, Value>& member, std::string_view key) {
    const Value& value = object.*member.pointer;
    if constexpr (required_form<Value>::is_required) {
      to.raw_key(key);
      value_writer<Value>::write(to, value);
    } else if (value) {
      to.raw_key(key);
      value_writer<typename required_form<Value>::type>::write(to, *value);
    }
  }

  template <class Out>
  static constexpr void write_member(json_writer<Out>& to, const Object&, const type_member&,
                                     std::string_view key) {
    to.raw_key(key);
    to.string(schema<Object>::type);
  }
};

template <class Value>
inline constexpr std::size_t max_value_size = value_writer<Value>::max_size;

template <class Value>
inline constexpr std::size_t max_value_size<std::optional<Value>> = max_value_size<Value>;

template <wire_object Object>
inline constexpr std::size_t max_value_size<Object> = std::apply(
    []<class... Member>(const Member&... members) {
      constexpr std::size_t punctuation = 2;  // the braces; of a member, the colon and the comma
      return punctuation + ((max_string_size(members.name.size()) + punctuation +
                             max_value_size<typename Member::value_type>)+...);
    },
    schema<Object>::members);

template <class... Event>
[[nodiscard]] consteval std::size_t max_event_size(std::type_identity<std::variant<Event...>>) {
  return (std::max)({max_value_size<Event>...});
}

template <class Out, class Value>
constexpr Out write_json(Out out, const Value& value) {
  json_writer<Out> to(std::move(out));
  value_writer<Value>::write(to, value);
  return to.end();
}

}  // namespace detail

/// The most bytes that an encoded event takes.
inline constexpr std::size_t max_encoded_size = detail::max_event_size(std::type_identity<event>{});

/// Writes an event as the service would, compact and with its members in the documented order. Returns
/// the end.
///
/// An unknown type or state is written back as it was received, and `decode` turns the output into an equal
/// event. Allocates nothing and throws only what `out` throws.
template <std::output_iterator<char> Out>
constexpr Out encode_to(const event& of, Out out) {
  return std::visit([&](const auto& one) { return detail::write_json(std::move(out), one); }, of);
}

/// Writes an event into a buffer; returns nothing, and leaves the buffer alone, if the buffer is too small,
/// which one of `max_encoded_size` bytes never is.
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
