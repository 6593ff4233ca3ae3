// SPDX-License-Identifier: BSL-1.0
// The expected way takes the documented form and nothing that the general way would not take.
#include "ways.hpp"

#include "../fuzz/random_body.hpp"
#include "../fuzz/random_event.hpp"
#include "catch.hpp"
#include <signhook/encoder.hpp>

#include <array>
#include <random>
#include <string>
#include <string_view>

namespace {

using namespace signhook;

std::string sample_body(const event& sample) {
  std::array<char, max_encoded_size> buffer{};
  return std::string(*encode(sample, buffer));
}

}  // namespace

TEST_CASE("the documented bodies go the expected way, cut ones do not") {
  for (const event& sample : samples) {
    const std::string body = sample_body(sample);
    CHECK(ways::expected(body) == sample);
    for (std::size_t size = 0; size < body.size(); ++size)
      CHECK_FALSE(ways::expected(body.substr(0, size)));
    CHECK(ways::expected(" \r\n\t" + body + "\n ") == sample);
    CHECK_FALSE(ways::expected(body + "}"));
    CHECK_FALSE(ways::expected(body + '\0'));
  }
}

TEST_CASE("a documented event goes the expected way with any white space, and comes out equal") {
  ways tolerant;
  ways strict(decoder_options::strict());
  std::mt19937 random(3);
  std::size_t documented = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes;
    while (bytes.size() < 512) bytes += static_cast<char>(random() & 0xffU);
    fuzz::choices from(bytes);
    const event made = fuzz::random_event(from);
    fuzz::node tree = fuzz::tree_of(made);
    const std::string body = fuzz::print(tree, from, {true, false});
    INFO(body);
    REQUIRE(tolerant.general(body) == made);
    const auto expected = ways::expected(body);
    // Strictly, what steps aside is an unknown type or state.
    REQUIRE(expected == strict.general(body));
    documented += expected.has_value();
  }
  CHECK(documented > 1000);
}

TEST_CASE("where less nesting is allowed than the table has, the expected way is not taken") {
  decoder_options options;
  for (const event& sample : samples) {
    const std::string body = sample_body(sample);
    options.max_depth = 1;
    const auto refused = decoder(options).decode(body);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::too_deep);
    options.max_depth = detail::expected_way::depth;
    CHECK(decoder(options).decode(body).has_value());
  }
}
