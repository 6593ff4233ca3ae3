// SPDX-License-Identifier: BSL-1.0
// The fast path takes the canonical form and nothing that the slow path would not take.
#include "../fuzz/random_body.hpp"
#include "../fuzz/random_event.hpp"
#include "catch.hpp"
#include "paths.hpp"
#include <signhook/encoder.hpp>

#include <array>
#include <random>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace {

using namespace signhook;

std::string sample_body(const event& sample) {
  std::array<char, max_encoded_size> buffer{};
  return std::string(*encode(sample, buffer));
}

}  // namespace

TEST_CASE("the documented bodies go the fast path, and so do rejected ones of that form") {
  ways all;
  const auto rejected = [&](const std::string& body, errc code, std::size_t offset,
                            std::string_view path = {}) {
    INFO(body);
    const auto given = all.expected(body);
    REQUIRE(given);
    CHECK(*given == error{code, static_cast<std::uint32_t>(offset), path});
    CHECK(*given == all.general(body));
  };
  for (const event& sample : samples) {
    const std::string body = sample_body(sample);
    CHECK(all.expected(body) == sample);
    CHECK(all.expected(" \r\n\t" + body + "\n ") == sample);
    for (std::size_t size = 1; size < body.size(); ++size)
      rejected(body.substr(0, size), errc::invalid_json, size);
    rejected(body + "}", errc::trailing_content, body.size());
    rejected(body + '\0', errc::trailing_content, body.size());
    rejected(body + '\xff', errc::invalid_utf8, body.size());
    std::string bad_id = body;
    bad_id[7] = 'g';
    rejected(bad_id, errc::invalid_uuid, 6, "/id");
    std::string repeated = body;
    repeated.insert(body.size() - 1, R"(,"created":[{"a":"\u00e9"}])");
    rejected(repeated, errc::duplicate_member, body.size(), "/created");
    const std::string cut = body.substr(0, body.find(",\"dossier\"")) + '}';
    rejected(cut, errc::missing_member, 0, "/dossier");
  }
}

TEST_CASE("what is new within the documented order goes the fast path") {
  ways tolerant;
  ways strict(decoder_options::strict());
  for (const event& sample : samples) {
    std::string body = sample_body(sample);
    body.insert(body.find(",\"dossier\""), R"(,"tags":["a",{"b":[1e400,null]}],"note":"ZoÃ«")");
    CHECK(tolerant.expected(body) == sample);
    CHECK(strict.expected(body) == strict.general(body));
    const std::size_t state = body.find("\"state\":\"") + 9;
    body.replace(state, body.find('"', state) - state, "archived");
    const auto made = tolerant.expected(body);
    REQUIRE(made);
    REQUIRE(*made == tolerant.general(body));
    CHECK(std::visit(
        [](const auto& one) {
          if constexpr (known_event<std::remove_cvref_t<decltype(one)>>) {
            return one.dossier.state.text() == "archived";
          } else {
            return false;
          }
        },
        **made));
  }
}

TEST_CASE("another order does not go the fast path") {
  ways all;
  CHECK_FALSE(all.expected(R"({"type":"dossier.prepared"})"));
  CHECK_FALSE(all.expected(R"({"new":1})"));
  CHECK_FALSE(all.expected("[]"));
  CHECK_FALSE(all.expected(" "));
  CHECK_FALSE(all.expected(R"({"id":"b041a287-bc92-4469-801e-ae1a39c08f6e","type":"new"})"));
  CHECK_FALSE(all.expected(
      R"({"id":"b041a287-bc92-4469-801e-ae1a39c08f6e","type":"dossier.prepared","dossier":{}})"));
}

TEST_CASE("both ways say the same of any white space, and of bodies broken in one place") {
  ways tolerant;
  ways strict(decoder_options::strict());
  std::mt19937 random(3);
  std::size_t documented = 0;
  std::size_t rejected = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes;
    while (bytes.size() < 512) bytes += static_cast<char>(random() & 0xffU);
    fuzz::choices from(bytes);
    const event made = fuzz::random_event(from);
    fuzz::node tree = fuzz::tree_of(made);
    std::string body = fuzz::print(tree, from, {true, false});
    INFO(body);
    REQUIRE(tolerant.general(body) == made);
    for (const char broken : {'\0', '"', '}', ',', 'x', ' ', '\\', '\xc3'}) {
      for (ways* const all : {&tolerant, &strict}) {
        const auto expected = all->expected(body);
        if (!expected) continue;
        REQUIRE(*expected == all->general(body));
        documented += expected->has_value();
        rejected += !expected->has_value();
      }
      body[random() % body.size()] = broken;
    }
  }
  CHECK(documented > 1000);
  CHECK(rejected > 1000);
}

TEST_CASE("where less nesting is allowed than the table has, the fast path is not taken") {
  decoder_options options;
  for (const event& sample : samples) {
    const std::string body = sample_body(sample);
    options.max_depth = 1;
    const auto rejected = decoder(options).decode(body);
    REQUIRE_FALSE(rejected);
    CHECK(rejected.error().code == errc::too_deep);
    options.max_depth = detail::fast_path<>::depth;
    CHECK(decoder(options).decode(body).has_value());
  }
}
