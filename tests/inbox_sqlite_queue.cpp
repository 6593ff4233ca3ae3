// SPDX-License-Identifier: BSL-1.0
#include "inbox_sqlite.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace {

using namespace sqlite_test;  // NOLINT(google-build-using-namespace)
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
        "retried in vain3body");
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
