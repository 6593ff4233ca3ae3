// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include <signhook/detail/decode/fields.hpp>
#include <signhook/schema.hpp>

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace signhook;

static_assert(known_event<dossier_prepared> && !known_event<unknown_event>);

}  // namespace

TEST_CASE("the table names the eight documented types, in the order of the alternatives") {
  CHECK(std::vector<std::string_view>(event_types.begin(), event_types.end()) ==
        std::vector<std::string_view>{
            "dossier.invite.created", "dossier.invite.expired", "dossier.invite.undelivered",
            "dossier.invite.viewed", "dossier.invitee.state.updated", "dossier.prepared",
            "dossier.state.updated", "dossier.invitee.reassignRequest.state.updated"});
  for (std::size_t i = 0; i < samples.size(); ++i) {
    CHECK(samples[i].index() == i);
    CHECK(type_of(samples[i]) == event_types[i]);
  }
  unknown_event unknown;
  unknown.type = *type_text::from("dossier.burned");
  const event of = unknown;
  CHECK(type_of(of) == "dossier.burned");
}

TEST_CASE("the pointers of all members") {
  std::set<std::string_view> pointers;
  for (std::size_t i = 0; i < detail::tree.size; ++i) {
    pointers.insert(detail::pointer_of(static_cast<detail::node_index>(i)));
  }
  CHECK(pointers == std::set<std::string_view>{
                        "", "/id", "/type", "/created", "/dossier", "/dossier/id", "/dossier/state",
                        "/invite", "/invite/id", "/invitee", "/invitee/id", "/invitee/state",
                        "/reassignRequest", "/reassignRequest/id", "/reassignRequest/state",
                        "/reassignRequest/originalInvitee", "/reassignRequest/originalInvitee/id",
                        "/reassignRequest/originalInvitee/state"});
}
