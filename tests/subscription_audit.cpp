// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include <signhook/subscription.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace {

using namespace signhook;

subscription subscribed_to(const std::vector<std::string>& names) {
  subscription of;
  of.url = "https://example.com";
  of.events.emplace();
  for (const std::string& name : names) of.events->emplace_back(name);
  of.headers.push_back({"X-Secret", "0123456789abcdef"});
  of.disabled = false;
  return of;
}

std::vector<std::string> names_of(const subscription& of) {
  std::vector<std::string> names;
  for (const event_name& one : *of.events) names.push_back(one.text());
  return names;
}

static_assert(std::is_trivially_copyable_v<audit_report> && sizeof(audit_report) <= 32);

constexpr auto prepared = event_type_set::of<dossier_prepared>();
constexpr auto viewed = event_type_set::of<invite_viewed>();
constexpr auto others = event_type_set::of<unknown_event>();
static_assert(event_type_set::of<dossier_prepared, invite_viewed>() == (prepared | viewed));
static_assert((prepared | viewed) - viewed == prepared);
static_assert(event_type_set().empty() && !prepared.empty());

}  // namespace

TEST_CASE("a set holds event types by their index") {
  for (std::size_t i = 0; i < 40; ++i) {
    CHECK(prepared.contains(i) == (i == event(dossier_prepared()).index()));
    CHECK(others.contains(i) == (i == event(unknown_event()).index()));
    event_type_set one;
    one.insert(i);
    CHECK(one.contains(i) == (i < std::variant_size_v<event>));
    CHECK(one.empty() == (i >= std::variant_size_v<event>));
  }
}

TEST_CASE("a set is iterated over, counted, and made from names") {
  std::size_t count = 0;
  event_type_set again;
  for (const std::size_t index : prepared | viewed | others) {
    ++count;
    again.insert(index);
  }
  CHECK(count == 3);
  CHECK(again == (prepared | viewed | others));
  CHECK(again.size() == 3);
  CHECK(event_type_set().begin() == event_type_set().end());
  CHECK(again.names() ==
        std::vector{event_name("dossier.invite.viewed"), event_name("dossier.prepared")});
  CHECK(event_type_set::from_names(again.names()) == (prepared | viewed));
  CHECK(event_type_set::from_names(std::vector<std::string>{"new", "dossier.prepared"}) ==
        (prepared | others));
  CHECK(event_type_set::from_names(event_types).size() == event_types.size());
  static_assert(std::forward_iterator<event_type_set::iterator>);
  static_assert(std::ranges::forward_range<event_type_set>);
  static_assert(std::ranges::sized_range<event_type_set>);
}

TEST_CASE("the types of a request and of a subscription are made of a set") {
  const subscription_request request{"https://example.com", prepared | viewed, {}};
  CHECK(request.events == (prepared | viewed).names());
  CHECK(request.event_types() == (prepared | viewed));
  CHECK_FALSE(validate(request));
  subscription of;
  of.events = prepared | viewed;
  CHECK(of.events == request.events);
  // Without types the service sends its default ones.
  CHECK(subscription_request{"https://example.com", event_type_set(), {}}.event_types() ==
        event_type_set::of<dossier_state_updated, dossier_prepared, invite_undelivered>());
  // Unknown types have no name to ask for.
  CHECK(subscription_request{"https://example.com", prepared | others, {}}.event_types() ==
        prepared);
}

TEST_CASE("an audit and a repair take types and headers from the request") {
  const custom_header secret{"X-Secret", "0123456789abcdef"};
  const subscription_request request{"https://example.com", prepared | viewed, {secret}};
  const subscription same = subscribed_to({"dossier.prepared", "dossier.invite.viewed"});
  CHECK(audit(same, request).is_clean());
  CHECK(repair(same, request) == same);

  subscription of = subscribed_to({"dossier.prepared", "dossier.state.updated"});
  of.url = "https://example.com/other";
  of.headers = {{"X-Other", "1"}, {"x-secret", ""}};
  of.disabled = true;
  audit_report expected;
  expected.not_handled = event_type_set::of<dossier_state_updated>();
  expected.not_subscribed = viewed;
  expected.disabled = true;
  expected.unauthenticated = true;
  CHECK(audit(of, request) == expected);
  const subscription repaired = repair(of, request);
  CHECK(audit(repaired, request).is_clean());
  CHECK(names_of(repaired) ==
        std::vector<std::string>{"dossier.prepared", "dossier.invite.viewed"});
  CHECK(repaired.headers == std::vector<custom_header>{{"X-Other", "1"}, secret});
  CHECK(repaired.url == of.url);

  // Any header of the request may be the secret, and one without headers has none.
  subscription_request two = request;
  two.headers.push_back({"X-Other", "1"});
  CHECK(audit(same, two).unauthenticated);
  CHECK(audit(repair(same, two), two).is_clean());
  two.headers.clear();
  CHECK(audit(same, two).unauthenticated);
  CHECK(repair(same, two) == same);

  // Without types: the service's default ones.
  const subscription_request by_default{"https://example.com", {}, {secret}};
  subscription defaults = same;
  defaults.events.emplace();
  for (const std::string_view type : default_event_types) {
    defaults.events->emplace_back(std::string(type));
  }
  CHECK(audit(defaults, by_default).is_clean());
}

TEST_CASE("a subscription that fits has no difference") {
  const subscription of = subscribed_to({"dossier.prepared", "dossier.invite.viewed"});
  CHECK(audit(of, prepared | viewed).is_clean());
  CHECK(audit(of, prepared | viewed | others).is_clean());
  CHECK(repair(of, prepared | viewed) == of);
}

TEST_CASE("an audit reports each difference") {
  subscription of = subscribed_to({"dossier.prepared", "new", "newer"});
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
  of.disabled.reset();
  CHECK(audit(of, prepared).is_clean());

  of.headers.clear();
  expected = {};
  expected.unauthenticated = true;
  CHECK(audit(of, prepared) == expected);
  of.headers.push_back({"X-Secret", ""});  // anybody could send that
  CHECK(audit(of, prepared) == expected);
  of.headers.push_back({"X-Other", "0123456789"});
  CHECK(audit(of, prepared).is_clean());
  CHECK(audit(of, prepared, "x-other").is_clean());
  CHECK(audit(of, prepared, "X-Secret") == expected);  // it has no value
  CHECK(audit(of, prepared, "X-Absent") == expected);

  of.events.reset();
  expected = {};
  expected.events_absent = true;
  CHECK(audit(of, prepared) == expected);

  of.events.emplace();
  expected = {};
  expected.not_subscribed = prepared;
  CHECK(audit(of, prepared | others) == expected);
}

TEST_CASE("a repaired subscription has no difference left, and is written as an update") {
  subscription of = subscribed_to(
      {"new", "dossier.state.updated", "dossier.invite.viewed", "new", "dossier.invite.viewed"});
  of.disabled = true;

  const subscription repaired = repair(of, prepared | viewed);
  CHECK(names_of(repaired) ==
        std::vector<std::string>{"dossier.invite.viewed", "dossier.prepared"});
  CHECK(audit(repaired, prepared | viewed).is_clean());
  std::string body;
  CHECK(encode_update_to(repaired, std::back_inserter(body)));
  CHECK(body ==
        R"({"url":"https://example.com","events":["dossier.invite.viewed","dossier.prepared"],)"
        R"("headers":{"X-Secret":"0123456789abcdef"},"disabled":false})");

  // Unknown names stay, once each, if unknown events are handled.
  CHECK(names_of(repair(of, prepared | others)) ==
        std::vector<std::string>{"new", "dossier.prepared"});

  // Absent members are set.
  of.events.reset();
  of.disabled.reset();
  CHECK(audit(repair(of, viewed), viewed).is_clean());
  CHECK(repair(of, viewed).disabled == false);

  // The secret is set only if it is given.
  of.headers = {{"x-secret", ""}, {"X-Other", "1"}};
  CHECK(audit(repair(of, viewed), viewed, "X-Secret").unauthenticated);
  const subscription with_secret = repair(of, viewed, {"X-Secret", "0123456789"});
  CHECK(audit(with_secret, viewed, "x-secret").is_clean());
  CHECK(with_secret.headers ==
        std::vector<custom_header>{{"X-Other", "1"}, {"X-Secret", "0123456789"}});
}

TEST_CASE("a repair leaves no difference, whatever is subscribed and handled") {
  const std::vector<std::string> names(event_types.begin(), event_types.end());
  // All pairs of sets of a few types, the last of them unknown.
  const std::size_t known = std::min<std::size_t>(names.size(), 8);
  const unsigned sets = 2U << known;
  for (unsigned subscribed = 0; subscribed < sets; ++subscribed) {
    subscription of = subscribed_to({});
    for (std::size_t i = 0; i <= known; ++i) {
      if ((subscribed >> i & 1U) != 0) of.events->emplace_back(i < known ? names[i] : "new");
    }
    for (unsigned handles = 0; handles < sets; handles += 3) {
      event_type_set handled;
      for (std::size_t i = 0; i <= known; ++i) {
        if ((handles >> i & 1U) != 0) {
          handled.insert(i < known ? i : event(unknown_event()).index());
        }
      }
      const bool fits =
          (subscribed & ~handles) == 0 && (handles & ~subscribed & (sets / 2 - 1)) == 0;
      if (audit(of, handled).is_clean() != fits) FAIL(subscribed << " " << handles);
      if (!audit(repair(of, handled), handled).is_clean()) FAIL(subscribed << " " << handles);
    }
  }
  SUCCEED();
}
