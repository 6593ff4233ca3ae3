// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder/options.hpp>
#include <signhook/detail/decode/canonical_form.hpp>
#include <signhook/detail/decode/diagnostics.hpp>
#include <signhook/detail/decode/emplace_event.hpp>
#include <signhook/detail/decode/fast_path_notes.hpp>
#include <signhook/detail/decode/field_walk.hpp>
#include <signhook/detail/decode/fields.hpp>
#include <signhook/detail/decode/noted_fields.hpp>
#include <signhook/detail/decode/scalar.hpp>
#include <signhook/detail/json/escape.hpp>
#include <signhook/detail/json/token_index.hpp>
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

// The slow path through a body: a walk over its tokens, in any member order, that checks every value
// and every key and notes where the fields are; then the event is built of them. Where it cannot be, a
// second walk reports why.
class slow_path {
 public:
  enum class outcome : std::uint8_t {
    event,     // it is filled
    rejected,  // the body is a JSON object, but not an event: `diagnose` tells why
    not_json,  // or not an object: the locator tells where
  };

  // `scratch` has the size of the body.
  slow_path(const decoder_options& options, const token_index& index, std::string_view body,
            char* scratch) noexcept
      : options_(options),
        body_(body),
        begin_(index.begin()),
        tokens_(body.data(), index.end(), options.max_depth),
        noted_(tokens_),
        scratch_(scratch) {}

  // Notes the warnings of an event where `warnings` is not null.
  [[nodiscard]] outcome decode(result<event>& into, noted_warnings* warnings = nullptr) noexcept {
    if (tokens_.first(begin_) != '{') return outcome::not_json;
    noted_.note_warnings(warnings);
    field_walk<event, noted_fields<event>> walk(tokens_, noted_, scratch_);
    if (walk.run(begin_) != tokens_.end()) return outcome::not_json;
    present_ = walk.present();
    event_ = find_event();
    const mask& known = event_fields.documents[event_].known;
    if (build(known, into)) {
      is_repeated_ = !(noted_.repeated() & known).empty();
      if (!is_repeated_) return outcome::event;
    }
    // Looking for a backslash once saves a search of every string.
    has_escapes_ = has_escape(body_);
    if (!has_escapes_ || noted_.have_valid_escapes(present_)) return outcome::rejected;
    return outcome::not_json;
  }

  // The noted warnings of an event; null where they are not all, and `diagnose` has to find them.
  [[nodiscard]] const noted_warnings* warnings() const noexcept {
    return present_.without(event_fields.documents[event_].known).empty() ? noted_.warnings()
                                                                          : nullptr;
  }

  // Reports all diagnostics of a body that is a JSON object, until the sink returns false.
  template <class Sink>
  void diagnose(Sink& sink) {
    auto handler = diagnostics_to(sink);
    field_walk<event, diagnostics<event, Sink>> walk(tokens_, handler, scratch_);
    static_cast<void>(walk.run(begin_));
  }

  // The first error of a body that is rejected.
  [[nodiscard]] SIGNHOOK_COLD error violation() noexcept {
    error first{};
    auto keep_first = [&first](const diagnostic& found) noexcept {
      if (found.severity == severity::warning) return true;
      first = found.error;
      return false;
    };
    const auto& [id, key] = noted_.first_repeated();
    if (is_repeated_ && event_fields.documents[event_].known.has(id)) {
      // All else is right, so the first duplicate is the first error, and no second walk has to find it.
      diagnostics_to(keep_first).repeated(id, key);
    } else {
      diagnose(keep_first);
    }
    return first;
  }

 private:
  using mask = fields_mask<event>;

  template <class Sink>
  [[nodiscard]] diagnostics<event, Sink> diagnostics_to(Sink& sink) const noexcept {
    return {tokens_,
            options_,
            event_fields.documents[event_],
            present_,
            has_escapes_ ? scratch_ : nullptr,
            sink};
  }

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

  [[nodiscard]] bool build(const mask& known, result<event>& into) noexcept {
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
  [[nodiscard]] static bool build_event(slow_path& from, result<event>& into) noexcept {
    return from.build_object<root_field>(emplace_event<Index>(into));
  }

  using builder = bool (*)(slow_path&, result<event>&) noexcept;
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
  std::string_view body_;
  const walker::token* begin_;
  walker tokens_;
  noted_fields<event> noted_;
  char* scratch_;
  mask present_{};
  std::size_t event_ = known_count;
  bool has_escapes_ = true;
  bool is_repeated_ = false;  // a member is there twice, and all else is right
};

inline constexpr std::array<slow_path::builder, std::variant_size_v<event>> slow_path::builders =
    []<std::size_t... I>(std::index_sequence<I...>) {
  return std::array<builder, sizeof...(I)>{&slow_path::build_event<I>...};
}
(std::make_index_sequence<std::variant_size_v<event>>{});

}  // namespace signhook::inline SIGNHOOK_ABI::detail
