// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include <signhook/encoder.hpp>
#include <signhook/format.hpp>
#include <signhook/inbox.hpp>
#include <signhook/inbox/memory.hpp>
#include <signhook/schema.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#if defined(__cpp_exceptions)
#include <stdexcept>
#endif

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
           {"dossier.invite.created", 0xbc786a2b753e1789U},
           {"dossier.invite.expired", 0x3f06b1d6f5827cfdU},
           {"dossier.invite.undelivered", 0xdc89293dc97af4e3U},
           {"dossier.invite.viewed", 0x3358bc49064f7b6eU},
           {"dossier.invitee.state.updated", 0x022691c770c1d5a9U},
           {"dossier.prepared", 0xde5008d6964d6155U},
           {"dossier.state.updated", 0xdf82461b1fe8a60aU},
           {"dossier.invitee.reassignRequest.state.updated", 0xa78873750dace4ecU},
       }) {
    INFO(one.type);
    const auto at = std::find(signhook::event_types.begin(), signhook::event_types.end(), one.type);
    REQUIRE(at != signhook::event_types.end());
    const auto index = static_cast<std::size_t>(at - signhook::event_types.begin());
    CHECK(signhook::fingerprint(signhook::samples[index]) == one.value);
  }
}

// ---- process ---------------------------------------------------------------------------------------

namespace {

using namespace signhook;
using namespace std::chrono_literals;

constexpr std::string_view right_secret = "c2VjcmV0IG9mIHRoZSB0ZXN0cw==";
constexpr std::array<std::string_view, 1> accepted_secrets = {right_secret};
constexpr std::array<header, 2> sender = {
    {{"X-Secret", right_secret}, {"Content-Type", "application/json"}}};

receiver make_receiver(const answer_policy& policy = always_acknowledge) {
  auto made =
      receiver::make({.secret_header = "X-Secret", .secrets = accepted_secrets, .policy = policy});
  REQUIRE(made);
  return std::move(*made);
}

std::string encoded_event(const event& of) {
  std::array<char, max_encoded_size> buffer{};
  return std::string(*encode(of, buffer));
}

const std::string& sample_body() {
  static const std::string body = encoded_event(samples[0]);
  return body;
}

// The same id with another content.
std::string conflicting_body() {
  std::string body = sample_body();
  body.replace(body.find("\"created\":\"20") + 11, 4, "2031");
  return body;
}

decoder& decoding() {
  static decoder one;
  return one;
}

template <class Inbox, class Handler>
process_result run(const receiver& with, Inbox& box, std::string_view body, Handler&& handler,
                   time_point now = {}) {
  return process(with, decoding(), box, {.method = "POST", .headers = sender, .body = body},
                 handler, now);
}

// Answers as the test says, and records the calls.
struct scripted_inbox {
  begin_outcome begins = begin_outcome::acquired;
  bool succeeds = true;
  std::string calls;
  std::string reason;

  begin_outcome begin(const inbox_entry&) noexcept {
    calls += "begin ";
    return begins;
  }
  bool commit(const inbox_entry&) noexcept {
    calls += "commit ";
    return succeeds;
  }
  void release(const inbox_entry&) noexcept { calls += "release "; }
  bool dead_letter(const inbox_entry&, std::string_view why) noexcept {
    calls += "dead_letter ";
    reason = why;
    return succeeds;
  }
  bool quarantine(const quarantine_entry& entry) noexcept {
    calls += "quarantine ";
    reason = entry.reason;
    return succeeds;
  }
  std::size_t prune(time_point, std::size_t) noexcept { return 0; }
};
static_assert(inbox<scripted_inbox>);

}  // namespace

TEST_CASE("process answers as the table of the concept says", "[inbox]") {
  struct row {
    std::string name;
    std::string body;
    begin_outcome begins;
    handled how;
    bool succeeds;
    std::string calls;
    process_outcome outcome;
    int status;
    std::string reason = {};
  };
  constexpr auto not_committed = process_outcome::not_committed;
  constexpr auto retry = process_outcome::retry;
  constexpr auto dead_lettered = process_outcome::dead_lettered;
  constexpr auto not_kept = process_outcome::not_kept;
  constexpr auto duplicate = process_outcome::duplicate;
  constexpr auto in_progress = process_outcome::in_progress;
  constexpr auto unavailable = process_outcome::unavailable;
  constexpr auto conflict = process_outcome::conflict;
  constexpr auto quarantined = process_outcome::quarantined;
  const std::string& good = sample_body();
  const handled dead = handled::dead_letter("year 0000");
  const begin_outcome acquired = begin_outcome::acquired;
  for (const row& one : {
           row{"done", good, acquired, handled::done, true, "begin handle commit ",
               process_outcome::handled, 200},
           row{"not committed", good, acquired, handled::done, false, "begin handle commit ",
               not_committed, 503},
           row{"retry", good, acquired, handled::retry, true, "begin handle release ", retry, 503},
           row{"dead letter", good, acquired, dead, true, "begin handle dead_letter ",
               dead_lettered, 200, "year 0000"},
           row{"dead letter not kept", good, acquired, dead, false, "begin handle dead_letter ",
               not_kept, 503, "year 0000"},
           row{"duplicate", good, begin_outcome::duplicate, handled::done, true, "begin ",
               duplicate, 200},
           row{"in progress", good, begin_outcome::in_progress, handled::done, true, "begin ",
               in_progress, 503},
           row{"unavailable", good, begin_outcome::unavailable, handled::done, true, "begin ",
               unavailable, 503},
           row{"conflict", good, begin_outcome::conflict, handled::done, true, "begin quarantine ",
               conflict, 200, "conflict"},
           row{"conflict not kept", good, begin_outcome::conflict, handled::done, false,
               "begin quarantine ", not_kept, 503, "conflict"},
           row{"no event", "{}", acquired, handled::done, true, "quarantine ", quarantined, 200,
               "missing_member"},
           row{"no event, not kept", "{}", acquired, handled::done, false, "quarantine ", not_kept,
               503, "missing_member"},
       }) {
    INFO(one.name);
    const receiver with = make_receiver();
    scripted_inbox box{one.begins, one.succeeds, {}, {}};
    const auto got = run(with, box, one.body, [&](const event& handed) {
      box.calls += "handle ";
      CHECK(handed == samples[0]);
      return one.how;
    });
    CHECK(box.calls == one.calls);
    CHECK(box.reason == one.reason);
    CHECK(got.outcome == one.outcome);
    CHECK(got.status == one.status);
    CHECK(got.id.has_value() == (one.body == good));
    CHECK_FALSE(got.exception);
  }
}

TEST_CASE("a stranger's request does not reach the inbox", "[inbox]") {
  const receiver with = make_receiver();
  scripted_inbox box;
  const auto got = process(with, decoding(), box, {.method = "POST", .body = sample_body()},
                           [](const event&) {});
  CHECK(got.outcome == process_outcome::unauthenticated);
  CHECK(got.status == 401);
  CHECK(box.calls.empty());
}

TEST_CASE("faults are kept whatever the policy answers", "[inbox]") {
  const receiver with = make_receiver(http_semantics);
  scripted_inbox box;
  const auto got = process(with, decoding(), box, {.method = "PUT", .headers = sender, .body = "x"},
                           [](const event&) {});
  CHECK(got.outcome == process_outcome::quarantined);
  CHECK(got.status == 405);
  CHECK(got.fault == fault::method);
  CHECK(box.reason == "method");
  CHECK(fmt::format("{}", got) == "quarantined, answered 405: method");
  box.succeeds = false;
  CHECK(run(with, box, "{", [](const event&) {}).status == 503);
}

TEST_CASE("handlers of every kind", "[inbox]") {
  const receiver with = make_receiver();
  const auto outcome_with = [&](auto handler) {
    scripted_inbox box;
    return run(with, box, sample_body(), handler).outcome;
  };
  CHECK(outcome_with([](const event&) {}) == process_outcome::handled);
  CHECK(outcome_with([](const event&) { return true; }) == process_outcome::handled);
  CHECK(outcome_with([](const event&) { return false; }) == process_outcome::retry);
  CHECK(outcome_with([](const inbox_entry& entry) { return entry.body == sample_body(); }) ==
        process_outcome::handled);
  CHECK(outcome_with(std::function<handled(const event&)>(
            [](const event&) { return handled::retry; })) == process_outcome::retry);
#if defined(__cpp_exceptions)
  scripted_inbox box;
  const auto got = run(with, box, sample_body(),
                       [](const event&) { throw std::runtime_error("the database is away"); });
  CHECK(got.outcome == process_outcome::threw);
  CHECK(got.status == 503);
  CHECK(box.calls == "begin release ");
  REQUIRE(got.exception);
  CHECK_THROWS_WITH(std::rethrow_exception(got.exception), "the database is away");
#endif
}

TEST_CASE("reasons are cut between characters", "[inbox]") {
  const std::string umlauts = std::string(handled::max_reason_size - 1, 'x') + "\xc3\xbc";
  CHECK(handled::dead_letter("").is_dead_letter());
  const handled cut = handled::dead_letter(umlauts);
  CHECK(cut.reason() == umlauts.substr(0, handled::max_reason_size - 1));
  const handled whole = handled::dead_letter(umlauts.substr(1));
  CHECK(whole.reason() == umlauts.substr(1));
  const handled invalid = handled::dead_letter("\xff");
  CHECK(invalid.is_dead_letter());
  CHECK(invalid.reason().empty());
}

TEST_CASE("a claim is finished later, and released if it is dropped", "[inbox]") {
  const receiver with = make_receiver();
  scripted_inbox box;
  const request of{.method = "POST", .headers = sender, .body = sample_body()};
  {
    auto claimed = try_claim(with, decoding(), box, of);
    REQUIRE(claimed);
    std::vector<claim<scripted_inbox>> later;
    later.push_back(std::move(*claimed));
    CHECK(box.calls == "begin ");
    CHECK(later[0].event() == samples[0]);
    CHECK(std::move(later[0]).finish(handled::done).outcome == process_outcome::handled);
    // Again, and through the one that was moved from: nothing is done twice.
    CHECK(std::move(later[0]).finish(handled::done).status == 503);
    CHECK(std::move(*claimed).finish(handled::done).status == 503);
  }
  CHECK(box.calls == "begin commit ");
  {
    auto first = try_claim(with, decoding(), box, of);
    auto second = try_claim(with, decoding(), box, of);
    REQUIRE((first && second));
    *first = std::move(*second);
    CHECK(box.calls == "begin commit begin begin release ");
  }
  CHECK(box.calls == "begin commit begin begin release release ");
}

// ---- memory_inbox ----------------------------------------------------------------------------------

TEST_CASE("an inbox in memory handles an event once", "[inbox]") {
  const receiver with = make_receiver();
  memory_inbox box;
  std::size_t effects = 0;
  const auto deliver = [&](std::string_view body, time_point now, bool succeeds = true) {
    return run(
               with, box, body, [&](const event&) { return succeeds && ++effects != 0; }, now)
        .outcome;
  };
  const time_point start{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};
  CHECK(deliver(sample_body(), start, false) == process_outcome::retry);
  CHECK(box.size() == 0);
  CHECK(deliver(sample_body(), start) == process_outcome::handled);
  CHECK(deliver(sample_body(), start + 4 * 24h) == process_outcome::duplicate);
  CHECK(deliver("  " + sample_body(), start) == process_outcome::duplicate);
  CHECK(effects == 1);
  // Without sinks nothing is kept, and nothing is dropped.
  CHECK(deliver(conflicting_body(), start) == process_outcome::not_kept);
  CHECK(deliver("{", start) == process_outcome::not_kept);
  CHECK(deliver(sample_body(), start + 5 * 24h) == process_outcome::handled);
  CHECK(box.size() == 1);
  CHECK(box.evictions() == 0);
}

TEST_CASE("an inbox in memory keeps by its sinks", "[inbox]") {
  const receiver with = make_receiver();
  std::vector<std::string> kept;
  bool succeeds = true;
  memory_inbox_options options;
  options.quarantine = [&](const quarantine_entry& entry) {
    kept.push_back(std::string(entry.reason) + " " + std::string(entry.body));
    return succeeds;
  };
  options.dead_letter = [&](const inbox_entry& entry, std::string_view reason) {
#if defined(__cpp_exceptions)
    if (!succeeds) throw std::runtime_error("disk full");
#endif
    kept.push_back(std::string(reason) + " " + std::string(entry.body));
    return succeeds;
  };
  memory_inbox box(options);
  const auto dead = [](const event&) { return handled::dead_letter("never"); };
  succeeds = false;
  CHECK(run(with, box, sample_body(), dead).outcome == process_outcome::not_kept);
  CHECK(run(with, box, "{}", dead).status == 503);
  CHECK(box.size() == 0);
  kept.clear();
  succeeds = true;
  CHECK(run(with, box, sample_body(), dead).outcome == process_outcome::dead_lettered);
  CHECK(run(with, box, sample_body(), dead).outcome == process_outcome::duplicate);
  CHECK(run(with, box, conflicting_body(), dead).outcome == process_outcome::conflict);
  CHECK(run(with, box, "{}", dead).outcome == process_outcome::quarantined);
  CHECK(kept == std::vector<std::string>{"never " + sample_body(), "conflict " + conflicting_body(),
                                         "missing_member {}"});
}

TEST_CASE("an inbox in memory starts from records, is bounded and pruned", "[inbox]") {
  const receiver with = make_receiver();
  memory_inbox_options options;
  options.capacity = 2;
  memory_inbox box(options);
  const auto entry = inbox_entry::from(samples[0], sample_body(), time_point(10ms));
  CHECK(box.remember(entry.id, entry.received));
  CHECK(run(with, box, sample_body(), [](const event&) {}).outcome == process_outcome::duplicate);
  // Without a fingerprint there is no conflict.
  CHECK(run(with, box, conflicting_body(), [](const event&) {}).outcome ==
        process_outcome::duplicate);
  CHECK(box.remember(entry.id, entry.received, entry.fingerprint));
  CHECK(run(with, box, conflicting_body(), [](const event&) {}).outcome ==
        process_outcome::not_kept);
  CHECK(box.prune(time_point(10ms), 9) == 0);
  CHECK(box.prune(time_point(11ms), 0) == 0);
  CHECK(box.prune(time_point(11ms), 9) == 1);
  CHECK(box.remember(entry.id, entry.received));
  CHECK(box.erase(entry.id));
  CHECK_FALSE(box.erase(entry.id));

  // Claims are never forgotten: without room the next is unavailable.
  auto other = entry;
  other.id.value.bytes[0] ^= 1U;
  auto third = entry;
  third.id.value.bytes[0] ^= 2U;
  CHECK(box.begin(entry) == begin_outcome::acquired);
  CHECK(box.begin(other) == begin_outcome::acquired);
  CHECK(box.begin(third) == begin_outcome::unavailable);
  CHECK_FALSE(box.erase(entry.id));
  CHECK_FALSE(box.remember(entry.id, entry.received));
  CHECK(box.prune(time_point::max(), 9) == 0);
  CHECK(box.commit(other));
  CHECK(box.begin(third) == begin_outcome::acquired);
  CHECK(box.evictions() == 1);
  CHECK(box.begin(other) == begin_outcome::unavailable);
  box.release(entry);
  box.release(third);
  CHECK(box.size() == 0);
}

// ---- All interleavings of two deliveries -------------------------------------------------------------

namespace {

// A delivery's steps are begin, handle and finish. In each run one step of one delivery may fail, and the
// process may end after any number of steps, whereupon the sender delivers again.
struct schedule {
  std::vector<int> order;            // the delivery of each step
  int failing = -1;                  // the delivery whose handler wants a retry
  std::optional<std::size_t> crash;  // after so many steps
};

std::vector<std::vector<int>> interleavings(int left_of_first, int left_of_second) {
  if (left_of_first == 0 && left_of_second == 0) return {{}};
  std::vector<std::vector<int>> all;
  for (const int which : {0, 1}) {
    const int first = left_of_first - (which == 0 ? 1 : 0);
    const int second = left_of_second - (which == 1 ? 1 : 0);
    if (first < 0 || second < 0) continue;
    for (std::vector<int> rest : interleavings(first, second)) {
      rest.insert(rest.begin(), which);
      all.push_back(std::move(rest));
    }
  }
  return all;
}

// The specification: what a delivery is answered, and what is written, in one process that lives on.
struct specification {
  bool is_claimed = false;
  bool is_handled = false;
  begin_outcome begin() {
    if (is_handled) return begin_outcome::duplicate;
    if (is_claimed) return begin_outcome::in_progress;
    is_claimed = true;
    return begin_outcome::acquired;
  }
  void finish(bool is_done) {
    is_claimed = false;
    is_handled = is_done;
  }
};

}  // namespace

TEST_CASE("all interleavings of two deliveries, a failure and a crash", "[inbox]") {
  const receiver with = make_receiver();
  const request of{.method = "POST", .headers = sender, .body = sample_body()};
  std::vector<schedule> all;
  for (const auto& order : interleavings(3, 3)) {
    for (const int failing : {-1, 0, 1}) {
      all.push_back({order, failing, std::nullopt});
      for (std::size_t crash = 0; crash <= order.size(); ++crash)
        all.push_back({order, failing, crash});
    }
  }
  for (const schedule& one : all) {
    std::optional<memory_inbox> box(std::in_place);
    specification model;
    int committed = 0;
    bool is_acknowledged = false;
    struct delivery {
      int step = 0;
      std::optional<claim<memory_inbox>> mine;
    };
    {
      std::array<delivery, 2> deliveries;
      for (std::size_t at = 0; at < one.order.size() && one.crash != at; ++at) {
        const int which = one.order[at];
        delivery& now = deliveries[static_cast<std::size_t>(which)];
        switch (now.step++) {
          case 0: {
            auto claimed = try_claim(with, decoding(), *box, of);
            const begin_outcome expected = model.begin();
            CHECK(claimed.has_value() == (expected == begin_outcome::acquired));
            if (claimed) {
              now.mine.emplace(std::move(*claimed));
              break;
            }
            const auto answer = claimed.error();
            CHECK((answer.status == 200) == (expected == begin_outcome::duplicate));
            CHECK((answer.outcome == process_outcome::in_progress) ==
                  (expected == begin_outcome::in_progress));
            is_acknowledged = is_acknowledged || answer.status == 200;
            break;
          }
          case 1: break;  // the effect, of which a release leaves nothing
          default: {
            if (!now.mine) break;
            const bool is_done = one.failing != which;
            const auto answer =
                std::move(*now.mine).finish(is_done ? handled::done : handled::retry);
            model.finish(is_done);
            committed += is_done ? 1 : 0;
            CHECK((answer.status == 200) == is_done);
            is_acknowledged = is_acknowledged || answer.status == 200;
          }
        }
        // An answer of 2xx is only ever given for what is written.
        if (is_acknowledged) CHECK(committed == 1);
        CHECK(committed <= 1);
      }
    }
    // Claims that were open are released. A crash takes the memory with it: it covers one process.
    if (one.crash) box.emplace();
    // The sender goes on until it has its 2xx.
    for (int attempt = 0; !is_acknowledged && attempt < 5; ++attempt) {
      const auto answer = process(with, decoding(), *box, of, [&](const event&) { ++committed; });
      is_acknowledged = answer.status == 200;
    }
    CHECK(is_acknowledged);
    CHECK(committed >= 1);  // never lost
    // Only a crash between the commit and the answer doubles, and here there is none.
    if (!one.crash) CHECK(committed == 1);
  }
  CHECK(all.size() == 20 * 3 * 8);
}
