// SPDX-License-Identifier: BSL-1.0
// The fast path takes the canonical form and nothing that the slow path would not take.
#include "../fuzz/random_body.hpp"
#include "../fuzz/random_event.hpp"
#include "catch.hpp"
#include "paths.hpp"
#include <signhook/encoder.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace signhook;

std::string sample_body(const event& sample) {
  std::array<char, max_encoded_size> buffer{};
  return std::string(*encode(sample, buffer));
}

bool are_same(const std::vector<diagnostic>& a, const std::vector<diagnostic>& b) {
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(), [](const diagnostic& one, const diagnostic& other) {
        return one.severity == other.severity && one.error == other.error &&
               one.source.data() == other.source.data() && one.source.size() == other.source.size();
      });
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
  std::size_t longest = 0;
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
        if (!taken) {
          const detail::json_prefix known = all->known_prefix(body);
          longest = std::max(longest, known.size);
          const std::uint32_t depth = decoder_options().max_depth;
          const auto found = detail::locator(body, depth).run();
          const auto found_after = detail::locator(body, depth).run(known);
          REQUIRE(found == found_after);
          if (found) REQUIRE(found->expected == found_after->expected);
        }
      }
      body[random() % body.size()] = broken;
    }
  }
  CHECK(fast > 1000);
  CHECK(declined > 1000);
  CHECK(longest > 200);
}

TEST_CASE("both paths report the same warnings") {
  paths all;
  decoder with;
  for (const event& sample : samples) {
    for (int unknown_members = 0; unknown_members < 40; unknown_members += 3) {
      std::string body = sample_body(sample);
      std::size_t expected = 0;
      for (std::size_t at = 0; (at = body.find("\"state\":\"", at)) != std::string::npos; ++at) {
        const std::size_t text = at + std::string_view("\"state\":\"").size();
        body.replace(text, body.find('"', text) - text, "archived");
        ++expected;
      }
      for (int i = 0; i < unknown_members; ++i) {
        // Before the second member, at the end of the first object within, and after the last member.
        const std::size_t at = i % 3 == 0   ? body.find(',')
                               : i % 3 == 1 ? body.find('}')
                                            : body.size() - 1;
        body.insert(at, ",\"new" + std::to_string(i) + "\":[null,1]");
        ++expected;
      }
      INFO(body);
      REQUIRE(all.fast(body).has_value());
      std::vector<diagnostic> found;
      CHECK(with.validate(body, [&](const diagnostic& one) { found.push_back(one); }));
      CHECK(found.size() == expected);
      CHECK(are_same(found, all.slow_warnings(body)));
    }
  }
}

// No type of any schema begins so.
void make_type_unknown(std::string& body) { body[body.find("\"type\":\"") + 8] = '~'; }

TEST_CASE("the slow path notes the warnings that its second walk reports") {
  paths all;
  decoder with;
  for (const event& sample : samples) {
    for (int unknown_members = 0; unknown_members < 20; ++unknown_members) {
      // A new member first, so that the fast path declines; then a new type and new states.
      std::string body = sample_body(sample);
      body.insert(1, R"("no name":"\u00e9",)");
      for (int i = 1; i < unknown_members; ++i)
        body.insert(body.size() - 1, ",\"new" + std::to_string(i) + "\":{\"new\":[]}");
      if (unknown_members % 3 == 0) make_type_unknown(body);
      const std::size_t state = body.find("\"state\":\"");
      if (unknown_members % 2 == 0 && state != std::string::npos)
        body.replace(state + 9, 1, "\\u0058");
      INFO(body);
      REQUIRE_FALSE(all.fast(body));
      std::vector<diagnostic> found;
      CHECK(with.validate(body, [&](const diagnostic& one) { found.push_back(one); }));
      CHECK(found.size() >= static_cast<std::size_t>((std::max)(1, unknown_members)));
      CHECK(are_same(found, all.slow_warnings(body)));
    }
  }
}

TEST_CASE("a learned order is not followed beyond JSON") {
  // What follows a key in one body is not taken for granted in another.
  for (const event& sample : samples) {
    std::string body = sample_body(sample);
    body.insert(1, R"("no name":1,)");
    decoder with;
    for (int i = 0; i < 3; ++i) CHECK(with.decode(body) == sample);
    for (std::size_t at = 0; at < body.size(); ++at) {
      for (const std::string_view other : {"", ",", "{", "}", "\"", "x", " ", "\\"}) {
        std::string changed = body;
        changed.replace(at, 1, other);
        decoder fresh;
        if (with.decode(changed) != fresh.decode(changed)) FAIL(changed);
        if (!with.decode(body)) FAIL(changed);
      }
    }
  }
}

TEST_CASE("a learned order has the warnings of the slow path") {
  paths all;
  decoder with;
  for (const event& sample : samples) {
    std::string body = sample_body(sample);
    body.insert(1, R"("no name":"x",)");
    for (const bool is_known : {true, false}) {
      if (!is_known) make_type_unknown(body);
      for (int i = 0; i < 3; ++i) {
        INFO(body);
        std::vector<diagnostic> found;
        CHECK(with.validate(body, [&](const diagnostic& one) { found.push_back(one); }));
        CHECK(are_same(found, all.slow_warnings(body)));
      }
    }
  }
}

TEST_CASE("what was decoded before changes no result") {
  decoder learned;
  std::mt19937 random(5);
  const auto random_bytes = [&random] {
    std::string bytes;
    while (bytes.size() < 512) bytes += static_cast<char>(random() & 0xffU);
    return bytes;
  };
  const auto diagnostics_of = [](decoder& with, std::string_view body) {
    std::vector<diagnostic> found;
    with.validate(body, [&](const diagnostic& one) { found.push_back(one); });
    return found;
  };
  std::size_t accepted = 0;
  std::size_t rejected = 0;
  for (int order = 0; order < 60; ++order) {
    // Bodies of one order, new members and white space, with what differs between them at any place.
    const std::string order_bytes = random_bytes();
    for (int i = 0; i < 60; ++i) {
      const std::string bytes = random_bytes();
      fuzz::choices from(bytes);
      fuzz::choices order_from(order_bytes);
      fuzz::node tree = fuzz::tree_of(fuzz::random_event(from));
      for (int added = 0; added < order % 4; ++added)
        tree.members.push_back(fuzz::random_member(order_from, tree, 2));
      fuzz::shuffle(order_from, tree);
      std::string body = fuzz::print(tree, order_from, {order % 2 == 0, order % 3 == 0});
      for (const char broken : {'\0', ' ', '"', ':', 'x', '\\'}) {
        INFO(body);
        decoder fresh;
        const auto decoded = learned.decode(body);
        REQUIRE(decoded == fresh.decode(body));
        REQUIRE(are_same(diagnostics_of(learned, body), diagnostics_of(fresh, body)));
        ++(decoded ? accepted : rejected);
        const std::size_t at = random() % body.size();
        if (broken == ' ' || broken == '"') {
          body.insert(at, 1, broken);
        } else {
          body[at] = broken;
        }
      }
    }
  }
  CHECK(accepted > 3000);
  CHECK(rejected > 3000);
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
