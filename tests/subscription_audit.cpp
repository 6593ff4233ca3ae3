// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include <signhook/subscription.hpp>

#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace {

using namespace signhook;

webhook subscribed_to(const std::vector<std::string>& names) {
  webhook of;
  of.url = "https://example.com";
  of.events.emplace();
  for (const std::string& name : names) of.events->emplace_back(name);
  of.headers.push_back({"X-Secret", "0123456789abcdef"});
  of.disabled = false;
  return of;
}

std::vector<std::string> names_of(const webhook& of) {
  std::vector<std::string> names;
  for (const event_name& one : *of.events) names.push_back(one.text());
  return names;
}

static_assert(std::is_trivially_copyable_v<audit_report> && sizeof(audit_report) <= 16);

// Sets in constant expressions.
constexpr auto prepared = event_type_set::of<dossier_prepared>();
constexpr auto viewed = event_type_set::of<invite_viewed>();
constexpr auto others = event_type_set::of<unknown_event>();
static_assert(event_type_set::of<dossier_prepared, invite_viewed>() == (prepared | viewed));
static_assert((prepared | viewed) - viewed == prepared);
static_assert(event_type_set().empty() && !prepared.empty());

}  // namespace

TEST_CASE("a set holds the types of events by their index") {
  for (std::size_t i = 0; i < 40; ++i) {
    CHECK(prepared.contains(i) == (i == event(dossier_prepared()).index()));
    CHECK(others.contains(i) == (i == event(unknown_event()).index()));
    event_type_set one;
    one.insert(i);
    CHECK(one.contains(i) == (i < std::variant_size_v<event>));
    CHECK(one.empty() == (i >= std::variant_size_v<event>));
  }
}

TEST_CASE("a webhook that fits has nothing to repair") {
  const webhook of = subscribed_to({"dossier.prepared", "dossier.invite.viewed"});
  CHECK(audit(of, prepared | viewed).is_clean());
  CHECK(audit(of, prepared | viewed | others).is_clean());
  CHECK(repair(of, prepared | viewed) == of);
}

TEST_CASE("an audit tells each thing apart") {
  webhook of = subscribed_to({"dossier.prepared", "new", "newer"});
  audit_report expected;
  expected.not_handled = prepared | others;
  expected.not_subscribed = viewed;
  CHECK(audit(of, viewed) == expected);
  CHECK_FALSE(audit(of, viewed).is_clean());

  of = subscribed_to({"dossier.prepared"});
  of.disabled = true;
  expected = {};
  expected.disabled = true;
  CHECK(audit(of, prepared) == expected);
  of.disabled.reset();  // not told
  CHECK(audit(of, prepared).is_clean());

  of.headers.clear();
  expected = {};
  expected.unauthenticated = true;
  CHECK(audit(of, prepared) == expected);
  of.headers.push_back({"X-Secret", ""});  // as anybody could send it
  CHECK(audit(of, prepared) == expected);
  of.headers.push_back({"X-Other", "0123456789"});
  CHECK(audit(of, prepared).is_clean());

  of.events.reset();
  expected = {};
  expected.events_not_told = true;
  CHECK(audit(of, prepared) == expected);

  of.events.emplace();
  expected = {};
  expected.not_subscribed = prepared;
  CHECK(audit(of, prepared | others) == expected);
}

TEST_CASE("what is repaired has nothing left to repair, and is written as an update") {
  webhook of = subscribed_to(
      {"new", "dossier.state.updated", "dossier.invite.viewed", "new", "dossier.invite.viewed"});
  of.disabled = true;

  const webhook repaired = repair(of, prepared | viewed);
  CHECK(names_of(repaired) ==
        std::vector<std::string>{"dossier.invite.viewed", "dossier.prepared"});
  CHECK(audit(repaired, prepared | viewed).is_clean());
  std::string body;
  CHECK(encode_update_to(repaired, std::back_inserter(body)));
  CHECK(body ==
        R"({"url":"https://example.com","events":["dossier.invite.viewed","dossier.prepared"],)"
        R"("headers":{"X-Secret":"0123456789abcdef"},"disabled":false})");

  // Where unknown events are handled their names stay, once.
  CHECK(names_of(repair(of, prepared | others)) ==
        std::vector<std::string>{"new", "dossier.prepared"});

  // What was not told is set.
  of.events.reset();
  of.disabled.reset();
  CHECK(audit(repair(of, viewed), viewed).is_clean());
  CHECK(repair(of, viewed).disabled == false);

  // A secret cannot be invented here.
  of.headers.clear();
  CHECK(audit(repair(of, viewed), viewed).unauthenticated);
}

TEST_CASE("whatever is subscribed and handled, mending leaves nothing but the secret") {
  const std::vector<std::string> names(event_types.begin(), event_types.end());
  for (unsigned subscribed = 0; subscribed < 512; ++subscribed) {
    webhook of = subscribed_to({});
    for (unsigned i = 0; i < 9; ++i) {
      if ((subscribed >> i & 1U) != 0) of.events->emplace_back(i < 8 ? names[i] : "new");
    }
    for (unsigned handles = 0; handles < 512; handles += 3) {
      event_type_set handled;
      for (unsigned i = 0; i < 9; ++i) {
        if ((handles >> i & 1U) != 0) handled.insert(i);
      }
      const bool fits = (subscribed & ~handles) == 0 && (handles & ~subscribed & 0xffU) == 0;
      if (audit(of, handled).is_clean() != fits) FAIL(subscribed << " " << handles);
      if (!audit(repair(of, handled), handled).is_clean()) FAIL(subscribed << " " << handles);
    }
  }
  SUCCEED();
}
