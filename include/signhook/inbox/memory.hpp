// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/delivery.hpp>
#include <signhook/detail/inbox/id_table.hpp>
#include <signhook/detail/inbox/shards.hpp>
#include <signhook/inbox.hpp>
#include <signhook/timestamp/time_point.hpp>
#include <signhook/uuid.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

namespace signhook::inline SIGNHOOK_ABI {

/// The options of a `memory_inbox`.
struct memory_inbox_options {
  /// The number of events it can hold, claimed and handled, at most `max_capacity`; about 64 bytes each.
  /// If more are handled within the window, the oldest are forgotten first. If all are claimed, the
  /// next is `unavailable`.
  std::uint32_t capacity = 64 * 1024;

  /// The time for which a handled event is a duplicate.
  std::chrono::milliseconds window = duplicate_window.value;

  /// Keeps a request that is no event, and returns true once it is durable. It is called from any
  /// thread, at the same time too, and outside of all locks. Without one, or if it throws, nothing is
  /// kept and the answer is 503.
  std::function<bool(const quarantine_entry&)> quarantine = {};

  /// The same for an event that cannot be handled, with the reason.
  std::function<bool(const inbox_entry&, std::string_view)> dead_letter = {};

  static constexpr std::uint32_t max_capacity =
      detail::id_table::max_capacity;  ///< the most of `capacity`
};

inline namespace SIGNHOOK_EXCEPTIONS {

/// An inbox in memory, shared by the threads of one process.
///
/// It covers **one process until it ends**: after a restart every retry is a new event, and a second
/// process knows nothing of it. Where that matters use an inbox in the database that holds the effect.
/// An effect that is written before the process dies and before the answer arrives is written again.
///
/// *Threads*: any, for all functions. Ids are divided among shards with a lock each, which is held for one
/// look-up.
/// *Allocation*: the constructor allocates all that is ever needed.
class memory_inbox {
 public:
  /// Throws `std::bad_alloc`, or aborts where exceptions are off, when memory is short.
  explicit memory_inbox(memory_inbox_options options = {})
      : shards_(options.capacity, options.window),
        quarantine_(std::move(options.quarantine)),
        dead_letter_(std::move(options.dead_letter)) {}

  /// As the concept `inbox` has it, like all up to `prune`.
  [[nodiscard]] begin_outcome begin(const inbox_entry& entry) noexcept {
    using claimed = detail::id_table::claimed;
    const auto outcome = shards_.with(entry.id, [&](detail::id_table& ids) {
      return ids.claim(entry.id, entry.fingerprint, entry.received);
    });
    switch (outcome) {
      case claimed::acquired: return begin_outcome::acquired;
      case claimed::handled: return begin_outcome::duplicate;
      case claimed::in_progress: return begin_outcome::in_progress;
      case claimed::conflict: return begin_outcome::conflict;
      case claimed::full: break;
    }
    return begin_outcome::unavailable;
  }

  /// True for every claim.
  [[nodiscard]] bool commit(const inbox_entry& entry) noexcept {
    return shards_.with(
        entry.id, [&](detail::id_table& ids) { return ids.settle(entry.id, entry.received); });
  }

  /// As the concept has it.
  void release(const inbox_entry& entry) noexcept {
    shards_.with(entry.id, [&](detail::id_table& ids) { return ids.release(entry.id); });
  }

  /// Returns what the sink returns; false without one.
  [[nodiscard]] bool dead_letter(const inbox_entry& entry, std::string_view reason) noexcept {
    if (keep(dead_letter_, entry, reason)) return commit(entry);
    release(entry);
    return false;
  }

  /// Returns what the sink returns; false without one.
  [[nodiscard]] bool quarantine(const quarantine_entry& entry) noexcept {
    return keep(quarantine_, entry);
  }

  /// As the concept has it. It is seldom needed, as the oldest make room for the newest.
  std::size_t prune(any_time_point older_than, std::size_t at_most) noexcept {
    std::size_t pruned = 0;
    shards_.for_each(
        [&](detail::id_table& ids) { pruned += ids.prune(older_than, at_most - pruned); });
    return pruned;
  }

  /// Makes an event a duplicate that was handled before this inbox existed, to start from one's own
  /// records: the oldest first. Without its fingerprint there is no conflict with any content. Returns
  /// false if it is claimed or there is no room.
  bool remember(const event_id& id, any_time_point received,
                std::optional<std::uint64_t> fingerprint = std::nullopt) noexcept {
    return shards_.with(
        id, [&](detail::id_table& ids) { return ids.remember(id, fingerprint, received); });
  }

  /// Forgets a handled event, so that its next delivery is handled again; false if there is none.
  bool erase(const event_id& id) noexcept {
    return shards_.with(id, [&](detail::id_table& ids) { return ids.erase(id); });
  }

  /// Returns the number of events that it holds, claimed and handled.
  [[nodiscard]] std::size_t size() const noexcept {
    std::size_t sum = 0;
    shards_.for_each([&](const detail::id_table& ids) { sum += ids.size(); });
    return sum;
  }

  /// Returns the number of handled events that were forgotten within the window for want of room. If
  /// there are any, raise the capacity.
  [[nodiscard]] std::uint64_t evictions() const noexcept {
    std::uint64_t sum = 0;
    shards_.for_each([&](const detail::id_table& ids) { sum += ids.evictions(); });
    return sum;
  }

 private:
  // A sink that throws has not kept anything.
  template <class Sink, class... Arguments>
  [[nodiscard]] static bool keep(const Sink& sink, const Arguments&... arguments) noexcept {
    if (!sink) return false;
#if defined(__cpp_exceptions)
    try {
      return sink(arguments...);
    } catch (...) {
      return false;
    }
#else
    return sink(arguments...);
#endif
  }

  detail::shards shards_;
  std::function<bool(const quarantine_entry&)> quarantine_;
  std::function<bool(const inbox_entry&, std::string_view)> dead_letter_;
};

static_assert(inbox<memory_inbox>);

}  // namespace SIGNHOOK_EXCEPTIONS
}  // namespace signhook::inline SIGNHOOK_ABI
