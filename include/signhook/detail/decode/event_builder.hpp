// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder/options.hpp>
#include <signhook/detail/decode/canonical_form.hpp>
#include <signhook/detail/decode/emplace_event.hpp>
#include <signhook/detail/decode/fields.hpp>
#include <signhook/detail/decode/noted_fields.hpp>
#include <signhook/detail/decode/scalar.hpp>
#include <signhook/detail/json/escape.hpp>
#include <signhook/detail/json/walker.hpp>
#include <signhook/error.hpp>
#include <signhook/event.hpp>
#include <signhook/result.hpp>
#include <signhook/schema.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace signhook::inline SIGNHOOK_ABI::detail {

// Builds an event of its fields, which were noted in any order, and parses them.
class event_builder {
 public:
  using mask = fields_mask<event>;
  enum class outcome : std::uint8_t { event, repeated, rejected };

  // `scratch` has the size of the body.
  event_builder(const decoder_options& options, const walker& tokens, char* scratch) noexcept
      : options_(options), tokens_(tokens), noted_(tokens_), scratch_(scratch) {}
  event_builder(const event_builder&) = delete;
  event_builder& operator=(const event_builder&) = delete;
  ~event_builder() = default;

  [[nodiscard]] const walker& tokens() const noexcept { return tokens_; }
  [[nodiscard]] noted_fields<event>& noted() noexcept { return noted_; }
  [[nodiscard]] const noted_fields<event>& noted() const noexcept { return noted_; }
  [[nodiscard]] const mask& present() const noexcept { return present_; }

  // The fields that the event may have.
  [[nodiscard]] const auto& document() const noexcept { return event_fields.documents[event_]; }
  // True if there are fields that only other events have.
  [[nodiscard]] bool has_others() const noexcept {
    return !present_.without(document().known).empty();
  }

  // Builds the event of the noted fields, which are `present`. Repeated: a member is there twice, and all else is
  // right.
  [[nodiscard]] outcome build(const mask& present, result<event>& into) noexcept {
    present_ = present;
    event_ = find_event();
    const mask& known = document().known;
    if (!build(into, known)) return outcome::rejected;
    return (noted_.repeated() & known).empty() ? outcome::event : outcome::repeated;
  }

 private:
  [[nodiscard]] bool is_there(field_id id) const noexcept { return present_.has(id); }

  // By the type's text; `known_count` where there is none.
  [[nodiscard]] std::size_t find_event() noexcept {
    if (!present_.without(noted_.mistyped()).has(type_field)) return known_count;
    const std::string_view raw = noted_.string(type_field);
    const std::size_t likely =
        find_known_type(raw.data(), static_cast<std::size_t>(tokens_.text_end() - raw.data()));
    if (likely != known_count && raw == event_types[likely]) return likely;
    return has_valid_escapes(raw) ? find_type(unescape(raw, scratch_)) : known_count;
  }

  [[nodiscard]] bool build(result<event>& into, const mask& known) noexcept {
    if (event_ == known_count && options_.types == unknown::reject) return false;
    if (!check_members(known)) return false;
    if (event_ == known_count && is_there(type_field))
      noted_.warn(errc::unknown_type, type_field, noted_.value(type_field));
    return builders[event_](*this, into);
  }

  // The members as such, and those that this event does not have, though another one may.
  [[nodiscard]] bool check_members(const mask& known) const noexcept {
    if (!(noted_.mistyped() & known).empty()) return false;
    const mask others = present_.without(known);
    if (options_.members == unknown_members::reject && (noted_.has_unknown() || !others.empty()))
      return false;
    return others.empty() || noted_.have_valid_escapes(others);
  }

  template <std::size_t Index>
  [[nodiscard]] static bool build_event(event_builder& from, result<event>& into) noexcept {
    return from.build_object<root_field>(emplace_event<Index>(into));
  }

  using builder = bool (*)(event_builder&, result<event>&) noexcept;
  static const std::array<builder, std::variant_size_v<event>> builders;

  template <field_id At, class Object>
  [[nodiscard]] bool build_object(Object& object) noexcept {
    constexpr auto& members = schema<Object>::members;
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return (build_member<event_fields.child(At, std::get<I>(members).name)>(
                  object, std::get<I>(members)) &&
              ...);
    }
    (std::make_index_sequence<std::tuple_size_v<std::remove_cvref_t<decltype(members)>>>{});
  }

  template <field_id At, class Object, class Value>
  [[nodiscard]] bool build_member(Object& object, const member<Object, Value>& member) noexcept {
    using form = required_form<Value>;
    auto& into = object.*member.pointer;
    if (!is_there(At)) return !form::is_required;
    if constexpr (!form::is_required) {
      return build_value<At>(into.emplace());
    } else {
      return build_value<At>(into);
    }
  }

  // A type that is missing is no known one, so it has chosen the event.
  template <field_id At, class Object>
  [[nodiscard]] bool build_member(Object&, const type_member&) const noexcept {
    return true;
  }

  template <field_id At, class Value>
  [[nodiscard]] bool build_value(Value& into) noexcept {
    if constexpr (wire_object<Value>) {
      return build_object<At>(into);
    } else {
      const std::string_view raw = noted_.string(At);
      if (read_known(raw, into)) return true;
      auto read = scalar<Value>::parse(raw);
      // A value that may hold a backslash, or was rejected for one.
      if ((!read || !is_known(*read)) && has_escape(raw)) {
        if (!has_valid_escapes(raw)) return false;
        read = scalar<Value>::parse(unescape(raw, scratch_));
      }
      if (!read || !is_allowed(*read)) return false;
      if (is_new_state(*read)) noted_.warn(errc::unknown_state, At, noted_.value(At));
      into = *read;
      return true;
    }
  }

  // Reads a known state, as most of them are, without a comparison with each.
  template <class Value>
  [[nodiscard]] bool read_known(std::string_view, Value&) const noexcept {
    return false;
  }
  template <class Known>
  [[nodiscard]] bool read_known(std::string_view raw, open_state<Known>& into) const noexcept {
    const char* p = raw.data();
    const Known state = known_states<Known>::read(p, tokens_.text_end());
    if (state != Known::other) into = state;
    return state != Known::other;
  }

  // False for a value whose text may hold an escape.
  template <class Value>
  [[nodiscard]] static bool is_known(const Value&) noexcept {
    return true;
  }
  template <class Known>
  [[nodiscard]] static bool is_known(const open_state<Known>& state) noexcept {
    return state.is_known();
  }
  [[nodiscard]] static bool is_known(const type_text&) noexcept { return false; }

  template <class Value>
  [[nodiscard]] static constexpr bool is_new_state(const Value&) noexcept {
    return false;
  }
  template <class Known>
  [[nodiscard]] static constexpr bool is_new_state(const open_state<Known>& state) noexcept {
    return !state.is_known();
  }

  template <class Value>
  [[nodiscard]] bool is_allowed(const Value&) const noexcept {
    return true;
  }
  template <class Known>
  [[nodiscard]] bool is_allowed(const open_state<Known>& state) const noexcept {
    return state.is_known() || options_.states == unknown::keep;
  }

  const decoder_options& options_;
  walker tokens_;
  noted_fields<event> noted_;
  char* scratch_;
  mask present_{};
  std::size_t event_ = known_count;
};

inline constexpr std::array<event_builder::builder, std::variant_size_v<event>>
    event_builder::builders = []<std::size_t... I>(std::index_sequence<I...>) {
  return std::array<builder, sizeof...(I)>{&event_builder::build_event<I>...};
}
(std::make_index_sequence<std::variant_size_v<event>>{});

}  // namespace signhook::inline SIGNHOOK_ABI::detail
