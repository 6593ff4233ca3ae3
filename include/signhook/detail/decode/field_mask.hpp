// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace signhook::inline SIGNHOOK_ABI::detail {

using field_id = std::uint8_t;

// A set of fields: a bit for each of up to `Count`.
template <std::size_t Count>
class field_mask {
 public:
  constexpr field_mask() noexcept = default;

  // The same set, of fields that are all below `Count`.
  template <std::size_t Larger>
  requires(Larger > Count) constexpr explicit field_mask(const field_mask<Larger>& other) noexcept {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] = other.words_[i];
  }

  [[nodiscard]] static constexpr field_mask only(field_id id) noexcept {
    field_mask made;
    made.add(id);
    return made;
  }

  constexpr void add(field_id id) noexcept {
    words_[index_of(id)] |= std::uint64_t{1} << (id % 64U);
  }

  [[nodiscard]] constexpr bool has(field_id id) const noexcept {
    return (words_[index_of(id)] >> (id % 64U) & 1U) != 0;
  }

  [[nodiscard]] constexpr bool empty() const noexcept {
    std::uint64_t any = 0;
    for (const std::uint64_t word : words_) any |= word;
    return any == 0;
  }

  constexpr field_mask& operator|=(const field_mask& other) noexcept {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
    return *this;
  }
  // The fields that are in this set and not in the other.
  [[nodiscard]] constexpr field_mask without(const field_mask& other) const noexcept {
    field_mask made;
    for (std::size_t i = 0; i < words_.size(); ++i) made.words_[i] = words_[i] & ~other.words_[i];
    return made;
  }
  [[nodiscard]] friend constexpr field_mask operator|(field_mask a, const field_mask& b) noexcept {
    return a |= b;
  }
  [[nodiscard]] friend constexpr field_mask operator&(field_mask a, const field_mask& b) noexcept {
    for (std::size_t i = 0; i < a.words_.size(); ++i) a.words_[i] &= b.words_[i];
    return a;
  }

  // The smallest id of a set that is not empty, which is taken out of it.
  constexpr field_id take_first() noexcept {
    std::size_t i = 0;
    while (words_[i] == 0) ++i;
    const auto bit = static_cast<std::size_t>(std::countr_zero(words_[i]));
    words_[i] &= words_[i] - 1;
    return static_cast<field_id>(64 * i + bit);
  }

 private:
  template <std::size_t>
  friend class field_mask;

  static constexpr std::size_t size = (Count + 63) / 64;

  [[nodiscard]] static constexpr std::size_t index_of(field_id id) noexcept {
    return size == 1 ? 0 : id / 64U;
  }

  std::array<std::uint64_t, size> words_{};
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
