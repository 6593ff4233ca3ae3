// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include <signhook/delivery.hpp>
#include <signhook/enumeration.hpp>
#include <signhook/error.hpp>
#include <signhook/event.hpp>
#include <signhook/inbox.hpp>
#include <signhook/receiver.hpp>
#include <signhook/subscription/request_error.hpp>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <set>
#include <string_view>

namespace {

using namespace signhook;

enum class from_zero : unsigned char { first, second_one };
enum class from_one : unsigned char { first = 1, second_one };

static_assert(enumerators<from_zero>.size() == 2 && enumerators<from_one>.size() == 2);
static_assert(enumerators<from_one>[0] == from_one::first);
static_assert(name(from_zero::second_one) == "second_one");
static_assert(name(from_one::second_one) == "second_one");
static_assert(from_name<from_one>("first") == from_one::first);
static_assert(!from_name<from_one>("third") && !from_name<from_one>(""));

// The names of states are those on the wire.
static_assert(!enumeration<dossier_state> && !enumeration<int>);
static_assert(name(dossier_state::other) == "other");
static_assert(name(dossier_state::completed) == schema<dossier_state>::states.back().name);

}  // namespace

TEST_CASE("a value that is no enumerator has no name") {
  for (const int value : {2, 3, 128, 255}) {
    CHECK(name(static_cast<from_zero>(value)).empty());
  }
  for (const int value : {0, 3, 128, 255}) CHECK(name(static_cast<from_one>(value)).empty());
  CHECK(name(static_cast<dossier_state>(255)).empty());
}

TEMPLATE_TEST_CASE("each enumerator has a name of its own", "", errc, request_errc, receiver_errc,
                   severity, expectation, source, delivery_outcome, health, recovery, verdict,
                   fault, begin_outcome, process_outcome) {
  std::set<std::string_view> names;
  for (const TestType one : enumerators<TestType>) {
    const std::string_view text = name(one);
    INFO(text);
    names.insert(text);
    CHECK(std::all_of(text.begin(), text.end(), [](char c) {
      return std::islower(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '8';  // UTF-8
    }));
    CHECK(from_name<TestType>(text) == one);
  }
  CHECK(names.size() == enumerators<TestType>.size());
  CHECK(names.size() > 1);
}
