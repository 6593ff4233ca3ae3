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
#include <optional>

namespace signhook::inline SIGNHOOK_ABI::detail {

// A fixed number of ids: those that are claimed, and those that were handled last.
//
// The index is a crit-bit tree (D. J. Bernstein, https://cr.yp.to/critbit.html): an inner node names
// the first bit in which the ids below it differ. A look-up tests each of an id's 128 bits at most
// once, whatever ids a sender chooses; a hash table would need a secret seed for that. Handled ids are
// also in a list in the order in which they were handled, which is their age whatever the clock does.
class id_table {
 public:
  enum class claimed : std::uint8_t { acquired, handled, in_progress, conflict, full };

  static constexpr std::uint32_t max_capacity = std::uint32_t{1} << 30U;

  // Allocates all that is ever needed; the capacity is at most `max_capacity`.
  id_table(std::uint32_t capacity, std::chrono::milliseconds window)
      : window_(window),
        capacity_(capacity),
        entries_(new entry[(std::max)(capacity, 1U)]),
        inner_nodes_(new inner_node[(std::max)(capacity, 1U)]) {
    for (std::uint32_t i = 0; i < capacity; ++i) {
      entries_[i].next = i + 1;
      inner_nodes_[i].to[0] = i + 1;
    }
  }

  // Claims an id unless it is claimed, or handled and younger than the window. The oldest handled id
  // makes room if there is none.
  [[nodiscard]] claimed claim(const event_id& id, std::uint64_t fingerprint,
                              time_point now) noexcept {
    std::uint32_t at = find(id);
    if (at != none) {
      entry& known = entries_[at];
      if (known.has_fingerprint && known.fingerprint != fingerprint &&
          (!known.is_handled || is_young(known, now))) {
        return claimed::conflict;
      }
      if (!known.is_handled) return claimed::in_progress;
      if (is_young(known, now)) return claimed::handled;
      unlink(at);
    } else {
      if (!make_room(now)) return claimed::full;
      at = insert(id);
    }
    entries_[at].fingerprint = fingerprint;
    entries_[at].has_fingerprint = true;
    entries_[at].is_handled = false;
    return claimed::acquired;
  }

  // Ends a claim: the id is handled since `time`. False if it is not claimed.
  bool settle(const event_id& id, time_point time) noexcept {
    const std::uint32_t at = find(id);
    if (at == none || entries_[at].is_handled) return false;
    link_last(at, time);
    return true;
  }

  // Ends a claim: the id is unknown again. False if it is not claimed.
  bool release(const event_id& id) noexcept {
    const std::uint32_t at = find(id);
    if (at == none || entries_[at].is_handled) return false;
    remove(id);
    return true;
  }

  // Makes an id handled that was handled elsewhere. False if it is claimed, or there is no room.
  bool remember(const event_id& id, std::optional<std::uint64_t> fingerprint,
                time_point time) noexcept {
    std::uint32_t at = find(id);
    if (at != none) {
      if (!entries_[at].is_handled) return false;
      unlink(at);
    } else {
      if (!make_room(time)) return false;
      at = insert(id);
    }
    entries_[at].fingerprint = fingerprint.value_or(0);
    entries_[at].has_fingerprint = fingerprint.has_value();
    link_last(at, time);
    return true;
  }

  // Forgets an id that is handled; false if there is none.
  bool erase(const event_id& id) noexcept {
    const std::uint32_t at = find(id);
    if (at == none || !entries_[at].is_handled) return false;
    unlink(at);
    remove(id);
    return true;
  }

  // Forgets at most `at_most` ids that were handled before `older_than`; returns how many.
  std::size_t prune(time_point older_than, std::size_t at_most) noexcept {
    std::size_t pruned = 0;
    for (std::uint32_t at = oldest_; at != none && pruned < at_most;) {
      const std::uint32_t next = entries_[at].next;
      if (entries_[at].time < older_than) {
        const event_id id = entries_[at].id;
        unlink(at);
        remove(id);
        ++pruned;
      }
      at = next;
    }
    return pruned;
  }

  // The number of ids, claimed and handled.
  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }

  // The number of ids that were forgotten within their window to make room.
  [[nodiscard]] std::uint64_t evictions() const noexcept { return evictions_; }

 private:
  // The top bit tells which of the two arrays an index is for: it is set for an entry.
  using link = std::uint32_t;
  static constexpr link entry_bit = std::uint32_t{1} << 31U;
  static constexpr std::uint32_t none = UINT32_MAX;

  struct entry {
    event_id id{};
    time_point time{};  // of a handled id
    std::uint64_t fingerprint = 0;
    std::uint32_t previous = none;
    std::uint32_t next = none;  // of a free entry: the next free one
    bool is_handled = false;
    bool has_fingerprint = false;
  };

  struct inner_node {
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

  // A time after `now` is young: the clock stepped back.
  [[nodiscard]] bool is_young(const entry& one, time_point now) const noexcept {
    if (window_ <= std::chrono::milliseconds(0)) return false;
    if (now <= one.time) return true;
    // The difference of any two 64-bit numbers fits 64 bits without a sign.
    const auto age = static_cast<std::uint64_t>(now.time_since_epoch().count()) -
                     static_cast<std::uint64_t>(one.time.time_since_epoch().count());
    return age < static_cast<std::uint64_t>(window_.count());
  }

  // The only entry that `id` can be.
  [[nodiscard]] std::uint32_t best_match(const event_id& id) const noexcept {
    link at = root_;
    while ((at & entry_bit) == 0) at = inner_nodes_[at].to[bit_of(id, inner_nodes_[at].bit)];
    return at & ~entry_bit;
  }

  [[nodiscard]] std::uint32_t find(const event_id& id) const noexcept {
    // A claim mostly ends before the next one begins.
    if (last_ != none && entries_[last_].id == id) return last_;
    if (size_ == 0) return none;
    const std::uint32_t found = best_match(id);
    return entries_[found].id == id ? found : none;
  }

  // False if every entry is claimed.
  [[nodiscard]] bool make_room(time_point now) noexcept {
    if (size_ < capacity_) return true;
    if (oldest_ == none) return false;
    if (is_young(entries_[oldest_], now)) ++evictions_;
    const event_id id = entries_[oldest_].id;
    unlink(oldest_);
    remove(id);
    return true;
  }

  // The list of handled ids.
  void link_last(std::uint32_t at, time_point time) noexcept {
    entry& one = entries_[at];
    one.time = time;
    one.is_handled = true;
    one.previous = newest_;
    one.next = none;
    (newest_ == none ? oldest_ : entries_[newest_].next) = at;
    newest_ = at;
  }

  void unlink(std::uint32_t at) noexcept {
    const entry& one = entries_[at];
    (one.previous == none ? oldest_ : entries_[one.previous].next) = one.next;
    (one.next == none ? newest_ : entries_[one.next].previous) = one.previous;
  }

  // The tree. There must be room, and the id must be new.
  [[nodiscard]] std::uint32_t insert(const event_id& id) noexcept {
    const std::uint32_t made = free_entry_;
    free_entry_ = entries_[made].next;
    entries_[made].id = id;
    last_ = made;
    if (size_ == 0) {
      root_ = made | entry_bit;
    } else {
      insert_inner_node(id, made);
    }
    ++size_;
    return made;
  }

  // Where the id's path leaves that of its best match.
  void insert_inner_node(const event_id& id, std::uint32_t made) noexcept {
    const unsigned bit = first_difference(id, entries_[best_match(id)].id);
    link* at = &root_;
    while ((*at & entry_bit) == 0 && inner_nodes_[*at].bit < bit) {
      at = &inner_nodes_[*at].to[bit_of(id, inner_nodes_[*at].bit)];
    }
    const std::uint32_t taken = free_inner_node_;
    inner_node& next = inner_nodes_[taken];
    free_inner_node_ = next.to[0];
    const std::size_t side = bit_of(id, bit);
    next.to[side] = made | entry_bit;
    next.to[1 - side] = *at;
    next.bit = static_cast<std::uint8_t>(bit);
    *at = taken;
  }

  // The id must be there, and not in the list.
  void remove(const event_id& id) noexcept {
    link* parent = nullptr;
    link* at = &root_;
    while ((*at & entry_bit) == 0) {
      parent = at;
      at = &inner_nodes_[*at].to[bit_of(id, inner_nodes_[*at].bit)];
    }
    const std::uint32_t removed = *at & ~entry_bit;
    if (parent != nullptr) {
      // The inner node goes as well, and its other side takes its place.
      const std::uint32_t freed = *parent;
      inner_node& node = inner_nodes_[freed];
      *parent = node.to[at == node.to.data() ? 1 : 0];
      node.to[0] = free_inner_node_;
      free_inner_node_ = freed;
    }
    if (last_ == removed) last_ = none;
    entries_[removed].next = free_entry_;
    free_entry_ = removed;
    --size_;
  }

  std::chrono::milliseconds window_;
  std::uint32_t capacity_;
  std::uint32_t size_ = 0;
  std::uint64_t evictions_ = 0;
  std::unique_ptr<entry[]> entries_;
  std::unique_ptr<inner_node[]> inner_nodes_;
  link root_ = 0;
  std::uint32_t last_ = none;  // inserted
  std::uint32_t oldest_ = none;
  std::uint32_t newest_ = none;
  std::uint32_t free_entry_ = 0;
  std::uint32_t free_inner_node_ = 0;
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
