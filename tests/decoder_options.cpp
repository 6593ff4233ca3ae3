// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include <signhook/decoder/options.hpp>

namespace {

using namespace signhook;

static_assert(decoder_options{}.types == unknown::keep);
static_assert(decoder_options{}.states == unknown::keep);
static_assert(decoder_options{}.members == unknown_members::ignore);
static_assert(decoder_options{}.max_bytes == 64 * 1024);
static_assert(decoder_options{}.max_depth == 32);

}  // namespace

TEST_CASE("strict rejects unknown types, states and members, and does not change the limits") {
  constexpr decoder_options strict = decoder_options::strict();
  CHECK(strict.types == unknown::reject);
  CHECK(strict.states == unknown::reject);
  CHECK(strict.members == unknown_members::reject);
  CHECK(strict.max_bytes == decoder_options{}.max_bytes);
  CHECK(strict.max_depth == decoder_options{}.max_depth);
}
