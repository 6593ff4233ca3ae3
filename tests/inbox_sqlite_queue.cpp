// SPDX-License-Identifier: BSL-1.0
#include "any_time.hpp"
#include "inbox_sqlite.hpp"
#include "queue_steps.hpp"
#include <signhook/decoder.hpp>
#include <signhook/inbox.hpp>
#include <signhook/receiver.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

static_assert(queue_takes_any_time<signhook::sqlite_inbox>);

using namespace sqlite_test;  // NOLINT(google-build-using-namespace)
using signhook::acknowledge_outcome;
using signhook::begin_outcome;
using signhook::retry_outcome;
using signhook::sqlite_errc;
using signhook::sqlite_options;
using signhook::take_outcome;

constexpr sqlite_options three_attempts = {.queue = {.lease = std::chrono::milliseconds(1'000),
                                                     .first_delay = std::chrono::milliseconds(100),
                                                     .max_delay = std::chrono::milliseconds(100),
                                                     .jitter = 0,
                                                     .max_attempts = 3}};

constexpr std::string_view sample_body = R"({"id":"b041a287-bc92-4469-801e-ae1a39c08f6e",
  "type":"dossier.state.updated","created":"2026-01-01T00:00:00+00:00",
  "dossier":{"id":"b659c273-954e-43cf-893a-0f74a7f87153","state":"completed"}})";

void store(signhook::sqlite_inbox& box, std::uint16_t number, std::string_view body = "{}") {
  REQUIRE(box.begin(entry_of(number, body)) == begin_outcome::acquired);
  REQUIRE(box.enqueue(entry_of(number, body)));
  REQUIRE(box.commit(entry_of(number, body)));
}

// entry_of's number, which is in the id.
unsigned number_of(const signhook::queue_lease& lease) {
  return lease.id.value.bytes[0] * 256U + lease.id.value.bytes[1];
}

}  // namespace

TEST_CASE("A stored event is handled once, in the order of arrival", "[sqlite]") {
  const database db;
  const connection one = db.create();
  auto box = make(one, three_attempts);
  CHECK(box.take(at(5'000)).outcome == take_outcome::idle);
  using namespace std::string_view_literals;
  store(box, 2, "{\0}"sv);
  store(box, 1, "");
  CHECK(box.begin(entry_of(1)) == begin_outcome::duplicate);
  CHECK(box.take(at(1'000)).outcome == take_outcome::idle);  // not due before they arrive

  const auto first = box.take(at(5'000));
  REQUIRE(first.outcome == take_outcome::taken);
  CHECK(number_of(first.lease) == 1);
  CHECK(first.lease.attempt == 1);
  CHECK(first.lease.received == at(1'001));
  CHECK(sqlite3_get_autocommit(one.get()) != 0);
  REQUIRE(box.open(first.lease));
  CHECK(box.stored_body(first.lease) == ""sv);
  REQUIRE(write_effect(one) == SQLITE_OK);
  REQUIRE(box.finish(first.lease));
  CHECK_FALSE(box.finish(first.lease));

  const auto second = box.take(at(5'000));
  REQUIRE(second.outcome == take_outcome::taken);
  CHECK(number_of(second.lease) == 2);
  REQUIRE(box.open(second.lease));
  CHECK(box.stored_body(second.lease) == "{\0}"sv);
  REQUIRE(box.finish(second.lease));

  CHECK(box.take(at(99'000)).outcome == take_outcome::idle);
  CHECK(box.last_error().code == sqlite_errc::none);
  CHECK(count(one, "effects") == 1);
  CHECK(count(one, "signhook_queue") == 0);
  CHECK(count(one, "signhook_inbox") == 2);
}

TEST_CASE("An event is stored in a claim only, and with it", "[sqlite]") {
  const database db;
  const connection one = db.create();
  auto box = make(one);
  CHECK_FALSE(box.enqueue(entry_of(1)));
  CHECK(box.last_error().code == sqlite_errc::no_claim);
  REQUIRE(box.begin(entry_of(1)) == begin_outcome::acquired);
  REQUIRE(box.enqueue(entry_of(1)));
  box.release(entry_of(1));
  CHECK(count(one, "signhook_queue") == 0);

  REQUIRE(box.begin(entry_of(1)) == begin_outcome::acquired);
  REQUIRE(run(one, "rollback") == SQLITE_OK);
  CHECK_FALSE(box.enqueue(entry_of(1)));
  CHECK(box.last_error().code == sqlite_errc::lost_transaction);
  CHECK(count(one, "signhook_queue") == 0);
  box.release(entry_of(1));
}

TEST_CASE("An event that fails comes again later, and then becomes a dead letter", "[sqlite]") {
  const database db;
  const connection one = db.create();
  auto box = make(one, three_attempts);
  store(box, 1, "body");
  std::int64_t now = 5'000;
  for (std::uint32_t attempt = 1; attempt <= 3; ++attempt) {
    const auto taken = box.take(at(now));
    REQUIRE(taken.outcome == take_outcome::taken);
    CHECK(taken.lease.attempt == attempt);
    REQUIRE(box.open(taken.lease));
    REQUIRE(write_effect(one) == SQLITE_OK);
    CHECK(box.retry(taken.lease, at(now)) ==
          (attempt < 3 ? retry_outcome::scheduled : retry_outcome::dead_lettered));
    CHECK(sqlite3_get_autocommit(one.get()) != 0);
    CHECK(box.retry(taken.lease, at(now)) ==
          (attempt < 3 ? retry_outcome::scheduled : retry_outcome::unrecorded));
    CHECK(count(one, "effects") == 0);
    CHECK(box.take(at(now + 99)).outcome == take_outcome::idle);
    now += 100;
  }
  CHECK(query(one, "select reason || attempts || body from signhook_dead_letters").at(0) ==
        "the last attempt failed3body");
  CHECK(count(one, "signhook_queue") == 0);

  // A person lets it be tried again.
  CHECK_FALSE(box.requeue(entry_of(2).id, at(now)));
  CHECK(box.last_error().code == sqlite_errc::not_found);
  REQUIRE(box.requeue(entry_of(1).id, at(now)));
  CHECK_FALSE(box.requeue(entry_of(1).id, at(now)));
  const auto again = box.take(at(now));
  REQUIRE(again.outcome == take_outcome::taken);
  CHECK(again.lease.attempt == 1);
  REQUIRE(box.open(again.lease));
  CHECK(box.stored_body(again.lease) == "body");
  CHECK(box.finish(again.lease));
}

TEST_CASE("A stored event that cannot be handled is a dead letter", "[sqlite]") {
  const database db;
  const connection one = db.create();
  auto box = make(one, three_attempts);
  store(box, 1, "body");
  const auto taken = box.take(at(5'000));
  REQUIRE(box.open(taken.lease));
  REQUIRE(write_effect(one) == SQLITE_OK);
  using namespace std::string_view_literals;
  REQUIRE(box.dead_letter(taken.lease, "no\0way"sv));
  CHECK_FALSE(box.dead_letter(taken.lease, "twice"));
  CHECK(box.last_error().code == sqlite_errc::lost_lease);
  CHECK(count(one, "effects") == 0);
  CHECK(query(one, "select reason from signhook_dead_letters").at(0) == "no\xe2\x90\x80way");
  CHECK(box.begin(entry_of(1)) == begin_outcome::duplicate);

  // Also one of a request.
  REQUIRE(box.begin(entry_of(2, "other")) == begin_outcome::acquired);
  REQUIRE(box.dead_letter(entry_of(2, "other"), "why"));
  REQUIRE(box.requeue(entry_of(2).id, at(0)));
  const auto requeued = box.take(at(5'000));
  REQUIRE(box.open(requeued.lease));
  CHECK(box.stored_body(requeued.lease) == "other");
  CHECK(box.finish(requeued.lease));
}

TEST_CASE("Workers never have the same event, and nobody waits for one that another has",
          "[sqlite]") {
  const database db;
  const connection one = db.create();
  const connection other = db.open();
  auto box = make(one, three_attempts);
  auto elsewhere = make(other, three_attempts);
  store(box, 1);
  store(box, 2);
  const auto first = box.take(at(5'000));
  const auto second = elsewhere.take(at(5'000));
  REQUIRE(first.outcome == take_outcome::taken);
  REQUIRE(second.outcome == take_outcome::taken);
  CHECK(number_of(first.lease) + number_of(second.lease) == 3);
  CHECK(box.take(at(5'000)).outcome == take_outcome::idle);
  CHECK(elsewhere.open(second.lease));
  CHECK(elsewhere.finish(second.lease));
  CHECK(box.open(first.lease));
  CHECK(box.finish(first.lease));
}

TEST_CASE("A worker that is late has lost the event and changes nothing", "[sqlite]") {
  const database db;
  const connection one = db.create();
  const connection other = db.open();
  auto box = make(one, three_attempts);
  auto elsewhere = make(other, three_attempts);
  store(box, 1);
  const auto late = box.take(at(5'000));
  CHECK(elsewhere.take(at(5'999)).outcome == take_outcome::idle);
  const auto next = elsewhere.take(at(6'000));
  REQUIRE(next.outcome == take_outcome::taken);
  CHECK(next.lease.attempt == 2);

  CHECK_FALSE(box.open(late.lease));
  CHECK(box.last_error().code == sqlite_errc::lost_lease);
  CHECK(sqlite3_get_autocommit(one.get()) != 0);
  CHECK_FALSE(box.stored_body(late.lease).has_value());
  CHECK_FALSE(box.finish(late.lease));
  CHECK(box.retry(late.lease, at(6'000)) == retry_outcome::unrecorded);
  CHECK_FALSE(box.dead_letter(late.lease, "why"));
  CHECK(count(one, "signhook_dead_letters") == 0);

  REQUIRE(elsewhere.open(next.lease));
  CHECK(elsewhere.finish(next.lease));
  CHECK_FALSE(box.open(late.lease));
}

TEST_CASE("A handler that ends the transaction does not finish a stored event", "[sqlite]") {
  const database db;
  const connection one = db.create();
  auto box = make(one, three_attempts);
  store(box, 1);
  for (const char* const sql : {"rollback", "rollback; begin"}) {
    const auto taken = box.take(at(50'000));
    REQUIRE(box.open(taken.lease));
    REQUIRE(write_effect(one) == SQLITE_OK);
    REQUIRE(run(one, sql) == SQLITE_OK);
    CHECK_FALSE(box.finish(taken.lease));
    CHECK(box.last_error().code == sqlite_errc::lost_transaction);
    CHECK(count(one, "effects") == 0);
    CHECK(count(one, "signhook_queue") == 1);
    CHECK(box.retry(taken.lease, at(0)) == retry_outcome::scheduled);
  }
}

TEST_CASE("An event that kills its worker becomes a dead letter", "[sqlite]") {
  const database db;
  {
    const connection one = db.create();
    auto box = make(one, three_attempts);
    store(box, 1);
  }
  for (std::int64_t now = 5'000; now < 8'000; now += 1'000) {
    const pid_t child = fork();
    if (child == 0) {
      const connection one = db.open();
      auto box = signhook::sqlite_inbox::make(one.get(), three_attempts);
      const auto taken = box->take(at(now));
      if (taken.outcome != take_outcome::taken || !box->open(taken.lease)) _exit(1);
      (void)write_effect(one);
      (void)raise(SIGKILL);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
  }
  const connection one = db.open();
  auto box = make(one, three_attempts);
  CHECK(box.take(at(7'999)).outcome == take_outcome::idle);
  const auto dead = box.take(at(8'000));
  CHECK(dead.outcome == take_outcome::dead_lettered);
  CHECK(number_of(dead.lease) == 1);
  CHECK(query(one, "select reason from signhook_dead_letters").at(0) ==
        "the last attempt did not end");
  CHECK(count(one, "effects") == 0);
  CHECK(box.take(at(99'000)).outcome == take_outcome::idle);
}

TEST_CASE("A worker's step handles an event and says how that ended", "[sqlite]") {
  const database db;
  const connection one = db.create();
  auto box = make(one, three_attempts);
  signhook::decoder decoder;
  static std::int64_t now = 0;
  now = 5'000;
  const auto clock = []() noexcept { return at(now); };
  using signhook::handled;
  using signhook::work;
  using signhook::work_outcome;
  const auto never = [](const signhook::event&) { FAIL("there is no event"); };
  CHECK(work(decoder, box, never, clock).outcome == work_outcome::idle);

  const auto body = std::string(sample_body);
  const auto store_event = [&](std::uint16_t number) { store(box, number, body); };
  SECTION("done, with what was stored") {
    store_event(1);
    std::string seen;
    const auto done = work(
        decoder, box,
        [&](const signhook::inbox_entry& entry) {
          seen = entry.body;
          CHECK(entry.received == at(1'001));
          return write_effect(one) == SQLITE_OK;
        },
        clock);
    CHECK(done.outcome == work_outcome::handled);
    CHECK(number_of(done.lease) == 1);
    CHECK(seen == body);
    CHECK(count(one, "effects") == 1);
    CHECK(work(decoder, box, never, clock).outcome == work_outcome::idle);
  }
  SECTION("an exception and false are tried again, until there are no attempts left") {
    store_event(1);
    const auto thrown = work(
        decoder, box,
        [&](const signhook::event&) {
          CHECK(write_effect(one) == SQLITE_OK);
          throw std::runtime_error("why");
        },
        clock);
    CHECK(thrown.outcome == work_outcome::scheduled);
    CHECK(thrown.exception != nullptr);
    const auto fails = [](const signhook::event&) { return false; };
    CHECK(work(decoder, box, fails, clock).outcome == work_outcome::idle);
    now += 100;
    CHECK(work(decoder, box, fails, clock).outcome == work_outcome::scheduled);
    now += 100;
    CHECK(work(decoder, box, fails, clock).outcome == work_outcome::dead_lettered);
    CHECK(count(one, "effects") == 0);
  }
  SECTION("a dead letter has its reason") {
    store_event(1);
    CHECK(
        work(
            decoder, box, [](const signhook::event&) { return handled::dead_letter("why"); }, clock)
            .outcome == work_outcome::dead_lettered);
    CHECK(query(one, "select reason from signhook_dead_letters").at(0) == "why");
  }
  SECTION("a body that is no event is a dead letter") {
    store(box, 1, "{}");
    CHECK(work(decoder, box, never, clock).outcome == work_outcome::dead_lettered);
    CHECK(query(one, "select reason from signhook_dead_letters").at(0) == "missing_member");
  }
  SECTION("what cannot be committed comes again when the lease ends") {
    store_event(1);
    const auto ends = [&](const signhook::event&) {
      CHECK(write_effect(one) == SQLITE_OK);
      CHECK(run(one, "rollback") == SQLITE_OK);
    };
    CHECK(work(decoder, box, ends, clock).outcome == work_outcome::unrecorded);
    CHECK(work(decoder, box, never, clock).outcome == work_outcome::idle);
    now += 1'000;
    CHECK(work(
              decoder, box, [](const signhook::event&) {}, clock)
              .outcome == work_outcome::handled);
  }
  SECTION("the loop handles all and stops when is_over says so") {
    for (std::uint16_t number = 0; number < 5; ++number) store_event(number);
    std::vector<work_outcome> outcomes;
    signhook::work_until(
        decoder, box, [](const signhook::event&) {},
        [&](const signhook::work_result& done) {
          outcomes.push_back(done.outcome);
          return done.outcome == work_outcome::idle;
        });
    CHECK(outcomes.size() == 6);
    CHECK(std::count(outcomes.begin(), outcomes.end(), work_outcome::handled) == 5);
  }
}

TEST_CASE("A request is answered once its event is stored", "[sqlite]") {
  const database db;
  const connection one = db.create();
  auto box = make(one);
  signhook::decoder decoder;
  const std::string_view secrets[] = {"0123456789abcdefghijklmnop"};
  const auto receiver = signhook::receiver::make({.secret_header = "X-Secret", .secrets = secrets});
  REQUIRE(receiver);
  const std::vector<signhook::header> headers = {{"X-Secret", secrets[0]},
                                                 {"Content-Type", "application/json"}};
  const auto deliver = [&](std::string_view body) {
    return signhook::process(
        *receiver, decoder, box, {.method = "POST", .headers = headers, .body = body},
        [&](const signhook::inbox_entry& entry) { return box.enqueue(entry); });
  };
  using signhook::process_outcome;
  CHECK(deliver(sample_body).outcome == process_outcome::handled);
  CHECK(deliver(sample_body).outcome == process_outcome::duplicate);
  CHECK(query(one, "select body from signhook_queue").at(0) == sample_body);
  CHECK(deliver("{").outcome == process_outcome::quarantined);
  std::string changed(sample_body);
  changed.replace(changed.find("completed"), 9, "draft");
  CHECK(deliver(changed).outcome == process_outcome::conflict);
  CHECK(count(one, "signhook_quarantine") == 2);

  const connection other = db.open();
  REQUIRE(run(other, "begin immediate") == SQLITE_OK);
  sqlite3_busy_timeout(one.get(), 20);
  std::string next(sample_body);
  next.replace(next.find("b041"), 4, "b042");
  CHECK(deliver(next).outcome == process_outcome::unavailable);
  CHECK(deliver(next).status == 503);
  REQUIRE(run(other, "rollback") == SQLITE_OK);
  CHECK(deliver(next).status == 200);
}

TEST_CASE("Workers of a database that is read-only or locked wait, and go on afterwards",
          "[sqlite]") {
  const database db;
  const connection one = db.create();
  auto box = make(one, {.lock_timeout = std::chrono::milliseconds(50)});
  store(box, 1);
  REQUIRE(run(one, "pragma query_only = on") == SQLITE_OK);
  CHECK(box.take(at(5'000)).outcome == take_outcome::unavailable);
  REQUIRE(run(one, "pragma query_only = off") == SQLITE_OK);

  const connection other = db.open();
  REQUIRE(run(other, "begin immediate") == SQLITE_OK);
  CHECK(box.take(at(5'000)).outcome == take_outcome::unavailable);
  REQUIRE(run(other, "rollback") == SQLITE_OK);

  const auto taken = box.take(at(5'000));
  REQUIRE(taken.outcome == take_outcome::taken);
  CHECK(taken.lease.attempt == 1);
  REQUIRE(run(other, "begin immediate") == SQLITE_OK);
  CHECK_FALSE(box.open(taken.lease));
  CHECK(box.retry(taken.lease, at(5'000)) == retry_outcome::unrecorded);
  REQUIRE(run(other, "rollback") == SQLITE_OK);
  REQUIRE(box.open(taken.lease));
  REQUIRE(write_effect(one) == SQLITE_OK);
  CHECK(box.finish(taken.lease));
  CHECK(count(one, "effects") == 1);
}

TEST_CASE("Events that are handled elsewhere are taken and acknowledged together", "[sqlite]") {
  const database db;
  const connection one = db.create();
  auto box = make(one, three_attempts);
  constexpr std::uint16_t stored = 150;
  for (std::uint16_t i = 0; i < stored; ++i) store(box, i, "body " + std::to_string(i));
  std::vector<signhook::queue_lease> leases;
  const auto each = [&](const signhook::take_result& taken, std::string_view body) {
    REQUIRE(taken.outcome == take_outcome::taken);
    CHECK(body == "body " + std::to_string(number_of(taken.lease)));
    CHECK(taken.lease.attempt == 1);
    leases.push_back(taken.lease);
  };
  REQUIRE(box.take_each(at(999), 10, each));
  CHECK(leases.empty());
  REQUIRE(box.take_each(at(5'000), 100, each));
  CHECK(leases.size() == 100);
  REQUIRE(box.take_each(at(5'000), 100, each));
  REQUIRE(leases.size() == stored);
  CHECK(sqlite3_get_autocommit(one.get()) != 0);
  CHECK(box.acknowledge({}, {}));
  CHECK(count_acknowledged(box, std::span(leases).first(140)) == 140);
  // Five of them are gone.
  std::vector<acknowledge_outcome> outcomes(15, acknowledge_outcome::lost);
  std::fill(outcomes.begin() + 5, outcomes.end(), acknowledge_outcome::acknowledged);
  CHECK(acknowledge(box, std::span(leases).last(15)) == outcomes);
  CHECK(count(one, "signhook_queue") == 0);
  CHECK(count(one, "signhook_inbox") == stored);

  // Within a transaction of the caller nothing is done.
  store(box, stored + 1);
  REQUIRE(run(one, "begin") == SQLITE_OK);
  CHECK_FALSE(box.take_each(at(50'000), 1, each));
  outcomes.assign(leases.size(), acknowledge_outcome::lost);
  CHECK_FALSE(box.acknowledge(leases, outcomes));
  CHECK(std::count(outcomes.begin(), outcomes.end(), acknowledge_outcome::unavailable) ==
        static_cast<std::ptrdiff_t>(leases.size()));
  REQUIRE(run(one, "rollback") == SQLITE_OK);
}

TEST_CASE("An event that is taken with others becomes a dead letter after its attempts",
          "[sqlite]") {
  const database db;
  const connection one = db.create();
  auto box = make(one, three_attempts);
  store(box, 1, "one");
  std::vector<std::string> seen;
  const auto each = [&](const signhook::take_result& taken, std::string_view body) {
    seen.push_back(taken.outcome == take_outcome::taken ? std::string(body) : "dead");
  };
  for (std::int64_t i = 1; i <= 5; ++i) REQUIRE(box.take_each(at(i * 10'000), 2, each));
  CHECK(seen == std::vector<std::string>{"one", "one", "one", "dead"});
  CHECK(count(one, "signhook_dead_letters") == 1);
}

TEST_CASE("An attempt that failed is tried again no earlier than it may be", "[sqlite]") {
  const database db;
  const connection one = db.create();
  auto box = make(one, three_attempts);
  store(box, 1);
  const auto first = box.take(at(5'000));
  REQUIRE(first.outcome == take_outcome::taken);
  REQUIRE(box.retry(first.lease, at(5'000), at(9'000)) == retry_outcome::scheduled);
  CHECK(box.take(at(8'999)).outcome == take_outcome::idle);
  const auto second = box.take(at(9'000));
  REQUIRE(second.outcome == take_outcome::taken);
  REQUIRE(box.retry(second.lease, at(9'000), at(0)) == retry_outcome::scheduled);
  CHECK(box.take(at(9'099)).outcome == take_outcome::idle);
  CHECK(box.take(at(9'100)).outcome == take_outcome::taken);
}

TEST_CASE("A batch stores each event once, whatever else is in it", "[sqlite]") {
  const database db;
  const connection one = db.create();
  auto box = make(one, three_attempts);
  using outcomes = std::vector<begin_outcome>;
  const auto enqueue = [&](const std::vector<signhook::inbox_entry>& entries) {
    outcomes made(entries.size());
    const bool is_done = box.enqueue_batch(entries, made);
    CHECK(is_done == (box.last_error().code == sqlite_errc::none));
    return made;
  };
  constexpr auto acquired = begin_outcome::acquired;
  constexpr auto unavailable = begin_outcome::unavailable;
  CHECK(enqueue({}).empty());
  CHECK(enqueue({entry_of(3), entry_of(1)}) == outcomes{acquired, acquired});
  auto other = entry_of(4);
  other.fingerprint += 1;
  CHECK(enqueue({entry_of(1), entry_of(4), other, entry_of(4)}) ==
        outcomes{begin_outcome::duplicate, acquired, begin_outcome::conflict,
                 begin_outcome::duplicate});
  CHECK(query(one, "select count(*) from signhook_queue") == std::vector<std::string>{"3"});

  SECTION("One that is rejected is not stored, and the others are") {
    // In the queue, but forgotten by a hand in the inbox.
    REQUIRE(run(one, "delete from signhook_inbox where id >= x'0003'") == SQLITE_OK);
    CHECK(enqueue({entry_of(5), entry_of(3), entry_of(6)}) ==
          outcomes{acquired, unavailable, acquired});
    CHECK(box.last_error().sqlite_code == SQLITE_CONSTRAINT_UNIQUE);
    CHECK(query(one, "select count(*) from signhook_queue") == std::vector<std::string>{"5"});
    CHECK(query(one, "select count(*) from signhook_inbox where id >= x'0003'") ==
          std::vector<std::string>{"2"});
  }
  SECTION("A database that is locked takes none") {
    const connection holder = db.open();
    REQUIRE(run(holder, "begin immediate") == SQLITE_OK);
    sqlite3_busy_timeout(one.get(), 10);
    CHECK(enqueue({entry_of(5), entry_of(6)}) == outcomes{unavailable, unavailable});
    REQUIRE(run(holder, "rollback") == SQLITE_OK);
    CHECK(enqueue({entry_of(5)}) == outcomes{acquired});
  }
}
