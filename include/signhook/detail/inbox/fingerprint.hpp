// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/event.hpp>
#include <signhook/schema.hpp>
#include <signhook/timestamp.hpp>
#include <signhook/uuid.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>

// 64 bits of what an event says. Databases keep them, so they are the same on every machine and in
// every release: tests/inbox.cpp has known values. A member counts with its name and an absent one
// not at all, so that an optional member which a release adds changes no older event's fingerprint.
//
// Hashing the values in binary takes a tenth of the time of encoding the event and hashing that.

namespace signhook::inline SIGNHOOK_ABI::detail {

class fingerprinter {
 public:
  template <class Event>
  constexpr void add_event(const Event& value) noexcept {
    if constexpr (requires { schema<Event>::type; }) add(std::string_view(schema<Event>::type));
    add_object(value);
  }

  // MurmurHash3's finalizer, so that every bit of the input reaches every bit of the result.
  [[nodiscard]] constexpr std::uint64_t value() const noexcept {
    std::uint64_t bits = state_;
    bits = (bits ^ (bits >> 33U)) * 0xff51afd7ed558ccdU;
    bits = (bits ^ (bits >> 33U)) * 0xc4ceb9fe1a85ec53U;
    return bits ^ (bits >> 33U);
  }

 private:
  constexpr void add_word(std::uint64_t word) noexcept {
    state_ = (state_ ^ word) * 0x9e3779b97f4a7c15U;
    state_ ^= state_ >> 32U;
  }

  // Little-endian on every machine; compilers make one load of it.
  [[nodiscard]] static constexpr std::uint64_t load_four(const auto* from) noexcept {
    const auto byte = [from](std::size_t at) {
      return std::uint64_t{static_cast<unsigned char>(from[at])} << 8 * at;
    };
    return byte(0) | byte(1) | byte(2) | byte(3);
  }

  [[nodiscard]] static constexpr std::uint64_t load_eight(const auto* from) noexcept {
    return load_four(from) | load_four(from + 4) << 32U;
  }

  // The last words of a text overlap, and its size tells such texts apart.
  constexpr void add(std::string_view text) noexcept {
    add_word(text.size());
    const char* from = text.data();
    std::size_t left = text.size();
    for (; left > 8; left -= 8, from += 8) add_word(load_eight(from));
    if (left >= 4) {
      add_word(load_four(from) | load_four(from + left - 4) << 32U);
    } else if (left > 0) {
      const auto byte = [from](std::size_t at) {
        return std::uint64_t{static_cast<unsigned char>(from[at])};
      };
      add_word(byte(0) | byte(left / 2) << 8U | byte(left - 1) << 16U);
    }
  }

  template <class Tag>
  constexpr void add(const tagged_id<Tag>& id) noexcept {
    add_word(load_eight(id.value.bytes.data()));
    add_word(load_eight(id.value.bytes.data() + 8));
  }

  // All that `==` compares.
  constexpr void add(const timestamp& time) noexcept {
    add_word(static_cast<std::uint64_t>(time.time().time_since_epoch().count()));
    const auto minutes = static_cast<std::uint16_t>(time.offset().count());
    add_word(static_cast<std::uint64_t>(time.subsecond().count()) << 32U |
             std::uint64_t{minutes} << 2U | (time.is_leap_second() ? 2U : 0U) |
             (time.knows_offset() ? 1U : 0U));
  }

  template <class Known>
  constexpr void add(const open_state<Known>& state) noexcept {
    add(state.text());
  }

  template <std::size_t Capacity>
  constexpr void add(const inline_text<Capacity>& text) noexcept {
    add(text.view());
  }

  template <class Object>
  requires requires { schema<Object>::members; }
  constexpr void add(const Object& object) noexcept { add_object(object); }

  template <class Object>
  constexpr void add_object(const Object& object) noexcept {
    std::apply([&](const auto&... members) { (add_member(object, members), ...); },
               schema<Object>::members);
  }

  template <class Object, class Value>
  constexpr void add_member(const Object& object, const member<Object, Value>& member) noexcept {
    add_member_value(member.name, object.*member.pointer);
  }

  // An event's type comes first, of an unknown event as its member.
  template <class Object>
  constexpr void add_member(const Object&, const type_member&) noexcept {}

  template <class Value>
  constexpr void add_member_value(std::string_view name, const Value& value) noexcept {
    state_ ^= hash_of_name(name);
    add(value);
  }

  template <class Value>
  constexpr void add_member_value(std::string_view name,
                                  const std::optional<Value>& value) noexcept {
    if (value) add_member_value(name, *value);
  }

  // FNV-1a. Names are constants, so compilers compute it.
  [[nodiscard]] static constexpr std::uint64_t hash_of_name(std::string_view name) noexcept {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    return hash;
  }

  std::uint64_t state_ = 0;
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
