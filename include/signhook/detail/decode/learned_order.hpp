// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/decode/field_mask.hpp>
#include <signhook/detail/decode/fields.hpp>
#include <signhook/detail/text/uninitialized_array.hpp>
#include <signhook/detail/text/vectors.hpp>
#include <signhook/detail/text/word.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace signhook::inline SIGNHOOK_ABI::detail {

// The order and the spelling of the members of the bodies before: for each member the four that followed it last. A
// sender whose order is not the documented one, or who has added members, writes each body alike.
template <class Root>
class learned_order {
 public:
  enum class kind : std::uint8_t { object, string, unknown };

  // A member from the comma or brace before it up to its value, with the opening quote of a known one. It has no
  // initial values, so that making a decoder does not touch it.
  struct member {
    std::array<char, 32> text;
    std::uint8_t size;
    std::uint8_t key_at;
    field_id id;
    kind value;

    // True if the bytes at `p` begin with this member.
    [[nodiscard]] SIGNHOOK_HOT bool is_at(const char* p, const char* end) const noexcept {
      if (end - p < max_size) return end - p >= size && std::memcmp(p, text.data(), size) == 0;
      const char* const mask = masks.data() + max_size - size;
#if defined(SIGNHOOK_VECTORS)
      const byte_vector first = (load_bytes(p) ^ load_bytes(text.data())) & load_bytes(mask);
      const byte_vector last =
          (load_bytes(p + 16) ^ load_bytes(text.data() + 16)) & load_bytes(mask + 16);
      const auto different = std::bit_cast<long_vector>(first | last);
      return (different[0] | different[1]) == 0;
#else
      std::uint64_t different = 0;
      for (std::size_t at = 0; at < text.size(); at += 8) {
        different |= (load<std::uint64_t>(p + at) ^ load<std::uint64_t>(text.data() + at)) &
                     load<std::uint64_t>(mask + at);
      }
      return different == 0;
#endif
    }
  };

  struct place {
    std::array<member, 4> members;
    std::size_t oldest;
  };

  // The place of an object's first member.
  [[nodiscard]] place* first_in(field_id object) noexcept { return &places_[object]; }
  // The place after a member; those that no document has are told apart by their number.
  [[nodiscard]] place* after(field_id object, field_id id) noexcept {
    if (id != no_field) return &places_[fields + id];
    return &places_[2 * fields + unknown_members * object + unknown_++ % unknown_members];
  }

  // The learned member that `p` begins with, or null.
  [[nodiscard]] SIGNHOOK_HOT static const member* find(const place& at, const char* p,
                                                       const char* end) noexcept {
    for (const member& one : at.members)
      if (one.is_at(p, end)) return &one;
    return nullptr;
  }

  // Learns the member `text` at a place, unless it is known or long.
  void learn(place& at, std::string_view text, std::size_t key_at, field_id id,
             kind value) noexcept {
    if (text.size() > max_size || find(at, text.data(), text.data() + text.size()) != nullptr)
      return;
    member& into = at.members[at.oldest];
    at.oldest = (at.oldest + 1) % at.members.size();
    into = {
        {}, static_cast<std::uint8_t>(text.size()), static_cast<std::uint8_t>(key_at), id, value};
    std::copy(text.begin(), text.end(), into.text.begin());
  }

  // ---- The bodies ----

  // Begins a body. False where its order should be neither used nor learned, because those before differed.
  [[nodiscard]] bool begin() noexcept {
    restart();
    if (rest_ != 0) {
      --rest_;
      return false;
    }
    if (!is_cleared_) {
      // NUL begins no member.
      for (place& one : places_) {
        one.oldest = 0;
        one.members.fill({{}, 1, 0, no_field, kind::unknown});
      }
      is_cleared_ = true;
    }
    return true;
  }
  // Begins the same body again.
  void restart() noexcept { unknown_ = 0; }
  void succeed() noexcept {
    is_right_ = true;
    failures_ = 0;
    next_rest_ = least_rest;
  }
  void fail() noexcept {
    is_right_ = false;
    if (++failures_ % failures_in_a_row != 0) return;
    rest_ = next_rest_;
    next_rest_ = (std::min)(2 * next_rest_, most_rest);
  }
  // True if the last body had a learned order.
  [[nodiscard]] bool is_right() const noexcept { return is_right_; }

 private:
  static constexpr std::ptrdiff_t max_size = 32;
  static constexpr std::size_t fields = std::remove_cvref_t<decltype(fields_of<Root>)>::size;
  static constexpr std::size_t unknown_members = 4;
  static constexpr std::uint32_t failures_in_a_row = 8;
  // Bodies to wait after these. Where no two have the same order, learning then costs less than 1 %.
  static constexpr std::uint32_t least_rest = 64;
  static constexpr std::uint32_t most_rest = 1024;
  static constexpr auto masks = [] {
    std::array<char, 2 * max_size> made{};
    for (std::size_t i = 0; i < max_size; ++i) made[i] = '\xff';
    return made;
  }();

  uninitialized_array<place, (2 + unknown_members) * fields> places_{};  // until `is_cleared_`
  std::size_t unknown_ = 0;  // members of this body so far
  std::uint32_t failures_ = 0;
  std::uint32_t rest_ = 0;
  std::uint32_t next_rest_ = least_rest;
  bool is_cleared_ = false;
  bool is_right_ = false;
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
