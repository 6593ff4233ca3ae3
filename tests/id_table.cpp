// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include <signhook/detail/inbox/id_table.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <tuple>
#include <vector>

namespace {

using namespace signhook;
using namespace std::chrono_literals;
using detail::id_table;

// A table whose claims are settled at once.
class settled_table {
 public:
  settled_table(std::uint32_t capacity, std::chrono::milliseconds window)
      : ids_(capacity, window) {}

  bool insert(const event_id& id, time_point now) {
    return ids_.claim(id, 7, now) == id_table::claimed::acquired && ids_.settle(id, now);
  }
  bool forget(const event_id& id) { return ids_.erase(id); }
  [[nodiscard]] std::size_t size() const { return ids_.size(); }
  [[nodiscard]] std::uint64_t displaced() const { return ids_.evictions(); }

 private:
  id_table ids_;
};

// The same as the table without its tree and its list: a map, and a count of who came when.
class remembering_map {
 public:
  remembering_map(std::size_t capacity, std::chrono::milliseconds window)
      : capacity_(capacity), window_(window) {}

  bool insert(const event_id& id, time_point now) {
    const auto known = ids_.find(id);
    if (known != ids_.end() && is_young(known->second, now)) return false;
    if (known != ids_.end()) ids_.erase(known);
    if (ids_.size() == capacity_) {
      auto oldest = ids_.begin();
      for (auto it = ids_.begin(); it != ids_.end(); ++it) {
        if (it->second.order < oldest->second.order) oldest = it;
      }
      displaced_ += is_young(oldest->second, now) ? 1U : 0U;
      ids_.erase(oldest);
    }
    ids_[id] = {now, ++last_};
    return true;
  }

  bool forget(const event_id& id) { return ids_.erase(id) != 0; }

  [[nodiscard]] std::size_t size() const { return ids_.size(); }
  [[nodiscard]] std::uint64_t displaced() const { return displaced_; }

 private:
  struct visit {
    time_point time;
    std::uint64_t order;
  };

  [[nodiscard]] bool is_young(const visit& one, time_point now) const {
    return now < one.time ? window_ > 0ms : now - one.time < window_;
  }

  std::size_t capacity_;
  std::chrono::milliseconds window_;
  std::map<event_id, visit> ids_;
  std::uint64_t last_ = 0;
  std::uint64_t displaced_ = 0;
};

// Ids of the kinds that make a tree of bits deep, wide or lopsided.
std::vector<event_id> some_ids(std::mt19937& random) {
  const auto kind = random() % 4;
  std::vector<event_id> made(1 + random() % 300);
  for (std::size_t i = 0; i < made.size(); ++i) {
    auto& bytes = made[i].value.bytes;
    switch (kind) {
      case 0:  // any
        for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
        break;
      case 1:  // counted
        bytes[14] = static_cast<std::uint8_t>(i / 256);
        bytes[15] = static_cast<std::uint8_t>(i);
        break;
      case 2:  // one bit, or none: each leaves the way of all others
        if (i % 129 != 128) bytes[i % 129 / 8] = static_cast<std::uint8_t>(1U << (i % 8));
        break;
      default:  // few
        bytes[random() % 16] = static_cast<std::uint8_t>(random() % 3);
    }
  }
  return made;
}

}  // namespace

TEST_CASE("a table of settled ids is a map that forgets its oldest") {
  std::mt19937 random(1);
  std::array<std::size_t, 4> seen{};
  for (int i = 0; i < 300; ++i) {
    const std::vector<event_id> ids = some_ids(random);
    const auto capacity = static_cast<std::uint32_t>(1 + random() % (random() % 2 == 0 ? 4 : 300));
    const std::chrono::milliseconds window(random() % 8 == 0 ? 0 : random() % 1000);
    settled_table table(capacity, window);
    remembering_map map(capacity, window);
    time_point now{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};
    for (int step = 0; step < 1000; ++step) {
      const event_id& id = ids[random() % ids.size()];
      if (random() % 8 == 0) {
        const bool was_there = map.forget(id);
        ++seen[was_there ? 0 : 1];
        if (table.forget(id) != was_there) FAIL(i << " " << step);
      } else {
        const bool is_new = map.insert(id, now);
        ++seen[is_new ? 2 : 3];
        if (table.insert(id, now) != is_new) FAIL(i << " " << step);
      }
      if (table.size() != map.size() || table.displaced() != map.displaced())
        FAIL(i << " " << step);
      // The clock goes on, stands, is put back or far ahead.
      now += std::chrono::milliseconds(random() % 20);
      if (random() % 50 == 0) now -= std::chrono::milliseconds(random() % 2000);
      if (random() % 200 == 0) now += 24h * 365;
      if (random() % 200 == 0) now -= 24h * 365;
    }
  }
  for (const std::size_t count : seen) CHECK(count > 1000);
}

TEST_CASE("the clock may be put anywhere") {
  const event_id id;
  for (const auto& [first, second, is_new] :
       {std::tuple{time_point::min(), time_point::max(), true},
        {time_point::max(), time_point::min(), false},
        {time_point::min(), time_point::min(), false},
        {time_point::max(), time_point::max(), false}}) {
    settled_table table(1, duplicate_window.value);
    CHECK(table.insert(id, first));
    CHECK(table.insert(id, second) == is_new);
  }
  // Put ahead and back again: what was remembered before is still.
  settled_table table(8, 1h);
  event_id other;
  other.value.bytes[0] = 1;
  const time_point now{};
  CHECK(table.insert(id, now));
  CHECK(table.insert(other, now + 24h * 365));
  CHECK_FALSE(table.insert(id, now + 1min));
  CHECK_FALSE(table.insert(other, now + 1min));
}

TEST_CASE("windows without an end, without a beginning; tables without room") {
  const event_id id;
  settled_table forever(1, std::chrono::milliseconds::max());
  CHECK(forever.insert(id, time_point{}));
  CHECK_FALSE(forever.insert(id, time_point::max() - 1ms));
  for (const auto window : {0ms, -1ms, std::chrono::milliseconds::min()}) {
    settled_table never(1, window);
    CHECK(never.insert(id, time_point{}));
    CHECK(never.insert(id, time_point{}));
    CHECK(never.insert(id, time_point{} - 1h));
    CHECK(never.insert(id, time_point{} + 1h));
    CHECK(never.size() == 1);
  }
  id_table none(0, 1h);
  CHECK(none.claim(id, 7, time_point{}) == id_table::claimed::full);
  CHECK_FALSE(none.remember(id, 7, time_point{}));
  CHECK_FALSE(none.erase(id));
  CHECK(none.size() == 0);
}

TEST_CASE("the window ends when it has passed") {
  const event_id id;
  settled_table table(1, 1h);
  CHECK(table.insert(id, time_point{}));
  CHECK_FALSE(table.insert(id, time_point{} + 1h - 1ms));
  CHECK(table.insert(id, time_point{} + 1h));
  CHECK_FALSE(table.insert(id, time_point{} + 2h - 1ms));
}

TEST_CASE("claims stay until they end, whatever comes meanwhile") {
  using claimed = id_table::claimed;
  enum class state { open, settled };
  struct known {
    state is;
    std::uint64_t fingerprint;
  };
  std::mt19937 random(2);
  std::array<std::size_t, 5> seen{};
  for (int i = 0; i < 200; ++i) {
    const std::vector<event_id> ids = some_ids(random);
    const auto capacity = static_cast<std::uint32_t>(1 + random() % 200);
    id_table table(capacity, std::chrono::milliseconds::max());
    std::map<event_id, known> map;
    std::vector<event_id> handled;  // the oldest first
    const auto drop = [&](const event_id& id) { std::erase(handled, id); };
    const time_point now{};
    for (int step = 0; step < 1000; ++step) {
      const event_id& id = ids[random() % ids.size()];
      const auto at = map.find(id);
      const bool is_claimed = at != map.end() && at->second.is == state::open;
      const std::uint64_t fingerprint = random() % 20 == 0 ? 1 : 2;
      switch (random() % 5) {
        case 0:
        case 1: {
          claimed expected = claimed::acquired;
          if (at != map.end()) {
            expected = at->second.fingerprint != fingerprint ? claimed::conflict
                       : is_claimed                          ? claimed::in_progress
                                                             : claimed::handled;
          } else if (map.size() == capacity && handled.empty()) {
            expected = claimed::full;
          } else {
            if (map.size() == capacity) {
              map.erase(handled.front());
              handled.erase(handled.begin());
            }
            map[id] = {state::open, fingerprint};
          }
          ++seen[static_cast<std::size_t>(expected)];
          if (table.claim(id, fingerprint, now) != expected) FAIL(i << " " << step);
          break;
        }
        case 2:
          if (table.settle(id, now) != is_claimed) FAIL(i << " " << step);
          if (is_claimed) {
            at->second.is = state::settled;
            handled.push_back(id);
          }
          break;
        case 3:
          if (table.release(id) != is_claimed) FAIL(i << " " << step);
          if (is_claimed) map.erase(at);
          break;
        default: {
          if (random() % 4 != 0) break;
          const bool is_there = at != map.end() && !is_claimed;
          if (table.erase(id) != is_there) FAIL(i << " " << step);
          if (is_there) {
            map.erase(at);
            drop(id);
          }
        }
      }
      if (table.size() != map.size()) FAIL(i << " " << step);
    }
  }
  for (const std::size_t count : seen) CHECK(count > 100);
}
