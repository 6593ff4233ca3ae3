// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder_options.hpp>
#include <signhook/detail/enumerators.hpp>
#include <signhook/detail/grammar.hpp>
#include <signhook/detail/leaf.hpp>
#include <signhook/detail/load.hpp>
#include <signhook/detail/tree.hpp>
#include <signhook/event.hpp>
#include <signhook/schema.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace signhook::inline SIGNHOOK_ABI::detail {

// ---- What the table says, as the documented form has it ----

template <class Object, std::size_t I>
using member_value = typename std::tuple_element_t<
    I, std::remove_cvref_t<decltype(schema<Object>::members)>>::value_type;

template <class Object>
inline constexpr std::size_t member_count =
    std::tuple_size_v<std::remove_cvref_t<decltype(schema<Object>::members)>>;

template <std::size_t Size>
[[nodiscard]] consteval std::array<char, Size> joined(
    std::initializer_list<std::string_view> parts) {
  std::array<char, Size> text{};
  auto out = text.begin();
  for (const std::string_view part : parts) out = std::copy(part.begin(), part.end(), out);
  if (out != text.end()) std::abort();
  return text;
}

// A member's key with what stands around it, up to the quote that opens its value if that is a string:
// without white space, from the brace or comma on; and from its own quote on, with a space behind the
// colon, as those write who indent.
template <class Object, std::size_t I>
struct key_texts {
  static constexpr std::string_view name = std::get<I>(schema<Object>::members).name;
  static constexpr char before = I == 0 ? '{' : ',';
  static constexpr bool is_string = !wire_object<member_value<Object, I>>;
  static constexpr std::string_view quote = is_string ? "\"" : "";

  static constexpr auto compact = joined<name.size() + 4 + quote.size()>(
      {std::string_view(&before, 1), "\"", name, "\":", quote});
  static constexpr auto spaced =
      joined<name.size() + 4 + quote.size()>({"\"", name, "\": ", quote});
  static constexpr auto line_end = std::bit_cast<std::uint16_t>(std::array{before, '\n'});
  static constexpr auto quoted = joined<name.size() + 2>({"\"", name, "\""});
};

template <class Event>
inline constexpr auto type_and_quote = joined<schema<Event>::type.size() + 1>({schema<Event>::type,
                                                                               "\""});

// The depth to which the bodies of an object nest, itself included.
template <class Object>
inline constexpr std::uint32_t depth_of = []<std::size_t... I>(std::index_sequence<I...>) {
  const auto depth_below = []<class Value>(std::type_identity<Value>) -> std::uint32_t {
    if constexpr (wire_object<Value>) {
      return depth_of<Value>;
    } else {
      return 0;
    }
  };
  return 1 + std::max({depth_below(std::type_identity<member_value<Object, I>>{})...});
}
(std::make_index_sequence<member_count<Object>>{});

// A perfect hash of the known types by eight bytes that each of them has, closing quote included.
class type_hash {
 public:
  static constexpr std::size_t slots = 64;

  consteval type_hash() {
    std::size_t shortest = event_types[0].size();
    for (const std::string_view type : event_types) shortest = std::min(shortest, type.size());
    if (shortest < 8) std::abort();
    offset_ = shortest + 1 - 8;
    while (!fill()) factor_ = factor_ * 6364136223846793005U + 1442695040888963407U;
  }

  // How many bytes of a type `find` looks at.
  [[nodiscard]] constexpr std::size_t reach() const noexcept { return offset_ + 8; }

  // The index of the only known type that may begin at `p`, or `known_count`.
  [[nodiscard]] std::size_t find(const char* p) const noexcept {
    return indices_[slot(load<std::uint64_t>(p + offset_))];
  }

 private:
  [[nodiscard]] constexpr std::size_t slot(std::uint64_t word) const noexcept {
    return static_cast<std::size_t>((word * factor_) >> 58U);
  }

  constexpr bool fill() {
    indices_.fill(known_count);
    for (std::size_t i = 0; i < event_types.size(); ++i) {
      std::uint8_t& at = indices_[slot(word_of(event_types[i].substr(offset_), '"'))];
      if (at != known_count) return false;
      at = static_cast<std::uint8_t>(i);
    }
    return true;
  }

  std::size_t offset_ = 0;
  std::uint64_t factor_ = 1;
  std::array<std::uint8_t, slots> indices_{};
};

inline constexpr type_hash types_by_hash;

// The known states by their first and their last eight bytes, the closing quote included.
template <class Known>
class state_words {
 public:
  // The state whose text and closing quote begin at `p`, if it is a known one; `p` then is set behind
  // it. Eight bytes before `p` can be read.
  [[nodiscard]] static Known read(const char*& p, const char* end) noexcept {
    if (end - p < 8) return Known::other;
    const auto first = load<std::uint64_t>(p);
    std::size_t found = 0;
    for (std::size_t i = 1; i < count; ++i) {
      found |= ((first ^ words[i].first) & words[i].first_mask) == 0 ? i : 0;
    }
    const word& one = words[found];
    if (found == 0 || static_cast<std::size_t>(end - p) < one.size) return Known::other;
    const auto last = load<std::uint64_t>(p + one.size - 8);
    if (((last ^ one.last) & one.last_mask) != 0) return Known::other;
    p += one.size;
    return static_cast<Known>(found);
  }

 private:
  struct word {
    std::uint64_t first = 0;
    std::uint64_t first_mask = 0;
    std::uint64_t last = 0;
    std::uint64_t last_mask = 0;
    std::size_t size = 0;  // with the quote
  };

  static constexpr std::size_t count = enumerator_names<Known>.size();

  static constexpr std::array<word, count> words = [] {
    std::array<word, count> made{};
    for (std::size_t i = 1; i < count; ++i) {
      const std::string_view text = enumerator_names<Known>[i];
      word& one = made[i];
      one.size = text.size() + 1;
      one.first = word_of(text, '"');
      one.first_mask = first_bytes(one.size);
      for (std::size_t other = 1; other < i; ++other) {
        if (((made[other].first ^ one.first) & made[other].first_mask & one.first_mask) == 0)
          std::abort();  // two states that begin alike: `found` would be neither
      }
      // Of a text shorter than a word, what stands before it does not matter.
      const std::size_t before = one.size < 8 ? 8 - one.size : 0;
      std::array<char, 8> last{};
      for (std::size_t at = before; at < 8; ++at) {
        const std::size_t from = one.size - 8 + at;
        last[at] = from == text.size() ? '"' : text[from];
      }
      one.last = std::bit_cast<std::uint64_t>(last);
      one.last_mask = ~first_bytes(before);
    }
    return made;
  }();
};

// The members that stand before the type: they are read before it is known whose they are.
template <class Event>
inline constexpr std::size_t leading_count = [] {
  std::size_t count = 0;
  std::apply(
      [&](const auto&... members) {
        bool seen = false;
        ((seen = seen || std::is_same_v<decltype(members), const type_member&>,
          count += seen ? 0U : 1U),
         ...);
      },
      schema<Event>::members);
  return count;
}();

// The expected way through a body: the documented form of a known event, its members in the documented
// order with any white space, without escapes and with known states. It accepts only what the general
// way accepts, as an equal event; of all else it has no opinion.
//
// Each step takes the place it begins at and returns the place behind what it read, or null where that
// is not what is expected: so the place stays in a register.
class expected_way {
 public:
  // A decoder that allows less nesting cannot take this way.
  static constexpr std::uint32_t depth =
      []<class... Event>(std::type_identity<std::variant<Event...>>) {
        return std::max({depth_of<Event>...});
      }(std::type_identity<event>{});

  explicit expected_way(std::string_view body) noexcept
      : begin_(body.data()), end_(begin_ + body.size()) {}

  // Fills `into` and returns true where the body is of the documented form.
  [[nodiscard]] bool decode(event& into) const noexcept {
    leading before;
    const char* p =
        read_leading(skip_space(begin_, end_), before, std::make_index_sequence<leading_size>{});
    if (p == nullptr) return false;
    p = pass_key<first_event, leading_size>(p);
    if (p == nullptr || !has(p, types_by_hash.reach())) return false;
    const std::size_t index = types_by_hash.find(p);
    return index != known_count && (this->*rests[index])(p, into, before);
  }

 private:
  using first_event = std::variant_alternative_t<0, event>;
  static constexpr std::size_t leading_size = leading_count<first_event>;

  template <class Event, std::size_t... I>
  static auto leading_of(std::index_sequence<I...>) -> std::tuple<member_value<Event, I>...>;
  template <class Event>
  using leading_values =
      decltype(leading_of<Event>(std::make_index_sequence<leading_count<Event>>{}));
  using leading = leading_values<first_event>;

  template <std::size_t... I>
  [[nodiscard]] const char* read_leading(const char* p, leading& into,
                                         std::index_sequence<I...>) const noexcept {
    (void)((p = read_member<first_event, I>(p, std::get<I>(into))) && ...);
    return p;
  }

  template <class Event>
  [[nodiscard]] bool read_rest(const char* p, event& into, const leading& before) const noexcept {
    static_assert(std::is_same_v<leading_values<Event>, leading>,
                  "what stands before the type must not depend on it");
    Event& made = into.emplace<Event>();
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      ((made.*std::get<I>(schema<Event>::members).pointer = std::get<I>(before)), ...);
    }
    (std::make_index_sequence<leading_size>{});
    p = pass_text<type_and_quote<Event>>(p);
    if (p == nullptr) return false;
    p = read_members<leading_size + 1>(p, made);
    return p != nullptr && skip_space(p, end_) == end_;
  }

  using rest = bool (expected_way::*)(const char*, event&, const leading&) const noexcept;
  static const std::array<rest, known_count> rests;

  template <std::size_t First, class Object>
  [[nodiscard]] const char* read_members(const char* p, Object& into) const noexcept {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (void)((p = read_member<Object, First + I>(
                  p, into.*std::get<First + I>(schema<Object>::members).pointer)) &&
             ...);
    }
    (std::make_index_sequence<member_count<Object> - First>{});
    return p == nullptr ? nullptr : pass(p, '}');
  }

  template <class Object, std::size_t I, class Value>
  [[nodiscard]] const char* read_member(const char* p, Value& into) const noexcept {
    p = pass_key<Object, I>(p);
    return p == nullptr ? nullptr : read(p, into);
  }

  // ---- Values: of a string, from behind its opening quote ----

  template <wire_object Object>
  [[nodiscard]] const char* read(const char* p, Object& into) const noexcept {
    return read_members<0>(p, into);
  }

  template <class Tag>
  [[nodiscard]] const char* read(const char* p, tagged_id<Tag>& into) const noexcept {
    if (!has(p, uuid::text_size + 1) || p[uuid::text_size] != '"') return nullptr;
    const auto id = uuid::parse({p, uuid::text_size});
    if (!id) return nullptr;
    into.value = *id;
    return p + uuid::text_size + 1;
  }

  [[nodiscard]] const char* read(const char* p, timestamp& into) const noexcept {
    constexpr std::size_t documented = std::string_view("2026-01-01T00:00:00+00:00").size();
    const char* quote = p + documented;
    if (!has(p, documented + 1) || *quote != '"') quote = std::find(p, end_, '"');
    if (quote == end_) return nullptr;
    const auto time = timestamp::parse({p, static_cast<std::size_t>(quote - p)});
    if (!time) return nullptr;
    into = *time;
    return quote + 1;
  }

  template <class Known>
  [[nodiscard]] const char* read(const char* p, open_state<Known>& into) const noexcept {
    const Known state = state_words<Known>::read(p, end_);
    if (state == Known::other) return nullptr;
    into = state;
    return p;
  }

  // ---- Tokens ----

  [[nodiscard]] bool has(const char* p, std::size_t size) const noexcept {
    return static_cast<std::size_t>(end_ - p) >= size;
  }

  template <const auto& Text>
  [[nodiscard]] const char* pass_text(const char* p) const noexcept {
    return has(p, Text.size()) && begins_with<Text>(p) ? p + Text.size() : nullptr;
  }

  template <class Object, std::size_t I>
  [[nodiscard]] const char* pass_key(const char* p) const noexcept {
    using texts = key_texts<Object, I>;
    if (!has(p, texts::compact.size())) return nullptr;
    if (begins_with<texts::compact>(p)) return p + texts::compact.size();
    // An indented line: its end, and up to 16 spaces.
    if (has(p, 2 + 16 + texts::spaced.size()) && load<std::uint16_t>(p) == texts::line_end) {
      p = skip_indentation(p + 2);
      if (begins_with<texts::spaced>(p)) return p + texts::spaced.size();
    } else {
      p = pass(p, texts::before);
      if (p == nullptr) return nullptr;
    }
    p = pass_text<texts::quoted>(skip_space(p, end_));
    if (p != nullptr) p = pass(p, ':');
    return p == nullptr || !texts::is_string ? p : pass(p, '"');
  }

  // Up to 16 spaces, where as many bytes can be read.
  [[nodiscard]] static const char* skip_indentation(const char* p) noexcept {
    constexpr std::uint64_t blank = word_of("        ");
    const std::size_t first = equal_bytes(load<std::uint64_t>(p), blank);
    return p + (first < 8 ? first : 8 + equal_bytes(load<std::uint64_t>(p + 8), blank));
  }

  [[nodiscard]] const char* pass(const char* p, char token) const noexcept {
    if (has(p, 17) && *p == '\n') p = skip_indentation(p + 1);
    if (p != end_ && *p != token) p = skip_space(p, end_);
    return p != end_ && *p == token ? p + 1 : nullptr;
  }

  const char* begin_;
  const char* end_;
};

inline constexpr std::array<expected_way::rest, known_count> expected_way::rests =
    []<std::size_t... I>(std::index_sequence<I...>) {
  return std::array<rest, known_count>{
      &expected_way::read_rest<std::variant_alternative_t<I, event>>...};
}
(std::make_index_sequence<known_count>{});

}  // namespace signhook::inline SIGNHOOK_ABI::detail
