// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include <signhook/error.hpp>
#include <signhook/event.hpp>
#include <signhook/result.hpp>

#include <type_traits>

namespace {

using namespace signhook;

static_assert(std::is_trivially_copyable_v<result<event>>);
static_assert(!std::is_convertible_v<result<int>, bool>);

constexpr result<int> held = 3;
constexpr result<int> rejected = error{errc::wrong_type, 7, "/id"};
static_assert(held && *held == 3 && held.get_if() == &*held);
static_assert(!rejected && rejected.error().offset == 7 && rejected.get_if() == nullptr);

}  // namespace

TEST_CASE("a result is a value or an error") {
  CHECK(held.has_value());
  CHECK(held.value_or(4) == 3);
  CHECK_FALSE(rejected.has_value());
  CHECK(rejected.value_or(4) == 4);
  CHECK(held == result<int>(3));
  CHECK(held != result<int>(4));
  CHECK(rejected != held);
  CHECK(rejected == result<int>(error{errc::wrong_type, 7, "/id"}));

  result<uuid> changed = uuid{};
  changed->bytes[0] = 1;
  (*changed).bytes[1] = 2;
  CHECK(changed.get_if()->bytes[1] == 2);
}
