// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/text/word.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

// Finds which of some names, known when compiling, can stand at a place in a body, by loading a few
// words of it. It works for any distinct names: a decision tree is made of them, each node of which is
// a perfect hash of eight bytes at one offset.

namespace signhook::inline SIGNHOOK_ABI::detail {

// Names in groups: group `i` is `names[begins[i]]` up to `names[begins[i + 1]]`.
template <std::size_t Names, std::size_t Groups>
struct name_groups {
  std::array<std::string_view, Names> names{};
  std::array<std::uint16_t, Groups + 1> begins{};
};

// One group of all names.
template <std::size_t Names>
[[nodiscard]] consteval name_groups<Names, 1> one_group(
    const std::array<std::string_view, Names>& names) {
  return {names, {0, static_cast<std::uint16_t>(Names)}};
}

// A node of the tree: eight bytes at an offset, hashed to a slot.
struct name_window {
  std::uint64_t mask = 0;  // the bytes that all names of the node have, closing quote included
  std::uint64_t factor = 1;
  std::uint16_t offset = 0;
  std::uint16_t first_slot = 0;
  std::uint8_t shift = 63;

  [[nodiscard]] constexpr std::size_t slot(std::uint64_t word) const noexcept {
    return first_slot + low_bits(((word & mask) * factor) >> shift);
  }
};

// A slot holds 0 for nothing, 1 to `Names` for a name, more for another window.
using name_slot = std::uint16_t;

template <std::size_t Names, std::size_t Groups, std::size_t Windows, std::size_t Slots>
class name_lookup {
 public:
  // The index of the only name of a group that can begin at `p`, closing quote included, or `Names`.
  // The caller compares. Where fewer than `readable` bytes would do, it finds nothing.
  [[nodiscard]] SIGNHOOK_HOT std::size_t find(std::size_t group, const char* p,
                                              std::size_t readable) const noexcept {
    name_slot at = starts[group];
    while (at > Names) {
      const name_window& window = windows[at - Names - 1];
      if (readable < window.offset + 8U) return Names;
      at = hash_slots[window.slot(load<std::uint64_t>(p + window.offset))];
    }
    return at == 0 ? Names : at - 1U;
  }

  std::array<name_slot, Groups> starts{};
  std::array<name_window, Windows == 0 ? 1 : Windows> windows{};
  std::array<name_slot, Slots == 0 ? 1 : Slots> hash_slots{};
};

template <std::size_t Names, std::size_t Groups>
class name_lookup_builder {
 public:
  static constexpr std::size_t max_slots = Names * Names + 16 * Names + 16;

  constexpr explicit name_lookup_builder(const name_groups<Names, Groups>& of) : of_(of) {
    for (std::size_t i = 0; i < Names; ++i) order_[i] = static_cast<std::uint16_t>(i);
    for (std::size_t i = 0; i < Groups; ++i) made.starts[i] = build(of.begins[i], of.begins[i + 1]);
  }

  name_lookup<Names, Groups, Names, max_slots> made{};
  std::size_t windows = 0;
  std::size_t hash_slots = 0;

 private:
  struct entry {
    std::uint64_t word = 0;
    std::uint16_t name = 0;
  };
  using entries = std::array<entry, Names == 0 ? 1 : Names>;

  // The slot for the names `order_[begin]` up to `order_[end]`.
  constexpr name_slot build(std::size_t begin, std::size_t end) {
    if (begin == end) return 0;
    if (end - begin == 1) return static_cast<name_slot>(order_[begin] + 1);
    entries sorted{};
    name_window window = best_window(begin, end, sorted);
    const std::size_t size = end - begin;
    hash_words(window, sorted, size);
    const std::size_t index = windows++;
    hash_slots = window.first_slot + (std::size_t{1} << (64U - window.shift));
    made.windows[index] = window;
    for (std::size_t i = 0; i < size; ++i) order_[begin + i] = sorted[i].name;
    for (std::size_t first = 0; first < size;) {
      std::size_t last = first + 1;
      while (last < size && sorted[last].word == sorted[first].word) ++last;
      made.hash_slots[window.slot(sorted[first].word)] = build(begin + first, begin + last);
      first = last;
    }
    return static_cast<name_slot>(Names + 1 + index);
  }

  // The window that tells most of the names apart; those by their words into `sorted`. There is
  // always one that tells two apart, as the shortest name with its quote begins no other.
  constexpr name_window best_window(std::size_t begin, std::size_t end, entries& sorted) const {
    std::size_t shortest = order_[begin];
    for (std::size_t i = begin; i < end; ++i) {
      if (of_.names[order_[i]].size() < of_.names[shortest].size()) shortest = order_[i];
    }
    const std::string_view text = of_.names[shortest];
    const std::size_t other = order_[begin] == shortest ? order_[begin + 1] : order_[begin];
    const std::size_t size = std::min<std::size_t>(8, text.size() + 1);
    const std::size_t last = text.size() + 1 - size;
    std::size_t differs = 0;
    while (differs < text.size() && text[differs] == of_.names[other][differs]) ++differs;

    name_window best{.mask = first_bytes(size)};
    std::size_t most = 0;
    for (const std::size_t offset :
         {last, (std::min)(differs, last), last * 3 / 4, last / 2, last / 4, std::size_t{0}}) {
      entries made_here{};
      const std::size_t distinct = sort_words(begin, end, offset, best.mask, made_here);
      if (distinct <= most) continue;
      most = distinct;
      best.offset = static_cast<std::uint16_t>(offset);
      sorted = made_here;
      if (distinct == end - begin) break;
    }
    return best;
  }

  // Returns how many words are distinct.
  constexpr std::size_t sort_words(std::size_t begin, std::size_t end, std::size_t offset,
                                   std::uint64_t mask, entries& into) const {
    std::size_t distinct = 0;
    for (std::size_t i = begin; i < end; ++i) {
      const entry next{word_of(of_.names[order_[i]].substr(offset), '"') & mask, order_[i]};
      std::size_t at = i - begin;
      for (; at != 0 && into[at - 1].word > next.word; --at) into[at] = into[at - 1];
      into[at] = next;
    }
    for (std::size_t i = 0; i < end - begin; ++i) {
      distinct += i == 0 || into[i].word != into[i - 1].word ? 1U : 0U;
    }
    return distinct;
  }

  // Chooses the slots and the factor so that no two words share a slot. With a quarter of the square
  // of their number as slots, each factor has a chance of about one in seven or better.
  constexpr void hash_words(name_window& window, const entries& sorted, std::size_t size) const {
    const auto bits = std::max<unsigned>(1, static_cast<unsigned>(std::bit_width(size * size / 4)));
    window.shift = static_cast<std::uint8_t>(64 - bits);
    window.first_slot = static_cast<std::uint16_t>(hash_slots);
    window.factor = 0x9e3779b97f4a7c15U;
    while (!are_apart(window, sorted, size))
      window.factor = window.factor * 6364136223846793005U + 1442695040888963407U;
  }

  [[nodiscard]] constexpr bool are_apart(const name_window& window, const entries& sorted,
                                         std::size_t size) const {
    std::array<std::uint64_t, (max_slots + 63) / 64> taken{};
    for (std::size_t i = 0; i < size; ++i) {
      if (i != 0 && sorted[i].word == sorted[i - 1].word) continue;
      const std::size_t at = window.slot(sorted[i].word) - window.first_slot;
      const std::uint64_t bit = std::uint64_t{1} << (at % 64);
      if ((taken[at / 64] & bit) != 0) return false;
      taken[at / 64] |= bit;
    }
    return true;
  }

  const name_groups<Names, Groups>& of_;
  std::array<std::uint16_t, Names == 0 ? 1 : Names> order_{};
};

template <std::size_t Names, std::size_t Groups>
[[nodiscard]] consteval std::array<std::size_t, 2> lookup_sizes(
    const name_groups<Names, Groups>& of) {
  const name_lookup_builder<Names, Groups> built(of);
  return {built.windows, built.hash_slots};
}

template <std::size_t Windows, std::size_t Slots, std::size_t Names, std::size_t Groups>
[[nodiscard]] consteval auto make_lookup(const name_groups<Names, Groups>& of) {
  const name_lookup_builder<Names, Groups> built(of);
  name_lookup<Names, Groups, Windows, Slots> made;
  made.starts = built.made.starts;
  for (std::size_t i = 0; i < Windows; ++i) made.windows[i] = built.made.windows[i];
  for (std::size_t i = 0; i < Slots; ++i) made.hash_slots[i] = built.made.hash_slots[i];
  return made;
}

template <const auto& Groups>
inline constexpr auto lookup_of =
    make_lookup<lookup_sizes(Groups)[0], lookup_sizes(Groups)[1]>(Groups);

}  // namespace signhook::inline SIGNHOOK_ABI::detail
