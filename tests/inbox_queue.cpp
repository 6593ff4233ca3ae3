// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include <signhook/inbox/queue.hpp>
#include <signhook/uuid.hpp>

#include <chrono>
#include <cstdint>
#include <set>

namespace {

using signhook::queue_options;
using signhook::retry_delay;
using namespace std::chrono_literals;

signhook::event_id id_of(std::uint8_t last) {
  signhook::event_id id;
  id.value.bytes[15] = last;
  return id;
}

}  // namespace

TEST_CASE("Delays double until the longest one", "[queue]") {
  queue_options options{.first_delay = 3s, .max_delay = 40s, .jitter = 0};
  const struct {
    std::uint32_t attempt;
    std::chrono::milliseconds delay;
  } expected[] = {{0, 3s},  {1, 3s},  {2, 6s},  {3, 12s},
                  {4, 24s}, {5, 40s}, {6, 40s}, {UINT32_MAX, 40s}};
  for (const auto& [attempt, delay] : expected) {
    CAPTURE(attempt);
    CHECK(retry_delay(options, id_of(1), attempt) == delay);
  }
  options.first_delay = options.max_delay = 365 * 24h;
  CHECK(options.is_valid());
  CHECK(retry_delay(options, id_of(1), 9) == 365 * 24h);
}

TEST_CASE("The random part of a delay is as large as asked for and differs between events",
          "[queue]") {
  const queue_options options{.first_delay = 100s, .max_delay = 100s, .jitter = 20};
  std::set<std::chrono::milliseconds> seen;
  for (unsigned last = 0; last < 256; ++last) {
    const auto delay = retry_delay(options, id_of(static_cast<std::uint8_t>(last)), 1);
    CHECK(delay >= 80s);
    CHECK(delay <= 100s);
    seen.insert(delay);
    CHECK(delay == retry_delay(options, id_of(static_cast<std::uint8_t>(last)), 1));
  }
  CHECK(seen.size() > 200);
  CHECK(*seen.begin() < 82s);
  CHECK(*seen.rbegin() > 98s);

  const queue_options longest{.first_delay = 365 * 24h, .max_delay = 365 * 24h, .jitter = 100};
  for (std::uint32_t attempt = 1; attempt < 100; ++attempt) {
    const auto delay = retry_delay(longest, id_of(7), attempt);
    CHECK(delay >= 0s);
    CHECK(delay <= 365 * 24h);
  }
}

TEST_CASE("Delays are computed at compile time", "[queue]") {
  static_assert(retry_delay({.jitter = 0}, {}, 3) == 4s);
  static_assert(retry_delay({}, {}, 1) <= 1s);
}

TEST_CASE("Options that mean nothing are not valid", "[queue]") {
  STATIC_REQUIRE(queue_options{}.is_valid());
  const queue_options invalid[] = {
      {.lease = 0s},       {.lease = -1s},      {.first_delay = 0s},
      {.first_delay = 2h}, {.max_delay = 0s},   {.max_delay = 366 * 24h},
      {.jitter = 101},     {.max_attempts = 0}, {.lease = 366 * 24h},
  };
  for (const auto& options : invalid) CHECK_FALSE(options.is_valid());
}
