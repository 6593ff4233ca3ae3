// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder/options.hpp>
#include <signhook/detail/decode/canonical_form.hpp>
#include <signhook/detail/decode/emplace_event.hpp>
#include <signhook/detail/decode/fast_path_notes.hpp>
#include <signhook/detail/decode/fields.hpp>
#include <signhook/detail/decode/scalar.hpp>
#include <signhook/detail/json/grammar.hpp>
#include <signhook/detail/json/locator.hpp>
#include <signhook/detail/text/word.hpp>
#include <signhook/error.hpp>
#include <signhook/event.hpp>
#include <signhook/result.hpp>
#include <signhook/schema.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace signhook::inline SIGNHOOK_ABI::detail {

// The extent of the input of a fast path.
enum class input : std::uint8_t {
  body,  // to its end, on any number of lines
  line,  // to the first LF, which is found by reading: nobody has looked for it before
};

// The fast path through a body: the canonical form of a known event, its members in the documented
// order with any white space, new members between them and unknown states. It decodes such a body as
// the slow path would, or declines; it never explains.
//
// Each step takes the place it begins at and returns the place after what it read, or null where it
// declines: so the place stays in a register.
template <input Input>
class fast_path {
 public:
  // Decodes into `into` and returns where the body or the line ends; or returns null.
  [[nodiscard]] static const char* decode(std::string_view body, const decoder_options& options,
                                          result<event>& into, fast_path_notes& notes) noexcept {
    const char* const end = body.data() + body.size();
    const char* const brace = skip_blank(body.data(), end);
    if (brace == end || *brace != '{' || begins_otherwise(brace, end)) return nullptr;
    return fast_path(body.data(), end, options, notes).decode(brace, into);
  }

 private:
  fast_path(const char* begin, const char* end, const decoder_options& options,
            fast_path_notes& notes) noexcept
      : begin_(begin), end_(end), options_(options), notes_(notes) {}

  using first_event = std::variant_alternative_t<0, event>;
  static constexpr std::size_t leading_size = leading_count<first_event>;

  [[nodiscard]] static const char* skip_blank(const char* p, const char* end) noexcept {
    if constexpr (Input == input::body) {
      return skip_space(p, end);
    } else {
      while (p != end && *p != '\n' && is_space(*p)) ++p;
      return p;
    }
  }

  // True where the first key has another first character: with this, a body in another order costs
  // little more than on the slow path alone.
  [[nodiscard]] static bool begins_otherwise(const char* brace, const char* end) noexcept {
    constexpr char canonical = std::get<0>(schema<first_event>::members).name.front();
    const char* const key = skip_blank(brace + 1, end);
    return end - key >= 2 && (*key != '"' || key[1] != canonical);
  }

  template <class Event, std::size_t... I>
  static auto leading_of(std::index_sequence<I...>) -> std::tuple<member_value<Event, I>...>;
  template <class Event>
  using leading_values =
      decltype(leading_of<Event>(std::make_index_sequence<leading_count<Event>>{}));
  using leading = leading_values<first_event>;

  [[nodiscard]] const char* decode(const char* brace, result<event>& into) const noexcept {
    leading before;
    const char* p = read_leading(brace, before, std::make_index_sequence<leading_size>{});
    if (p == nullptr) return nullptr;
    p = find_member<root_field, first_event, leading_size>(p);
    if (p == nullptr) return nullptr;
    const std::size_t index = find_known_type(p, static_cast<std::size_t>(end_ - p));
    return index == known_count ? nullptr : rests[index](p, *this, into, before);
  }

  template <std::size_t... I>
  [[nodiscard]] SIGNHOOK_HOT const char* read_leading(const char* p, leading& into,
                                                      std::index_sequence<I...>) const noexcept {
    (void)((p = read_member<root_field, first_event, I>(p, std::get<I>(into))) && ...);
    return p;
  }

  template <class Event, std::size_t... I>
  SIGNHOOK_HOT static void set_leading(Event& into, const leading& from,
                                       std::index_sequence<I...>) noexcept {
    ((into.*std::get<I>(schema<Event>::members).pointer = std::get<I>(from)), ...);
  }

  template <std::size_t Index>
  [[nodiscard]] static const char* read_rest(const char* type, const fast_path& path,
                                             result<event>& into, const leading& before) noexcept {
    return fast_path(path).template read_rest_of<Index>(type, into, before);
  }

  template <std::size_t Index>
  [[nodiscard]] const char* read_rest_of(const char* p, result<event>& into,
                                         const leading& before) const noexcept {
    using Event = std::variant_alternative_t<Index, event>;
    static_assert(std::is_same_v<leading_values<Event>, leading>,
                  "the members before the type are the same in all events: see detail::envelope");
    Event& made = emplace_event<Index>(into);
    set_leading(made, before, std::make_index_sequence<leading_size>{});
    constexpr std::size_t type_size = type_and_quote<Event>.size();
    if (!has(p, type_size) || !begins_with<type_and_quote<Event>>(p)) return nullptr;
    p = read_members<root_field, leading_size + 1>(p + type_size, made);
    if (p == nullptr) return nullptr;
    p = skip_blank(p, end_);
    return p == end_ || (Input == input::line && *p == '\n') ? p : nullptr;
  }

  using rest = const char* (*)(const char*, const fast_path&, result<event>&,
                               const leading&) noexcept;
  static const std::array<rest, known_count> rests;

  // ---- Members: of the object whose field is `At` ----

  template <field_id At, std::size_t First, class Object>
  [[nodiscard]] SIGNHOOK_HOT const char* read_members(const char* p, Object& into) const noexcept {
    p = read_each<At, First>(p, into, std::make_index_sequence<member_count<Object> - First>{});
    if (p == nullptr) return nullptr;
    if (const char* const after = skip_token(p, '}')) return after;
    return skip_unknown(p, At, '}');
  }

  template <field_id At, std::size_t First, class Object, std::size_t... I>
  [[nodiscard]] SIGNHOOK_HOT const char* read_each(const char* p, Object& into,
                                                   std::index_sequence<I...>) const noexcept {
    (void)((p = read_member<At, Object, First + I>(
                p, into.*std::get<First + I>(schema<Object>::members).pointer)) &&
           ...);
    return p;
  }

  template <field_id At, class Object, std::size_t I, class Value>
  [[nodiscard]] SIGNHOOK_HOT const char* read_member(const char* p, Value& into) const noexcept {
    constexpr field_id id = event_fields.child(At, std::get<I>(schema<Object>::members).name);
    using form = required_form<Value>;
    const char* const value = find_member<At, Object, I>(p);
    if (value == nullptr) {
      // Where it is absent and may be, the next member or the end of the object stands here.
      return form::is_required ? nullptr : p;
    }
    const char* after = nullptr;
    if constexpr (form::is_required) {
      after = read<id>(value, into);
    } else {
      after = read<id>(value, into.emplace());
    }
    return after != nullptr || I == 0 ? after : decline(p, At);
  }

  // Declines the body for what follows the member that ends at `p`: up to there it has been read.
  SIGNHOOK_COLD const char* decline(const char* p, field_id of) const noexcept {
    const auto size = static_cast<std::size_t>(p - begin_);
    if (size > notes_.prefix.size) notes_.prefix = {size, event_fields[of].depth};
    return nullptr;
  }

  // The value of the member that comes next in the documented order.
  template <field_id At, class Object, std::size_t I>
  [[nodiscard]] SIGNHOOK_HOT const char* find_member(const char* p) const noexcept {
    const char* const value = skip_key<Object, I>(p);
    if (value != nullptr || I == 0) return value;
    p = skip_unknown(p, At, ',');
    return p == nullptr ? nullptr : skip_key<Object, I>(p);
  }

  // Skips the members that no event has, at the comma before the first of them, up to the comma before
  // a member that some event has or to after the brace; `next` is the one of both that is wanted.
  [[nodiscard]] SIGNHOOK_COLD const char* skip_unknown(const char* p, field_id of,
                                                       char next) const noexcept {
    static_cast<void>(decline(p, of));
    if (Input == input::line || options_.members == unknown_members::reject) return nullptr;
    while (true) {
      p = skip_space(p, end_);
      if (p == end_) return nullptr;
      if (*p == '}') return next == '}' ? p + 1 : nullptr;
      if (*p != ',') return nullptr;
      const char* const key = skip_space(p + 1, end_);
      if (key == end_ || *key != '"') return nullptr;
      const token_read read = read_string(key, end_);
      if (!read.whole) return nullptr;
      const std::string_view name(key + 1, static_cast<std::size_t>(read.at - key) - 2);
      if (has_escape(name)) return nullptr;
      if (event_fields.child(of, name) != no_field) return next == ',' ? p : nullptr;
      if (!warn(errc::unknown_member, of, {key, name.size() + 2})) return nullptr;
      const char* const colon = skip_space(read.at, end_);
      if (colon == end_ || *colon != ':') return nullptr;
      locator value(std::string_view(begin_, static_cast<std::size_t>(end_ - begin_)),
                    options_.max_depth);
      p = value.skip_value(skip_space(colon + 1, end_), event_fields[of].depth);
      if (p == nullptr) return nullptr;
    }
  }

  // ---- Values: of a string, from after its opening quote ----

  template <field_id At, wire_object Object>
  [[nodiscard]] const char* read(const char* p, Object& into) const noexcept {
    if (p == end_ || *p != '{') {
      p = skip_blank(p, end_);
      if (p == end_ || *p != '{') return nullptr;
    }
    return read_members<At, 0>(p, into);
  }

  template <field_id At, class Tag>
  [[nodiscard]] SIGNHOOK_HOT const char* read(const char* p, tagged_id<Tag>& into) const noexcept {
    if (!has(p, uuid::text_size + 1) || p[uuid::text_size] != '"') return nullptr;
    const auto value = scalar<tagged_id<Tag>>::parse({p, uuid::text_size});
    if (!value) return nullptr;
    into = *value;
    return p + uuid::text_size + 1;
  }

  template <field_id At>
  [[nodiscard]] SIGNHOOK_HOT const char* read(const char* p, timestamp& into) const noexcept {
    constexpr std::size_t size = std::string_view("2026-01-01T00:00:00+00:00").size();
    if (has(p, size + 1) && p[size] == '"') {
      const auto value = timestamp::parse({p, size});
      if (!value) return nullptr;
      into = *value;
      return p + size + 1;
    }
    return read_text(p, At, into);
  }

  template <field_id At, class Known>
  [[nodiscard]] SIGNHOOK_HOT const char* read(const char* p,
                                              open_state<Known>& into) const noexcept {
    const Known state = known_states<Known>::read(p, end_);
    if (state == Known::other)
      return options_.states == unknown::keep ? read_text(p, At, into) : nullptr;
    into = state;
    return p;
  }

  // A value of another form, if all of its characters are plain.
  template <class Value>
  [[nodiscard]] SIGNHOOK_COLD const char* read_text(const char* p, field_id at,
                                                    Value& into) const noexcept {
    const char* quote = skip_plain(p, end_);
    while (quote != end_ && is_plain(*quote)) ++quote;
    if (quote == end_ || *quote != '"') return nullptr;
    const auto value = scalar<Value>::parse({p, static_cast<std::size_t>(quote - p)});
    if (!value) return nullptr;
    into = *value;
    if constexpr (requires { value->is_known(); }) {
      const std::string_view quoted(p - 1, static_cast<std::size_t>(quote - p) + 2);
      if (!value->is_known() && !warn(errc::unknown_state, at, quoted)) return nullptr;
    }
    return quote + 1;
  }

  // False where there are more warnings than can be noted.
  [[nodiscard]] bool warn(errc code, field_id at, std::string_view source) const noexcept {
    return notes_.warnings == nullptr || notes_.warnings->add(code, at, source);
  }

  // ---- Tokens ----

  [[nodiscard]] SIGNHOOK_HOT bool has(const char* p, std::size_t size) const noexcept {
    return static_cast<std::size_t>(end_ - p) >= size;
  }

  template <class Object, std::size_t I>
  [[nodiscard]] SIGNHOOK_HOT const char* skip_key(const char* p) const noexcept {
    using texts = key_texts<Object, I>;
    if (!has(p, texts::compact.size())) return nullptr;
    if (begins_with<texts::compact>(p)) return p + texts::compact.size();
    // An indented line: its end, and up to 16 spaces.
    if (Input == input::body && has(p, 2 + 16 + texts::spaced.size()) &&
        load<std::uint16_t>(p) == texts::line_end) {
      p = skip_indentation(p + 2);
      if (begins_with<texts::spaced>(p)) return p + texts::spaced.size();
    } else {
      p = skip_token(p, texts::before);
      if (p == nullptr) return nullptr;
    }
    p = skip_blank(p, end_);
    if (!has(p, texts::quoted.size()) || !begins_with<texts::quoted>(p)) return nullptr;
    p = skip_token(p + texts::quoted.size(), ':');
    return p == nullptr || !texts::is_string ? p : skip_token(p, '"');
  }

  // Up to 16 spaces, where as many bytes can be read.
  [[nodiscard]] static const char* skip_indentation(const char* p) noexcept {
    constexpr std::uint64_t blank = word_of("        ");
    const std::size_t first = equal_bytes(load<std::uint64_t>(p), blank);
    return p + (first < 8 ? first : 8 + equal_bytes(load<std::uint64_t>(p + 8), blank));
  }

  [[nodiscard]] const char* skip_token(const char* p, char token) const noexcept {
    if (Input == input::body && has(p, 17) && *p == '\n') p = skip_indentation(p + 1);
    if (p != end_ && *p != token) p = skip_blank(p, end_);
    return p != end_ && *p == token ? p + 1 : nullptr;
  }

  const char* begin_;
  const char* end_;
  const decoder_options& options_;
  fast_path_notes& notes_;
};

template <input Input>
inline constexpr std::array<typename fast_path<Input>::rest, known_count> fast_path<Input>::rests =
    []<std::size_t... I>(std::index_sequence<I...>) {
  return std::array<rest, known_count>{&fast_path::template read_rest<I>...};
}
(std::make_index_sequence<known_count>{});

// The depth of the canonical form: a decoder that allows less has no fast path.
inline constexpr std::uint32_t canonical_depth = [] {
  std::uint32_t most = 1;
  for (const field& one : event_fields.fields)
    if (one.has_fields()) most = std::max<std::uint32_t>(most, one.depth);
  return most;
}();
static_assert(canonical_depth < 64, "the locator takes up to 63 open objects from the fast path");

}  // namespace signhook::inline SIGNHOOK_ABI::detail
