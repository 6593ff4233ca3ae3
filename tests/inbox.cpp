// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include <signhook/inbox.hpp>
#include <signhook/schema.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

namespace {

using signhook::begin_outcome;
using signhook::inbox_entry;

// The least that an inbox is.
class set_inbox {
 public:
  begin_outcome begin(const inbox_entry& entry) noexcept {
    const auto [at, is_new] =
        ids_.try_emplace(entry.id, state{entry.fingerprint, entry.received, false});
    if (is_new) return begin_outcome::acquired;
    if (at->second.fingerprint != entry.fingerprint) return begin_outcome::conflict;
    return at->second.is_handled ? begin_outcome::duplicate : begin_outcome::in_progress;
  }
  bool commit(const inbox_entry& entry) noexcept { return ids_.at(entry.id).is_handled = true; }
  void release(const inbox_entry& entry) noexcept { ids_.erase(entry.id); }
  bool dead_letter(const inbox_entry& entry, std::string_view) noexcept { return commit(entry); }
  bool quarantine(const signhook::quarantine_entry&) noexcept { return false; }
  std::size_t prune(signhook::time_point older_than, std::size_t at_most) noexcept {
    return std::erase_if(ids_, [&](const auto& one) {
      if (!one.second.is_handled || one.second.received >= older_than || at_most == 0) return false;
      --at_most;
      return true;
    });
  }

 private:
  struct state {
    std::uint64_t fingerprint;
    signhook::time_point received;
    bool is_handled;
  };
  std::map<signhook::event_id, state> ids_;
};

static_assert(signhook::inbox<set_inbox>);

struct throwing_inbox : set_inbox {
  bool commit(const inbox_entry& entry) { return set_inbox::commit(entry); }
};
static_assert(!signhook::inbox<throwing_inbox>, "an inbox does not throw");

}  // namespace

TEST_CASE("The concept's outcomes follow from a map of ids", "[inbox]") {
  set_inbox box;
  const auto entry = inbox_entry::from(signhook::samples[0], "{}", {});
  auto other = entry;
  ++other.fingerprint;
  CHECK(box.begin(entry) == begin_outcome::acquired);
  CHECK(box.begin(entry) == begin_outcome::in_progress);
  CHECK(box.begin(other) == begin_outcome::conflict);
  box.release(entry);
  CHECK(box.begin(entry) == begin_outcome::acquired);
  CHECK(box.commit(entry));
  CHECK(box.begin(entry) == begin_outcome::duplicate);
  CHECK(box.begin(other) == begin_outcome::conflict);
  CHECK(box.prune(entry.received, 1) == 0);
  CHECK(box.prune(entry.received + std::chrono::milliseconds(1), 1) == 1);
  CHECK(box.begin(entry) == begin_outcome::acquired);
}

TEST_CASE("An outcome that nobody set is unavailable", "[inbox]") {
  CHECK(begin_outcome{} == begin_outcome::unavailable);
}

// Databases keep fingerprints: a value that changes makes conflicts of retries.
TEST_CASE("Fingerprints of the documented bodies stay as they are", "[inbox]") {
  struct known {
    std::string_view type;
    std::uint64_t value;
  };
  for (const auto& one : std::vector<known>{
           {"dossier.invite.created", 0xf0118e3e05239199U},
           {"dossier.invite.expired", 0x97bfacbdd40ae1dfU},
           {"dossier.invite.undelivered", 0xd7b8dbe1ab1e3987U},
           {"dossier.invite.viewed", 0x1ddd1bcc1fa826d4U},
           {"dossier.invitee.state.updated", 0xc6d41a4276d465cdU},
           {"dossier.prepared", 0x73601e374e3a3424U},
           {"dossier.state.updated", 0x124bb6b491b454b1U},
           {"dossier.invitee.reassignRequest.state.updated", 0x88e5ae9dfbbd5ee2U},
       }) {
    INFO(one.type);
    const auto at = std::find(signhook::event_types.begin(), signhook::event_types.end(), one.type);
    REQUIRE(at != signhook::event_types.end());
    const auto index = static_cast<std::size_t>(at - signhook::event_types.begin());
    CHECK(signhook::fingerprint(signhook::samples[index]) == one.value);
  }
}
