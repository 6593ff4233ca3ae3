// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/inbox/id_table.hpp>
#include <signhook/uuid.hpp>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace signhook::inline SIGNHOOK_ABI::detail {

// Several tables with a lock each, so that threads with different ids seldom wait for each other.
class shards {
 public:
  // The capacity is rounded up to a multiple of the number of shards.
  shards(std::uint32_t capacity, std::chrono::milliseconds window) {
    const std::uint32_t wanted = std::clamp(capacity, 1U, id_table::max_capacity);
    // Ids are spread at random, so a small shard would be full long before the others.
    const std::uint32_t count = std::clamp(std::bit_floor(wanted / least_size), 1U, most);
    all_.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) {
      all_.push_back(std::make_unique<shard>((wanted + count - 1) / count, window));
    }
  }

  // Returns what `use` does with the table that `id` belongs to.
  template <class Use>
  auto with(const event_id& id, Use use) noexcept {
    shard& one = *all_[std::hash<event_id>{}(id) & (all_.size() - 1)];
    const std::lock_guard lock(one.mutex);
    return use(one.ids);
  }

  template <class Use>
  void for_each(Use use) noexcept {
    for (const auto& one : all_) {
      const std::lock_guard lock(one->mutex);
      use(one->ids);
    }
  }

  template <class Use>
  void for_each(Use use) const noexcept {
    for (const auto& one : all_) {
      const std::lock_guard lock(one->mutex);
      use(static_cast<const id_table&>(one->ids));
    }
  }

 private:
  static constexpr std::uint32_t most = 64;
  static constexpr std::uint32_t least_size = 64;

  // Two of them do not share a cache line.
  struct alignas(64) shard {
    shard(std::uint32_t capacity, std::chrono::milliseconds window) : ids(capacity, window) {}

    std::mutex mutex{};
    id_table ids;
  };

  std::vector<std::unique_ptr<shard>> all_{};
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
