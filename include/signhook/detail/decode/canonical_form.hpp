// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/decode/fields.hpp>
#include <signhook/detail/text/enumerators.hpp>
#include <signhook/detail/text/word.hpp>
#include <signhook/event.hpp>
#include <signhook/schema.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

// What the table says, as the canonical form has it: texts to compare a body with, a word at a time.

namespace signhook::inline SIGNHOOK_ABI::detail {

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

}  // namespace signhook::inline SIGNHOOK_ABI::detail
