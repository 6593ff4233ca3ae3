// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/delivery.hpp>
#include <signhook/uuid.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace signhook::inline SIGNHOOK_ABI::detail {

// The ids that were seen last, each with the time at which it was.
//
// They hang in a crit-bit tree (D. J. Bernstein, https://cr.yp.to/critbit.html): an inner node names
// the first bit in which the ids below it differ. A way through it passes each of an id's 128 bits at
// most once, whatever ids a sender chooses; a hash table would need a secret seed for that. They are
// also in a list, in the order in which they came: that is their age, whatever the clock does.
class duplicate_table {
 public:
  // Allocates all that is ever needed; the capacity is at most `max_capacity`.
  duplicate_table(std::uint32_t capacity, std::chrono::milliseconds window)
      : window_(window),
        capacity_(capacity),
        entries_(new entry[std::max(capacity, 1U)]),
        forks_(new fork[std::max(capacity, 1U)]) {
    for (std::uint32_t i = 0; i < capacity; ++i) {
      entries_[i].newer = i + 1;
      forks_[i].to[0] = i + 1;
    }
  }

  static constexpr std::uint32_t max_capacity = std::uint32_t{1} << 30U;

  // Remembers an id, in the place of the oldest where all are taken; false where it is remembered
  // already and younger than the window. An id of the future is young: the clock stepped back.
  bool insert(const event_id& id, time_point now) noexcept {
    if (capacity_ == 0) return true;
    if (const std::uint32_t known = find(id); known != none) {
      if (is_young(entries_[known], now)) return false;
      erase(id);
    }
    if (size_ == capacity_) {
      if (is_young(entries_[oldest_], now)) ++displaced_;
      erase(entries_[oldest_].id);
    }
    append(id, now);
    return true;
  }

  // False where the id was not remembered.
  bool forget(const event_id& id) noexcept { return find(id) != none && erase(id); }

  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }

  // How many ids were forgotten within their window, for want of room.
  [[nodiscard]] std::uint64_t displaced() const noexcept { return displaced_; }

 private:
  // Which of the two arrays an index is for is told by its top bit: set for an entry.
  using link = std::uint32_t;
  static constexpr link leaf = std::uint32_t{1} << 31U;
  static constexpr std::uint32_t none = UINT32_MAX;

  struct entry {
    event_id id;
    time_point time;
    std::uint32_t older = none;
    std::uint32_t newer = none;  // of an entry that is free: the next free one
  };

  struct fork {
    std::array<link, 2> to{};
    std::uint8_t bit = 0;
  };

  [[nodiscard]] static std::size_t bit_of(const event_id& id, unsigned bit) noexcept {
    return (unsigned{id.value.bytes[bit / 8]} >> (7U - bit % 8)) & 1U;
  }

  // The first bit in which two different ids differ.
  [[nodiscard]] static unsigned first_difference(const event_id& a, const event_id& b) noexcept {
    unsigned byte = 0;
    while (a.value.bytes[byte] == b.value.bytes[byte]) ++byte;
    const auto differs = static_cast<std::uint8_t>(a.value.bytes[byte] ^ b.value.bytes[byte]);
    return byte * 8 + static_cast<unsigned>(std::countl_zero(differs));
  }

  [[nodiscard]] bool is_young(const entry& one, time_point now) const noexcept {
    if (window_ <= std::chrono::milliseconds(0)) return false;
    if (now <= one.time) return true;
    // The difference of any two 64-bit numbers fits 64 bits without a sign.
    const auto age = static_cast<std::uint64_t>(now.time_since_epoch().count()) -
                     static_cast<std::uint64_t>(one.time.time_since_epoch().count());
    return age < static_cast<std::uint64_t>(window_.count());
  }

  // The only entry that `id` can be.
  [[nodiscard]] std::uint32_t nearest(const event_id& id) const noexcept {
    link at = root_;
    while ((at & leaf) == 0) at = forks_[at].to[bit_of(id, forks_[at].bit)];
    return at & ~leaf;
  }

  [[nodiscard]] std::uint32_t find(const event_id& id) const noexcept {
    if (size_ == 0) return none;
    const std::uint32_t found = nearest(id);
    return entries_[found].id == id ? found : none;
  }

  // There must be room, and the id must be new.
  void append(const event_id& id, time_point now) noexcept {
    const std::uint32_t made = free_entry_;
    free_entry_ = entries_[made].newer;
    if (size_ == 0) {
      root_ = made | leaf;
      oldest_ = made;
    } else {
      hang(id, made);
      entries_[newest_].newer = made;
    }
    entries_[made] = {.id = id, .time = now, .older = size_ == 0 ? none : newest_, .newer = none};
    newest_ = made;
    ++size_;
  }

  // Puts a fork where the id leaves the way of the one nearest to it.
  void hang(const event_id& id, std::uint32_t made) noexcept {
    const unsigned bit = first_difference(id, entries_[nearest(id)].id);
    link* at = &root_;
    while ((*at & leaf) == 0 && forks_[*at].bit < bit) {
      at = &forks_[*at].to[bit_of(id, forks_[*at].bit)];
    }
    const std::uint32_t taken = free_fork_;
    fork& next = forks_[taken];
    free_fork_ = next.to[0];
    const std::size_t side = bit_of(id, bit);
    next.to[side] = made | leaf;
    next.to[1 - side] = *at;
    next.bit = static_cast<std::uint8_t>(bit);
    *at = taken;
  }

  // The id must be there.
  bool erase(const event_id& id) noexcept {
    link* above = nullptr;
    link* at = &root_;
    while ((*at & leaf) == 0) {
      above = at;
      at = &forks_[*at].to[bit_of(id, forks_[*at].bit)];
    }
    const std::uint32_t gone = *at & ~leaf;
    if (above != nullptr) {
      // The fork goes with it, and what hung at its other side takes its place.
      const std::uint32_t freed = *above;
      fork& gone_fork = forks_[freed];
      *above = gone_fork.to[at == gone_fork.to.data() ? 1 : 0];
      gone_fork.to[0] = free_fork_;
      free_fork_ = freed;
    }
    entry& old = entries_[gone];
    (old.older == none ? oldest_ : entries_[old.older].newer) = old.newer;
    (old.newer == none ? newest_ : entries_[old.newer].older) = old.older;
    old.newer = free_entry_;
    free_entry_ = gone;
    --size_;
    return true;
  }

  std::chrono::milliseconds window_;
  std::uint32_t capacity_;
  std::uint32_t size_ = 0;
  std::uint64_t displaced_ = 0;
  std::unique_ptr<entry[]> entries_;
  std::unique_ptr<fork[]> forks_;
  link root_ = 0;
  std::uint32_t oldest_ = none;
  std::uint32_t newest_ = none;
  std::uint32_t free_entry_ = 0;
  std::uint32_t free_fork_ = 0;
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
