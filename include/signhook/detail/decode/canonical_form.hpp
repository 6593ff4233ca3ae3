// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/schema/traits.hpp>
#include <signhook/detail/text/name_lookup.hpp>
#include <signhook/detail/text/word.hpp>
#include <signhook/event.hpp>
#include <signhook/schema.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

// The canonical form of the schema: texts to compare a body with, a word at a time.

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

// A member's key with the punctuation around it, up to the quote that opens its value if that is a
// string: without white space, from the brace or comma on; and from its own quote on, with a space
// after the colon, as indented JSON has it.
template <class Object, std::size_t I>
struct key_texts {
  static constexpr std::string_view name = std::get<I>(schema<Object>::members).name;
  static constexpr char before = I == 0 ? '{' : ',';
  static constexpr bool is_string =
      !wire_object<typename required_form<member_value<Object, I>>::type>;
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
  return 1 + (std::max)({depth_below(std::type_identity<member_value<Object, I>>{})...});
}
(std::make_index_sequence<member_count<Object>>{});

// The names of the known types.
struct type_names {
  static constexpr auto groups = one_group(event_types);
};

// The index of the only known type that can begin at `p`, closing quote included, or `known_count`.
[[nodiscard]] SIGNHOOK_HOT inline std::size_t find_known_type(const char* p,
                                                              std::size_t readable) noexcept {
  return lookup_of<type_names::groups>.find(0, p, readable);
}

// The known states: which of them can stand at a place by `name_lookup`, and then whether it does, by
// its first and its last eight bytes and those between.
template <class Known>
class known_states {
 public:
  // The state whose text and closing quote begin at `p`, if it is a known one; `p` then is set to what
  // follows. Eight bytes before `p` can be read.
  [[nodiscard]] SIGNHOOK_HOT static Known read(const char*& p, const char* end) noexcept {
    const auto readable = static_cast<std::size_t>(end - p);
    const std::size_t found = lookup_of<groups>.find(0, p, readable);
    if (found == count) return Known::other;
    const text& one = texts[found];
    if (readable < 8 || readable < one.size) return Known::other;
    const auto first = load<std::uint64_t>(p);
    const auto last = load<std::uint64_t>(p + one.size - 8);
    if ((((first ^ one.first) & one.first_mask) | ((last ^ one.last) & one.last_mask)) != 0)
      return Known::other;
    if (one.size > 16 && std::memcmp(p, state_names<Known>[found].data(), one.size - 1) != 0)
      return Known::other;
    p += one.size;
    return static_cast<Known>(found + 1);
  }

 private:
  struct text {
    std::uint64_t first = 0;
    std::uint64_t first_mask = 0;
    std::uint64_t last = 0;
    std::uint64_t last_mask = 0;
    std::size_t size = 0;  // with the quote
  };

  static constexpr std::size_t count = state_names<Known>.size();
  static constexpr auto groups = one_group(state_names<Known>);

  static constexpr std::array<text, count> texts = [] {
    std::array<text, count> made{};
    for (std::size_t i = 0; i < count; ++i) {
      const std::string_view name = state_names<Known>[i];
      text& one = made[i];
      one.size = name.size() + 1;
      one.first = word_of(name, '"');
      one.first_mask = first_bytes(one.size);
      // The bytes before a text that is shorter than a word do not matter.
      const std::size_t before = one.size < 8 ? 8 - one.size : 0;
      std::array<char, 8> last{};
      for (std::size_t at = before; at < 8; ++at) {
        const std::size_t from = one.size - 8 + at;
        last[at] = from == name.size() ? '"' : name[from];
      }
      one.last = std::bit_cast<std::uint64_t>(last);
      one.last_mask = ~first_bytes(before);
    }
    return made;
  }();
};

// The number of members before the type: they are read before the event is known.
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
