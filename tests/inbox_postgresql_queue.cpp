// SPDX-License-Identifier: BSL-1.0
#include "any_time.hpp"
#include "inbox_postgresql.hpp"
#include "postgresql/proxy.hpp"
#include "queue_steps.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

static_assert(queue_takes_any_time<signhook::postgresql_inbox>);

using namespace postgresql_test;  // NOLINT(google-build-using-namespace)
using signhook::acknowledge_outcome;
using signhook::queue_lease;
using signhook::retry_outcome;
using signhook::take_outcome;

signhook::time_point at_ms(std::int64_t count) {
  return signhook::time_point(std::chrono::milliseconds(count));
}

void store(postgresql_inbox& inbox, const inbox_entry& one) {
  REQUIRE(inbox.begin(one) == begin_outcome::acquired);
  REQUIRE(inbox.enqueue(one));
  REQUIRE(inbox.commit(one));
}

}  // namespace

TEST_CASE("A stored event is handled once by a worker", "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  auto inbox = make(connection.get());
  const auto one = entry(1);
  CHECK_FALSE(inbox.enqueue(one));
  CHECK(inbox.take(at_ms(5000)).outcome == take_outcome::idle);
  store(inbox, one);
  CHECK(inbox.begin(one) == begin_outcome::duplicate);
  CHECK(inbox.prune(signhook::time_point::max(), 9) == 0);
  CHECK(inbox.take(at_ms(999)).outcome == take_outcome::idle);

  const auto taken = inbox.take(at_ms(5000));
  REQUIRE(taken.outcome == take_outcome::taken);
  CHECK(taken.lease == queue_lease{one.id, 1, one.received});
  CHECK(inbox.take(at_ms(5000)).outcome == take_outcome::idle);
  CHECK_FALSE(inbox.stored_body(taken.lease));
  REQUIRE(inbox.open(taken.lease));
  CHECK(inbox.stored_body(taken.lease) == body);
  REQUIRE(write_effect(inbox, one));
  CHECK(inbox.finish(taken.lease));
  CHECK_FALSE(inbox.finish(taken.lease));
  CHECK_FALSE(inbox.open(taken.lease));
  CHECK(inbox.last_error().code == postgresql_errc::lost_lease);
  CHECK(at.effects(one) == "1");
  CHECK(inbox.take(signhook::time_point::max() - 24h).outcome == take_outcome::idle);
  CHECK(inbox.begin(one) == begin_outcome::duplicate);
  CHECK(inbox.prune(signhook::time_point::max(), 9) == 1);
}

TEST_CASE("An event is stored in a claim only, and with it", "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  auto inbox = make(connection.get());
  for (const auto* sql : {"rollback", "rollback; begin", "select 1/0"}) {
    REQUIRE(inbox.begin(entry(1)) == begin_outcome::acquired);
    ask(connection.get(), sql);
    (void)inbox.enqueue(entry(1));
    CHECK_FALSE(inbox.commit(entry(1)));
    CHECK(at.ask_outside("select count(*) from signhook_queue") == "0");
  }
  store(inbox, entry(1));
  CHECK(at.ask_outside("select count(*) from signhook_queue") == "1");
}

TEST_CASE("A failed attempt is tried again later, and the last one is a dead letter",
          "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  const signhook::queue_options options{
      .lease = 1min, .first_delay = 10s, .jitter = 0, .max_attempts = 2};
  auto inbox = make(connection.get(), {.queue = options});
  const auto one = entry(1);
  store(inbox, one);
  auto taken = inbox.take(at_ms(5000));
  REQUIRE(inbox.open(taken.lease));
  REQUIRE(write_effect(inbox, one));
  CHECK(inbox.retry(taken.lease, at_ms(6000)) == retry_outcome::scheduled);
  CHECK(at.effects(one) == "0");
  CHECK(inbox.take(at_ms(15999)).outcome == take_outcome::idle);
  taken = inbox.take(at_ms(16000));
  REQUIRE(taken.outcome == take_outcome::taken);
  CHECK(taken.lease.attempt == 2);
  CHECK(inbox.retry(taken.lease, at_ms(16000)) == retry_outcome::dead_lettered);
  CHECK(inbox.retry(taken.lease, at_ms(16000)) == retry_outcome::unrecorded);
  CHECK(inbox.prune(signhook::time_point::max(), 9) == 0);
  CHECK(at.ask_outside("select convert_from(reason, 'UTF8') from signhook_dead_letters") ==
        "the last attempt failed");

  CHECK_FALSE(inbox.requeue(entry(2).id, at_ms(20000)));
  CHECK(inbox.last_error().code == postgresql_errc::not_found);
  CHECK(inbox.requeue(one.id, at_ms(20000)));
  for (std::uint32_t attempt = 1; attempt <= 2; ++attempt) {
    // The worker dies: nothing is said of the attempt.
    taken = inbox.take(at_ms(20000 + attempt * 60000));
    REQUIRE(taken.outcome == take_outcome::taken);
    CHECK(taken.lease.attempt == attempt);
    CHECK(inbox.take(at_ms(79999 + attempt * 60000)).outcome == take_outcome::idle);
  }
  taken = inbox.take(at_ms(999999));
  CHECK(taken.outcome == take_outcome::dead_lettered);
  CHECK(taken.lease.id == one.id);
  CHECK(at.ask_outside("select attempts || ' ' || convert_from(reason, 'UTF8') from "
                       "signhook_dead_letters") == "2 the last attempt did not end");
  CHECK(inbox.take(at_ms(9999999)).outcome == take_outcome::idle);
  REQUIRE(inbox.requeue(one.id, at_ms(0)));
  taken = inbox.take(at_ms(999999));
  REQUIRE(inbox.open(taken.lease));
  CHECK(inbox.dead_letter(taken.lease, "no such customer"));
  CHECK_FALSE(inbox.dead_letter(taken.lease, "no such customer"));
  CHECK(at.ask_outside("select convert_from(reason, 'UTF8') from signhook_dead_letters") ==
        "no such customer");
}

TEST_CASE("A connection that is cut in COMMIT leaves an event stored, or handled once",
          "[postgresql]") {
  const place at;
  postgresql::proxy proxy(server().folder() / "proxy", server().socket());
  const postgresql::unique_connection connection(
      PQconnectdb((proxy.conninfo() + at.options()).c_str()));
  REQUIRE(PQstatus(connection.get()) == CONNECTION_OK);
  auto inbox = make(connection.get());
  std::uint8_t number = 0;
  for (const auto where : {postgresql::cut::before_commit, postgresql::cut::after_commit}) {
    const bool is_committed = where == postgresql::cut::after_commit;
    const auto one = entry(++number);
    REQUIRE(inbox.begin(one) == begin_outcome::acquired);
    REQUIRE(inbox.enqueue(one));
    proxy.cut_next(where);
    CHECK_FALSE(inbox.commit(one));
    // The retry tells.
    CHECK(inbox.begin(one) == (is_committed ? begin_outcome::duplicate : begin_outcome::acquired));
    if (!is_committed) {
      REQUIRE(inbox.enqueue(one));
      REQUIRE(inbox.commit(one));
    }

    const auto taken = inbox.take(at_ms(5000));
    REQUIRE(taken.lease.id == one.id);
    REQUIRE(inbox.open(taken.lease));
    REQUIRE(write_effect(inbox, one));
    proxy.cut_next(where);
    CHECK_FALSE(inbox.finish(taken.lease));
    CHECK(at.effects(one) == (is_committed ? "1" : "0"));
    const auto again = inbox.take(at_ms(99'000'000));
    CHECK((again.outcome == take_outcome::idle) == is_committed);
    if (!is_committed) {
      REQUIRE(inbox.open(again.lease));
      REQUIRE(write_effect(inbox, one));
      CHECK(inbox.finish(again.lease));
    }
    CHECK(at.effects(one) == "1");
  }
  CHECK(proxy.cuts() == 4);
}

TEST_CASE("An event that is open belongs to its worker even after the lease", "[postgresql]") {
  const place at;
  const auto first_connection = at.connect();
  const auto second_connection = at.connect();
  auto first = make(first_connection.get());
  auto second = make(second_connection.get());
  store(first, entry(1));
  const auto lease = first.take(at_ms(5000)).lease;
  REQUIRE(first.open(lease));
  CHECK(second.take(at_ms(99'000'000)).outcome == take_outcome::idle);
  CHECK_FALSE(second.open(lease));
  first.release(entry(1));
  const auto later = second.take(at_ms(99'000'000));
  REQUIRE(later.outcome == take_outcome::taken);
  CHECK_FALSE(first.open(lease));
  CHECK_FALSE(first.dead_letter(lease, ""));
  CHECK(first.retry(lease, at_ms(0)) == retry_outcome::unrecorded);
  REQUIRE(second.open(later.lease));
  // The handler ends the transaction: nothing is known to be handled, and the event stays.
  for (const auto* sql : {"rollback; begin", "rollback"}) {
    ask(second.connection(), sql);
    CHECK_FALSE(second.finish(later.lease));
    CHECK(second.last_error().code == postgresql_errc::lost_transaction);
    REQUIRE(second.open(later.lease));
  }
  CHECK(second.finish(later.lease));
}

TEST_CASE("A batch is handled by one COMMIT, or not at all", "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  auto inbox = make(connection.get());
  for (std::uint8_t number = 0; number < 5; ++number) store(inbox, entry(number));
  std::vector<queue_lease> leases(8);
  REQUIRE(inbox.take_batch(at_ms(5000), leases) == 5);
  leases.resize(5);
  REQUIRE(inbox.open_batch(leases));
  for (const auto& one : leases) CHECK(inbox.stored_body(one) == body);
  REQUIRE(write_effect(inbox, entry(0)));
  ask(connection.get(), "select 1/0");
  CHECK_FALSE(inbox.finish_batch(leases));
  CHECK(at.effects(entry(0)) == "0");
  REQUIRE(inbox.open_batch(leases));
  for (std::uint8_t number = 0; number < 5; ++number) REQUIRE(write_effect(inbox, entry(number)));
  CHECK(inbox.finish_batch(leases));
  CHECK(at.ask_outside("select count(*) from effect") == "5");
  CHECK(at.ask_outside("select count(*) from signhook_queue") == "0");
  CHECK_FALSE(inbox.open_batch(leases));
}

TEST_CASE("Workers of a database that is read-only or locked wait, and go on afterwards",
          "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  ask(connection.get(), "set lock_timeout = 50");  // which postgresql_options leaves to the session
  auto inbox = make(connection.get());
  store(inbox, entry(1));
  ask(connection.get(), "set default_transaction_read_only = on");
  CHECK(inbox.take(at_ms(5000)).outcome == take_outcome::unavailable);
  CHECK(sqlstate(inbox) == "25006");
  ask(connection.get(), "set default_transaction_read_only = off");

  const auto other = at.connect();
  ask(other.get(), "begin; lock table signhook_queue");
  CHECK(inbox.take(at_ms(5000)).outcome == take_outcome::unavailable);
  CHECK(sqlstate(inbox) == "55P03");
  ask(other.get(), "rollback");

  const auto taken = inbox.take(at_ms(5000));
  REQUIRE(taken.outcome == take_outcome::taken);
  CHECK(taken.lease.attempt == 1);
  ask(other.get(), "begin; lock table signhook_queue");
  CHECK_FALSE(inbox.open(taken.lease));
  CHECK(sqlstate(inbox) == "55P03");
  CHECK(inbox.retry(taken.lease, at_ms(5000)) == retry_outcome::unrecorded);
  ask(other.get(), "rollback");
  REQUIRE(inbox.open(taken.lease));
  REQUIRE(write_effect(inbox, entry(1)));
  CHECK(inbox.finish(taken.lease));
  CHECK(at.effects(entry(1)) == "1");
}

TEST_CASE("Events that are handled elsewhere are taken and acknowledged together", "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  auto inbox = make(connection.get());
  constexpr std::uint8_t stored = 150;
  for (std::uint8_t i = 0; i < stored; ++i) store(inbox, entry(i));
  std::vector<queue_lease> leases;
  const auto each = [&](const signhook::take_result& taken, std::string_view stored_body) {
    REQUIRE(taken.outcome == take_outcome::taken);
    CHECK(stored_body == body);
    CHECK(taken.lease.attempt == 1);
    leases.push_back(taken.lease);
  };
  REQUIRE(inbox.take_each(at_ms(999), 10, each));
  CHECK(leases.empty());
  REQUIRE(inbox.take_each(at_ms(5000), 100, each));
  CHECK(leases.size() == 100);
  REQUIRE(inbox.take_each(at_ms(5000), 100, each));
  REQUIRE(leases.size() == stored);
  CHECK(PQtransactionStatus(connection.get()) == PQTRANS_IDLE);
  CHECK(inbox.acknowledge({}, {}));
  CHECK(count_acknowledged(inbox, std::span(leases).first(140)) == 140);
  // After a restart of the server; five of them are gone.
  at.end_session(connection.get());
  std::vector<acknowledge_outcome> outcomes(15, acknowledge_outcome::lost);
  std::fill(outcomes.begin() + 5, outcomes.end(), acknowledge_outcome::acknowledged);
  CHECK(acknowledge(inbox, std::span(leases).last(15)) == outcomes);
  CHECK(at.ask_outside("select count(*) from signhook_queue") == "0");
  CHECK(at.ask_outside("select count(*) from signhook_inbox") == "150");

  // Another attempt's lease acknowledges nothing.
  store(inbox, entry(200));
  REQUIRE(inbox.take_each(at_ms(5000), 1, each));
  queue_lease other = leases.back();
  ++other.attempt;
  CHECK(count_acknowledged(inbox, std::span(&other, 1)) == 0);
  CHECK(count_acknowledged(inbox, std::span(leases).last(1)) == 1);

  // Within a transaction of the caller nothing is done.
  ask(connection.get(), "begin");
  CHECK_FALSE(inbox.take_each(at_ms(50000), 1, each));
  outcomes.assign(leases.size(), acknowledge_outcome::lost);
  CHECK_FALSE(inbox.acknowledge(leases, outcomes));
  CHECK(std::count(outcomes.begin(), outcomes.end(), acknowledge_outcome::unavailable) ==
        static_cast<std::ptrdiff_t>(leases.size()));
  ask(connection.get(), "rollback");
}

TEST_CASE("An event that is taken with others becomes a dead letter after its attempts",
          "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  auto inbox = make(connection.get(), {.queue = {.lease = 1s, .max_attempts = 2}});
  store(inbox, entry(1));
  std::vector<std::string> seen;
  const auto each = [&](const signhook::take_result& taken, std::string_view stored_body) {
    seen.push_back(taken.outcome == take_outcome::taken ? std::string(stored_body) : "dead");
  };
  for (int i = 1; i <= 4; ++i) REQUIRE(inbox.take_each(at_ms(i * 10'000), 2, each));
  CHECK(seen == std::vector<std::string>{std::string(body), std::string(body), "dead"});
  CHECK(at.ask_outside("select attempts from signhook_dead_letters") == "2");
}

TEST_CASE("An attempt that failed is tried again no earlier than it may be", "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  auto inbox =
      make(connection.get(), {.queue = {.first_delay = 100ms, .max_delay = 100ms, .jitter = 0}});
  store(inbox, entry(1));
  const auto first = inbox.take(at_ms(5000));
  REQUIRE(first.outcome == take_outcome::taken);
  REQUIRE(inbox.retry(first.lease, at_ms(5000), at_ms(9000)) == retry_outcome::scheduled);
  CHECK(inbox.take(at_ms(8999)).outcome == take_outcome::idle);
  const auto second = inbox.take(at_ms(9000));
  REQUIRE(second.outcome == take_outcome::taken);
  REQUIRE(inbox.retry(second.lease, at_ms(9000), at_ms(0)) == retry_outcome::scheduled);
  CHECK(inbox.take(at_ms(9099)).outcome == take_outcome::idle);
  CHECK(inbox.take(at_ms(9100)).outcome == take_outcome::taken);
}

TEST_CASE("A queue that was empty when its worker began is not scanned when it is long",
          "[postgresql]") {
  const auto order = GENERATE(signhook::queue_order::none, signhook::queue_order::dossier);
  const place at;
  auto connection = at.connect();
  {
    auto inbox = make(connection.get(), {.queue = {.order = order}});
    const queue_lease none{};
    // PostgreSQL keeps a plan after five executions of a prepared statement.
    for (int i = 0; i < 10; ++i) {
      CHECK(inbox.take(at_ms(5000)).outcome == take_outcome::idle);
      CHECK(count_acknowledged(inbox, std::span(&none, 1)) == 0);
      CHECK(inbox.prune(at_ms(1), 1) == 0);
    }
    constexpr int stored = 100'000;
    const std::string rows = "generate_series(1, " + std::to_string(stored) + ") i";
    REQUIRE(at.ask_outside("insert into signhook_queue select md5(i::text)::uuid, i, 0, i, '', 0,"
                           " md5((i / 5)::text)::uuid from " +
                           rows) == "");
    REQUIRE(at.ask_outside("insert into signhook_inbox select md5((-i)::text)::uuid, 0, i from " +
                           rows) == "");
    for (int i = 0; i < 10; ++i) {
      std::vector<queue_lease> leases;
      REQUIRE(inbox.take_each(at_ms(1'000'000), 5, [&](const auto& taken, std::string_view) {
        leases.push_back(taken.lease);
      }));
      CHECK(leases.size() == 5);
      CHECK(count_acknowledged(inbox, leases) == 5);
      CHECK(inbox.prune(at_ms(10 * (i + 1)), 5) == 5);
    }
  }
  const std::string session = std::to_string(PQbackendPID(connection.get()));
  connection.reset();  // which reports what the session has read
  for (int i = 0; i < 100; ++i) {
    if (at.ask_outside("select count(*) from pg_stat_activity where pid = " + session) == "0")
      break;
    std::this_thread::sleep_for(50ms);
  }
  CHECK(at.ask_outside(
            "select sum(seq_tup_read) < 100000 from pg_stat_user_tables where schemaname ="
            " current_schema() and relname in ('signhook_queue', 'signhook_inbox')") == "t");
  CHECK(at.ask_outside("select sum(idx_scan) > 20 from pg_stat_user_tables where schemaname ="
                       " current_schema() and relname in ('signhook_queue', 'signhook_inbox')") ==
        "t");
}
