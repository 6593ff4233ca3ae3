// SPDX-License-Identifier: BSL-1.0
#include "inbox_postgresql.hpp"
#include "queue_order.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace {

using postgresql_test::ask;
using postgresql_test::place;
using queue_order_test::in_order;
using queue_order_test::workers;
using signhook::postgresql_inbox;

// Calls `test` with two workers over tables of their own.
template <class Test>
void with_two_workers(Test test) {
  const place at;
  const auto first = at.connect();
  const auto second = at.connect();
  auto one = postgresql_test::make(first.get(), {.queue = in_order});
  auto two = postgresql_test::make(second.get(), {.queue = in_order});
  test(one, two);
}

}  // namespace

TEST_CASE("Events of a dossier are taken in order, from PostgreSQL", "[postgresql]") {
  queue_order_test::check_histories([](auto test) { with_two_workers(test); });
}

TEST_CASE("Random histories keep the order of each dossier, in PostgreSQL", "[postgresql]") {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    with_two_workers(
        [&](auto& one, auto& two) { queue_order_test::check_random_history(one, two, seed, 200); });
  }
}

TEST_CASE("A batch is stored in the order of its entries", "[postgresql]") {
  with_two_workers([](auto& one, auto& two) {
    workers<postgresql_inbox> at{{&one, &two}};
    std::vector<signhook::inbox_entry> entries;
    for (const unsigned number : {7U, 3U, 9U, 1U, 8U}) {
      entries.push_back(queue_order_test::entry_of(number, number == 9 ? '-' : 'A'));
    }
    std::vector<signhook::begin_outcome> outcomes(entries.size());
    REQUIRE(one.enqueue_batch(entries, outcomes));
    std::string taken;
    for (std::string next = at.take(0); next != "-"; next = at.take(0)) {
      taken += next + " ";
      CHECK(at.is_acknowledged(static_cast<unsigned>(std::stoul(next))));
    }
    taken.erase(taken.find("9 "), 2);  // has no dossier
    CHECK(taken == "7 3 1 8 ");
  });
}

TEST_CASE("Of two events whose transactions overlap, one at a time is taken", "[postgresql]") {
  with_two_workers([](auto& one, auto& two) {
    workers<postgresql_inbox> at{{&two, &two}};
    const auto slow = queue_order_test::entry_of(1, 'A');
    REQUIRE(one.begin(slow) == signhook::begin_outcome::acquired);
    REQUIRE(one.enqueue(slow));
    at.store(2, 'A');
    CHECK(at.take(0) == "2");
    REQUIRE(one.commit(slow));
    CHECK(at.take(0) == "-");
    CHECK(at.is_acknowledged(2));
    CHECK(at.take(0) == "1");
  });
}

TEST_CASE("What another worker takes at this moment makes nobody wait", "[postgresql]") {
  const place where;
  const auto own = where.connect();
  const auto other = where.connect();
  auto one = postgresql_test::make(own.get(), {.queue = in_order});
  workers<postgresql_inbox> at{{&one, &one}};
  at.store(1, 'A');
  at.store(2, 'B');
  // As the first statement of a worker does; then only the dossier is locked, as by a worker that takes another event of it.
  const std::string locked =
      "begin; select pg_advisory_xact_lock(1936289384, hashtext(dossier::text)) from "
      "signhook_queue order by number limit 1";
  REQUIRE(ask(other.get(), locked + " for update") == "");
  CHECK(at.take(0) == "2");
  CHECK(at.take(0) == "-");
  REQUIRE(ask(other.get(), "rollback") == "");
  REQUIRE(ask(other.get(), locked) == "");
  CHECK(at.take(0) == "-");
  REQUIRE(ask(other.get(), "rollback") == "");
  CHECK(at.take(0) == "1");
}

TEST_CASE("Events that wait behind failed ones are put off with them, in PostgreSQL",
          "[postgresql]") {
  const place where;
  const auto own = where.connect();
  auto one = postgresql_test::make(own.get(), {.queue = in_order});
  workers<postgresql_inbox> at{{&one, &one}};
  for (unsigned i = 0; i < 500; ++i) at.store(i, static_cast<char>('0' + i % 100));
  std::vector<signhook::queue_lease> leases(150);
  REQUIRE(one.take_batch(at.now, leases) == 100);
  leases.resize(100);
  CHECK(PQtransactionStatus(own.get()) == PQTRANS_IDLE);
  for (const auto& lease : leases) {
    CHECK(one.retry(lease, at.now) == signhook::retry_outcome::scheduled);
  }
  std::size_t count = 0;
  const auto each = [&](const signhook::take_result&, std::string_view) { ++count; };
  REQUIRE(one.take_each(at.now, 10, each));
  CHECK(count == 0);
  const std::string due =
      std::to_string((at.now + in_order.first_delay).time_since_epoch().count());
  CHECK(where.ask_outside("select count(*) from signhook_queue where due = " + due) == "500");
  REQUIRE(one.take_each(at.now + in_order.first_delay, 150, each));
  CHECK(count == 100);
}
