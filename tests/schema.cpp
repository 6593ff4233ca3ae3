// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include <signhook/detail/decode/fields.hpp>
#include <signhook/schema.hpp>

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

namespace {

using namespace signhook;

static_assert(known_event<dossier_prepared> && !known_event<unknown_event>);

// What the service's page documents. The schema may have more types, members and states, never fewer.
struct documented_type {
  std::string_view name;
  std::vector<std::string_view> members;  // beside those of every event
};
const std::vector<documented_type> documented_types = {
    {"dossier.invite.created", {"/invite", "/invite/id"}},
    {"dossier.invite.expired", {"/invite", "/invite/id"}},
    {"dossier.invite.undelivered", {"/invite", "/invite/id"}},
    {"dossier.invite.viewed", {"/invite", "/invite/id", "/invitee", "/invitee/id"}},
    {"dossier.invitee.state.updated", {"/invitee", "/invitee/id", "/invitee/state"}},
    {"dossier.prepared", {}},
    {"dossier.state.updated", {}},
    {"dossier.invitee.reassignRequest.state.updated",
     {"/reassignRequest", "/reassignRequest/id", "/reassignRequest/state",
      "/reassignRequest/originalInvitee", "/reassignRequest/originalInvitee/id",
      "/reassignRequest/originalInvitee/state"}},
};
const std::vector<std::string_view> documented_members = {
    "/id", "/type", "/created", "/dossier", "/dossier/id", "/dossier/state"};

template <class Known>
void check_states(const std::vector<std::string_view>& documented) {
  const auto known = open_state<Known>::known_texts();
  std::set<std::string_view> distinct;
  for (std::size_t i = 0; i < known.size(); ++i) {
    INFO(known[i]);
    CHECK(distinct.insert(known[i]).second);
    const auto found = open_state<Known>::from_text(known[i]);
    REQUIRE(found);
    CHECK(found->is_known());
    CHECK(found->text() == known[i]);
    CHECK(open_state<Known>(found->value()) == *found);
  }
  for (const std::string_view text : documented) {
    INFO(text);
    CHECK(distinct.contains(text));
  }
}

}  // namespace

TEST_CASE("the types are distinct and in the order of the variant's alternatives") {
  std::set<std::string_view> distinct;
  for (std::size_t i = 0; i < event_types.size(); ++i) {
    INFO(event_types[i]);
    CHECK(distinct.insert(event_types[i]).second);
    CHECK(samples[i].index() == i);
    CHECK(type_of(samples[i]) == event_types[i]);
  }
  unknown_event unknown;
  unknown.type = *type_text::from("not a type");
  const event of = unknown;
  CHECK(type_of(of) == "not a type");
}

TEST_CASE("the schema has every documented type, and requires its documented members") {
  for (const documented_type& type : documented_types) {
    INFO(type.name);
    const auto at = std::find(event_types.begin(), event_types.end(), type.name);
    REQUIRE(at != event_types.end());
    const auto& fields =
        detail::event_fields.documents[static_cast<std::size_t>(at - event_types.begin())];
    std::set<std::string_view> required;
    for (std::size_t i = 1; i < detail::event_fields.size; ++i) {
      const auto field = static_cast<detail::field_id>(i);
      if (fields.required.has(field)) required.insert(detail::pointer_of<event>(field));
    }
    std::set<std::string_view> documented(documented_members.begin(), documented_members.end());
    documented.insert(type.members.begin(), type.members.end());
    CHECK(required == documented);
  }
}

TEST_CASE("the schema has every documented state, and its states are distinct") {
  check_states<dossier_state>({"draft", "pending", "completed"});
  check_states<invitee_state>({"approved", "declined", "reassigned"});
  check_states<reassign_request_state>({"pending", "approved"});
}

TEST_CASE("the pointers of all members are distinct") {
  std::set<std::string_view> distinct;
  for (std::size_t i = 0; i < detail::event_fields.size; ++i) {
    const std::string_view pointer = detail::pointer_of<event>(static_cast<detail::field_id>(i));
    INFO(pointer);
    CHECK(distinct.insert(pointer).second);
    CHECK(pointer.starts_with('/') == (i != 0));
  }
}
