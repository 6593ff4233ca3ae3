// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/format/enumeration.hpp>
#include <signhook/detail/format/writers.hpp>
#include <signhook/detail/schema/traits.hpp>
#include <signhook/encoder.hpp>
#include <signhook/event.hpp>
#include <signhook/schema.hpp>
#include <signhook/timestamp.hpp>
#include <signhook/uuid.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <tuple>
#include <variant>

// The texts of events and of the values in them.

namespace signhook::inline SIGNHOOK_ABI {

struct api_error;
struct subscription;

namespace detail {

// Appends what `value.write_to` writes.
template <std::size_t MaxSize, class To, class Value>
constexpr void append_written(To& to, const Value& value) {
  std::array<char, MaxSize> text{};
  const char* const end = value.write_to(text.data());
  to.append({text.data(), static_cast<std::size_t>(end - text.data())});
}

template <class To, std::same_as<uuid> Id>
constexpr void append_text(To& to, const Id& id) {
  append_written<uuid::text_size>(to, id);
}
template <>
inline constexpr std::size_t text_capacity<uuid> = uuid::text_size;

template <class To, class Tag>
constexpr void append_text(To& to, const tagged_id<Tag>& id) {
  append_written<uuid::text_size>(to, id);
}
template <class Tag>
inline constexpr std::size_t text_capacity<tagged_id<Tag>> = uuid::text_size;

template <class To, std::same_as<timestamp> Time>
constexpr void append_text(To& to, const Time& time) {
  append_written<timestamp::max_text_size>(to, time);
}
template <>
inline constexpr std::size_t text_capacity<timestamp> = timestamp::max_text_size;

template <class To, std::size_t Capacity>
constexpr void append_text(To& to, const inline_text<Capacity>& text) {
  to.append_visible(text.view());
}
template <std::size_t Capacity>
inline constexpr std::size_t text_capacity<inline_text<Capacity>> = max_visible_size* Capacity;

template <class To, class Known>
constexpr void append_text(To& to, const open_state<Known>& state) {
  to.append_visible(state.text());
}
template <class Known>
inline constexpr std::size_t text_capacity<open_state<Known>> =
    max_visible_size* open_state<Known>::max_text_size;

// An object of an event. The resources of the subscription API have texts of their own.
template <class T>
concept event_object =
    wire_object<T> && !std::same_as<T, subscription> && !std::same_as<T, api_error>;

template <class T>
concept event_alternative = event_object<T> && std::constructible_from<event, T>;

// The text of an object, "{name=value name={name=value}}", is never longer than its JSON.
template <event_object Object>
inline constexpr std::size_t text_capacity<Object> = max_value_size<Object>;
template <>
inline constexpr std::size_t text_capacity<event> = max_encoded_size;

template <class To, event_object Object>
constexpr void append_text(To& to, const Object& object);

template <class To, class Object, class Value>
constexpr void append_member(To& to, const Object& object, const member<Object, Value>& member,
                             bool& first) {
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
template <class To, class Object>
constexpr void append_member(To&, const Object&, const type_member&, bool&) {}
template <class To>
constexpr void append_member(To&, const unknown_event&, const member<unknown_event, type_text>&,
                             bool&) {}

template <class To, class Object>
constexpr void append_members(To& to, const Object& object, bool first) {
  std::apply([&](const auto&... members) { (append_member(to, object, members, first), ...); },
             schema<Object>::members);
}

template <class To, event_object Object>
constexpr void append_text(To& to, const Object& object) {
  to.append('{');
  append_members(to, object, true);
  to.append('}');
}

template <class To, event_alternative Event>
constexpr void append_text(To& to, const Event& of) {
  if constexpr (known_event<Event>) {
    to.append_visible(schema<Event>::type);
  } else {
    to.append_visible(of.type.view());
  }
  append_members(to, of, false);
}

template <class To, std::same_as<event> Event>
constexpr void append_text(To& to, const Event& of) {
  std::visit([&](const auto& one) { append_text(to, one); }, of);
}

}  // namespace detail
}  // namespace signhook::inline SIGNHOOK_ABI
