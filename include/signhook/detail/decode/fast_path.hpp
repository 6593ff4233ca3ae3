// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/decode/canonical_form.hpp>
#include <signhook/detail/decode/emplace_event.hpp>
#include <signhook/detail/decode/fields.hpp>
#include <signhook/detail/decode/recovery.hpp>
#include <signhook/detail/decode/scalar.hpp>
#include <signhook/detail/json/grammar.hpp>
#include <signhook/detail/text/word.hpp>
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

// The fast path through a body: the canonical form of a known event, its members in the documented
// order with any white space. Where a body leaves it, `deviations` judges what stands there; where it
// cannot find back, this way has no opinion. Otherwise it is that of the slow path.
//
// Each step takes the place it begins at and returns the place behind what it read, or null where there
// is no way on: so the place stays in a register. `Odd` is `deviations`, or what stands in for it where
// a body is a line: `within_line`.
template <class Odd = deviations>
class fast_path {
 public:
  enum class outcome : std::uint8_t { event, rejected, declined };

  // A decoder that allows less nesting cannot take this way.
  static constexpr std::uint32_t depth =
      []<class... Event>(std::type_identity<std::variant<Event...>>) {
        return std::max({depth_of<Event>...});
      }(std::type_identity<event>{});

  // `odd` is new and of the same body. Where the outcome is `event`, `into` is it; where the body is
  // rejected, `odd.rejection()` is why.
  [[nodiscard]] static outcome decode(std::string_view body, Odd& odd,
                                      result<event>& into) noexcept {
    const char* const end = body.data() + body.size();
    const char* const brace = Odd::skip_space(body.data(), end);
    if (brace == end || *brace != '{' || begins_otherwise(brace, end)) return outcome::declined;
    return fast_path(brace, end, odd).decode(into);
  }

 private:
  fast_path(const char* brace, const char* end, Odd& odd) noexcept
      : brace_(brace), end_(end), odd_(odd) {}

  using first_event = std::variant_alternative_t<0, event>;
  static constexpr std::size_t leading_size = leading_count<first_event>;

  // Whether the first key has another first character: with this, a body in another order costs little
  // more than in the slow path alone.
  [[nodiscard]] static bool begins_otherwise(const char* brace, const char* end) noexcept {
    constexpr char documented = std::get<0>(schema<first_event>::members).name.front();
    const char* const key = Odd::skip_space(brace + 1, end);
    return end - key >= 2 && *key == '"' && key[1] != documented && is_plain(key[1]);
  }

  template <class Event, std::size_t... I>
  static auto leading_of(std::index_sequence<I...>) -> std::tuple<member_value<Event, I>...>;
  template <class Event>
  using leading_values =
      decltype(leading_of<Event>(std::make_index_sequence<leading_count<Event>>{}));
  using leading = leading_values<first_event>;

  [[nodiscard]] outcome decode(result<event>& into) const noexcept {
    leading before;
    const char* const p = read_leading(before, std::make_index_sequence<leading_size>{});
    if (p == nullptr) return given_up();
    const auto [type, is_value] = find_member<root, first_event, leading_size>(p, brace_);
    if (type == nullptr || !is_value) return given_up();
    const std::size_t index =
        has(type, types_by_hash.reach()) ? types_by_hash.find(type) : known_count;
    if (index == known_count) return odd_.leave_at_type(type), given_up();
    return rests[index](type, *this, into, before);
  }

  template <std::size_t... I>
  [[nodiscard]] SIGNHOOK_HOT const char* read_leading(leading& into,
                                                      std::index_sequence<I...>) const noexcept {
    const char* p = brace_;
    (void)((p = read_member<root, first_event, I>(p, brace_, std::get<I>(into))) && ...);
    return p;
  }

  template <class Event, std::size_t... I>
  SIGNHOOK_HOT static void set_leading(Event& into, const leading& from,
                                       std::index_sequence<I...>) noexcept {
    ((into.*std::get<I>(schema<Event>::members).pointer = std::get<I>(from)), ...);
  }

  template <std::size_t Index>
  [[nodiscard]] static outcome read_rest(const char* type, const fast_path& way,
                                         result<event>& into, const leading& before) noexcept {
    return fast_path(way).read_rest_of<Index>(type, into, before);
  }

  template <std::size_t Index>
  [[nodiscard]] outcome read_rest_of(const char* p, result<event>& into,
                                     const leading& before) const noexcept {
    using Event = std::variant_alternative_t<Index, event>;
    static_assert(std::is_same_v<leading_values<Event>, leading>,
                  "what stands before the type must not depend on it");
    Event& made = emplace_event<Index>(into);
    set_leading(made, before, std::make_index_sequence<leading_size>{});
    if (!has(p, type_and_quote<Event>.size()) || !begins_with<type_and_quote<Event>>(p))
      return odd_.leave_at_type(p), given_up();
    odd_.set_type(Index);
    p = read_members<root, leading_size + 1>(p + type_and_quote<Event>.size(), brace_, made);
    if (p == nullptr) return given_up();
    p = Odd::skip_space(p, end_);
    if (!odd_.ends(p, end_)) return odd_.leave_at_end(p), given_up();
    return odd_.violation() ? outcome::rejected : outcome::event;
  }

  [[nodiscard]] outcome given_up() const noexcept {
    return odd_.fault() ? outcome::rejected : outcome::declined;
  }

  using rest = outcome (*)(const char*, const fast_path&, result<event>&, const leading&) noexcept;
  static const std::array<rest, known_count> rests;

  // ---- Members: of the object whose node is `At`, and which begins at `brace` ----

  template <node_index At, class Object, std::size_t... I>
  [[nodiscard]] static consteval node_set nodes_of(std::index_sequence<I...>) {
    return (node_set{0} | ... | only(tree.child(At, std::get<I>(schema<Object>::members).name)));
  }

  template <node_index At, class Object, std::size_t I>
  [[nodiscard]] static typename Odd::open_object before(const char* brace) noexcept {
    constexpr node_set seen = nodes_of<At, Object>(std::make_index_sequence<I>{});
    return {brace, At, tree.nodes[At].depth, seen};
  }

  template <node_index At, std::size_t First, class Object>
  [[nodiscard]] SIGNHOOK_HOT const char* read_members(const char* p, const char* brace,
                                                      Object& into) const noexcept {
    p = read_each<At, First>(p, brace, into,
                             std::make_index_sequence<member_count<Object> - First>{});
    if (p == nullptr) return nullptr;
    if (const char* const behind = pass(p, '}')) return behind;
    p = odd_.find_member(p, before<At, Object, member_count<Object>>(brace), no_node).at;
    return p == nullptr ? nullptr : p + 1;
  }

  template <node_index At, std::size_t First, class Object, std::size_t... I>
  [[nodiscard]] SIGNHOOK_HOT const char* read_each(const char* p, const char* brace, Object& into,
                                                   std::index_sequence<I...>) const noexcept {
    (void)((p = read_member<At, Object, First + I>(
                p, brace, into.*std::get<First + I>(schema<Object>::members).pointer)) &&
           ...);
    return p;
  }

  template <node_index At, class Object, std::size_t I, class Value>
  [[nodiscard]] SIGNHOOK_HOT const char* read_member(const char* p, const char* brace,
                                                     Value& into) const noexcept {
    constexpr node_index node = tree.child(At, std::get<I>(schema<Object>::members).name);
    const auto [at, is_value] = find_member<At, Object, I>(p, brace);
    return is_value ? read<node>(at, into) : at;
  }

  template <node_index At, class Object, std::size_t I>
  [[nodiscard]] SIGNHOOK_HOT typename Odd::member_place find_member(
      const char* p, const char* brace) const noexcept {
    const char* const value = pass_key<Object, I>(p);
    if (value != nullptr) return {value, true};
    constexpr node_index node = tree.child(At, std::get<I>(schema<Object>::members).name);
    return odd_.find_member(p, before<At, Object, I>(brace), node);
  }

  // ---- Values: of a string, from behind its opening quote ----

  template <node_index At, wire_object Object>
  [[nodiscard]] const char* read(const char* p, Object& into) const noexcept {
    if (p == end_ || *p != '{') {
      p = Odd::skip_space(p, end_);
      if (p == end_ || *p != '{') return odd_.pass_mistyped(p, At, tree.nodes[At].depth - 1);
    }
    return read_members<At, 0>(p, p, into);
  }

  template <node_index At, class Tag>
  [[nodiscard]] SIGNHOOK_HOT const char* read(const char* p, tagged_id<Tag>& into) const noexcept {
    return read_sized<At, uuid::text_size>(p, into);
  }

  template <node_index At>
  [[nodiscard]] SIGNHOOK_HOT const char* read(const char* p, timestamp& into) const noexcept {
    return read_sized<At, std::string_view("2026-01-01T00:00:00+00:00").size()>(p, into);
  }

  // A value whose canonical form has `Size` characters.
  template <node_index At, std::size_t Size, class Value>
  [[nodiscard]] SIGNHOOK_HOT const char* read_sized(const char* p, Value& into) const noexcept {
    if (has(p, Size + 1) && p[Size] == '"') {
      if (const auto value = scalar<Value>::read({p, Size})) {
        into = *value;
        return p + Size + 1;
      }
    }
    return read_odd<At>(p, into);
  }

  template <node_index At, class Known>
  [[nodiscard]] SIGNHOOK_HOT const char* read(const char* p,
                                              open_state<Known>& into) const noexcept {
    const Known state = state_words<Known>::read(p, end_);
    if (state == Known::other) return read_odd<At>(p, into);
    into = state;
    return p;
  }

  template <node_index At, class Value>
  [[nodiscard]] const char* read_odd(const char* p, Value& into) const noexcept {
    const auto [behind, text] = odd_.pass_text(p, At);
    if (const auto value = scalar<Value>::read(text)) into = *value;
    return behind;
  }

  // ---- Tokens ----

  [[nodiscard]] SIGNHOOK_HOT bool has(const char* p, std::size_t size) const noexcept {
    return static_cast<std::size_t>(end_ - p) >= size;
  }

  template <class Object, std::size_t I>
  [[nodiscard]] SIGNHOOK_HOT const char* pass_key(const char* p) const noexcept {
    using texts = key_texts<Object, I>;
    if (!has(p, texts::compact.size())) return nullptr;
    if (begins_with<texts::compact>(p)) return p + texts::compact.size();
    // An indented line: its end, and up to 16 spaces.
    if (Odd::spans_lines && has(p, 2 + 16 + texts::spaced.size()) &&
        load<std::uint16_t>(p) == texts::line_end) {
      p = skip_indentation(p + 2);
      if (begins_with<texts::spaced>(p)) return p + texts::spaced.size();
    } else {
      p = pass(p, texts::before);
      if (p == nullptr) return nullptr;
    }
    p = Odd::skip_space(p, end_);
    if (!has(p, texts::quoted.size()) || !begins_with<texts::quoted>(p)) return nullptr;
    p = pass(p + texts::quoted.size(), ':');
    return p == nullptr || !texts::is_string ? p : pass(p, '"');
  }

  // Up to 16 spaces, where as many bytes can be read.
  [[nodiscard]] static const char* skip_indentation(const char* p) noexcept {
    constexpr std::uint64_t blank = word_of("        ");
    const std::size_t first = equal_bytes(load<std::uint64_t>(p), blank);
    return p + (first < 8 ? first : 8 + equal_bytes(load<std::uint64_t>(p + 8), blank));
  }

  [[nodiscard]] const char* pass(const char* p, char token) const noexcept {
    if (Odd::spans_lines && has(p, 17) && *p == '\n') p = skip_indentation(p + 1);
    if (p != end_ && *p != token) p = Odd::skip_space(p, end_);
    return p != end_ && *p == token ? p + 1 : nullptr;
  }

  const char* brace_;
  const char* end_;
  Odd& odd_;
};

template <class Odd>
inline constexpr std::array<typename fast_path<Odd>::rest, known_count> fast_path<Odd>::rests = [
]<std::size_t... I>(std::index_sequence<I...>) {
  return std::array<rest, known_count>{&fast_path::template read_rest<I>...};
}
(std::make_index_sequence<known_count>{});

}  // namespace signhook::inline SIGNHOOK_ABI::detail
