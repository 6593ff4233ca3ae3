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

namespace {

using namespace signhook;

std::string sample_body(const event& sample) {
  std::array<char, max_encoded_size> buffer{};
  return std::string(*encode(sample, buffer));
}

}  // namespace

TEST_CASE("the fast path takes the canonical form, with any white space and cut nowhere") {
  paths all;
  for (const event& sample : samples) {
    const std::string body = sample_body(sample);
    CHECK(all.fast(body) == sample);
    CHECK(all.fast(" \r\n\t" + body + "\n ") == sample);
    for (std::size_t size = 0; size < body.size(); ++size)
      CHECK_FALSE(all.fast(body.substr(0, size)));
    for (const std::string& wrong : {body + "}", body + '\0', body + '\xff', body + body})
      CHECK_FALSE(all.fast(wrong));
    std::string bad_id = body;
    bad_id[7] = 'g';
    CHECK_FALSE(all.fast(bad_id));
    std::string repeated = body;
    repeated.insert(body.size() - 1, R"(,"created":[{"a":"\u00e9"}])");
    CHECK_FALSE(all.fast(repeated));
  }
}

TEST_CASE("the fast path takes new members in the documented order, and new states") {
  paths tolerant;
  paths strict(decoder_options::strict());
  for (const event& sample : samples) {
    std::string body = sample_body(sample);
    body.insert(body.find(",\"dossier\""), R"(,"tags":["a",{"b":[1e400,null]}],"note":"Zo\u00eb")");
    body.insert(body.size() - 1, R"( , "last" : -0.5 )");
    CHECK(tolerant.fast(body) == sample);
    CHECK_FALSE(strict.fast(body));
    const std::size_t state = body.find("\"state\":\"") + 9;
    body.replace(state, body.find('"', state) - state, "archived");
    const auto made = tolerant.fast(body);
    REQUIRE(made);
    CHECK(*made == tolerant.slow(body));
    CHECK(dossier_of(*made)->state.text() == "archived");
    CHECK_FALSE(strict.fast(body));
  }
}

TEST_CASE("the fast path declines another order, other types and wrong new members") {
  paths all;
  for (const std::string_view body :
       {R"({"type":"dossier.prepared"})", R"({"new":1})", "[]", " ", "{}", "{", "{\"",
        R"({"id":"b041a287-bc92-4469-801e-ae1a39c08f6e","type":"new"})",
        R"({"id":"b041a287-bc92-4469-801e-ae1a39c08f6e","type":"dossier.prepared","dossier":{}})",
        R"({"id":"b041a287-bc92-4469-801e-ae1a39c08f6e","new":01,"type":"dossier.prepared"})",
        R"({"id":"b041a287-bc92-4469-801e-ae1a39c08f6e","n\u0065w":1,"type":"dossier.prepared"})",
        R"({"id":"b041a287-bc92-4469-801e-ae1a39c08f6e","new")",
        R"({"id":"b041a287-bc92-4469-801e-ae1a39c08f6e","new":)",
        R"({"id":"b041a287-bc92-4469-801e-ae1a39c08f6e",)"}) {
    INFO(body);
    CHECK_FALSE(all.fast(body));
  }
}

TEST_CASE(
    "both paths make the same event, with any white space and of bodies broken in one place") {
  paths tolerant;
  paths strict(decoder_options::strict());
  std::mt19937 random(3);
  std::size_t fast = 0;
  std::size_t declined = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes;
    while (bytes.size() < 512) bytes += static_cast<char>(random() & 0xffU);
    fuzz::choices from(bytes);
    const event made = fuzz::random_event(from);
    fuzz::node tree = fuzz::tree_of(made);
    std::string body = fuzz::print(tree, from, {true, false});
    INFO(body);
    REQUIRE(tolerant.slow(body) == made);
    for (const char broken : {'\0', '"', '}', ',', 'x', ' ', '\\', '\xc3'}) {
      for (paths* const all : {&tolerant, &strict}) {
        const auto taken = all->fast(body);
        ++(taken ? fast : declined);
        if (taken) REQUIRE(*taken == all->slow(body));
      }
      body[random() % body.size()] = broken;
    }
  }
  CHECK(fast > 1000);
  CHECK(declined > 1000);
}

TEST_CASE("where less nesting is allowed than the schema has, the fast path is not taken") {
  decoder_options options;
  for (const event& sample : samples) {
    const std::string body = sample_body(sample);
    options.max_depth = 1;
    const auto rejected = decoder(options).decode(body);
    REQUIRE_FALSE(rejected);
    CHECK(rejected.error().code == errc::too_deep);
    options.max_depth = detail::canonical_depth;
    CHECK(decoder(options).decode(body).has_value());
  }
}
