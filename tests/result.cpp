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

constexpr result<int> good = 3;
constexpr result<int> bad = error{errc::wrong_type, 7, "/id"};
static_assert(good && *good == 3 && good.get_if() == &*good);
static_assert(!bad && bad.error().offset == 7 && bad.get_if() == nullptr);

}  // namespace

TEST_CASE("a result is a value or an error") {
  CHECK(good.has_value());
  CHECK(good.value_or(4) == 3);
  CHECK_FALSE(bad.has_value());
  CHECK(bad.value_or(4) == 4);
  CHECK(good == result<int>(3));
  CHECK(good != result<int>(4));
  CHECK(bad != good);
  CHECK(bad == result<int>(error{errc::wrong_type, 7, "/id"}));

  result<uuid> changed = uuid{};
  changed->bytes[0] = 1;
  (*changed).bytes[1] = 2;
  CHECK(changed.get_if()->bytes[1] == 2);
}
