// SPDX-License-Identifier: BSL-1.0
#include "inbox_sqlite.hpp"
#include "queue_order.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace queue_order_test;  // NOLINT(google-build-using-namespace)
using signhook::sqlite_errc;
using signhook::sqlite_inbox;
using sqlite_test::connection;
using sqlite_test::database;

// Calls `test` with two workers over a database of their own.
template <class Test>
void with_workers(Test test) {
  const database db;
  const connection first = db.create();
  const connection second = db.open();
  auto one = sqlite_test::make(first, {.queue = in_order});
  auto two = sqlite_test::make(second, {.queue = in_order});
  test(one, two);
}

// The tables as version 1 made them, with an event in the queue and a dead letter.
constexpr const char* version_1 = R"(
create table signhook_schema(version integer not null);
create table signhook_inbox(id blob primary key not null check(length(id) = 16), fingerprint integer not null,
  received integer not null) without rowid;
create index signhook_inbox_received on signhook_inbox(received);
create table signhook_queue(number integer primary key, id blob not null unique check(length(id) = 16),
  received integer not null, attempts integer not null, due integer not null, body blob not null);
create index signhook_queue_due on signhook_queue(due);
create table signhook_dead_letters(number integer primary key, id blob not null unique check(length(id) = 16),
  received integer not null, attempts integer not null, reason text not null, body blob not null);
create table signhook_quarantine(number integer primary key, received integer not null, reason text not null, path text,
  byte_offset integer, id blob, body blob not null);
insert into signhook_schema values(1);
insert into signhook_queue values(1, x'00000000000000000000000000000001', 1000, 0, 1000, 'one');
insert into signhook_dead_letters values(1, x'00000000000000000000000000000002', 1000, 3, 'why', 'two');
)";

}  // namespace

TEST_CASE("Events of a dossier are taken in order, from SQLite", "[sqlite]") {
  check_histories([](auto test) { with_workers(test); });
}

TEST_CASE("Random histories keep the order of each dossier, in SQLite", "[sqlite]") {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    with_workers([&](auto& one, auto& two) { check_random_history(one, two, seed, 300); });
  }
}

TEST_CASE("Events that wait behind failed ones are put off with them, in SQLite", "[sqlite]") {
  const database db;
  const connection own = db.create();
  auto one = sqlite_test::make(own, {.queue = in_order});
  workers<sqlite_inbox> at{{&one, &one}};
  for (unsigned i = 0; i < 200; ++i) at.store(i, static_cast<char>('0' + i % 40));
  std::vector<signhook::queue_lease> leases;
  const auto each = [&](const signhook::take_result& taken, std::string_view) {
    CHECK(number_of(taken.lease.id) == leases.size() % 40);
    leases.push_back(taken.lease);
  };
  REQUIRE(one.take_each(at.now, 100, each));
  CHECK(leases.size() == 40);
  for (const auto& lease : leases) {
    CHECK(one.retry(lease, at.now) == signhook::retry_outcome::scheduled);
  }
  REQUIRE(one.take_each(at.now, 100, each));
  CHECK(leases.size() == 40);
  const std::string due =
      std::to_string((at.now + in_order.first_delay).time_since_epoch().count());
  CHECK(sqlite_test::query(own, "select count(*) from signhook_queue where due = " + due) ==
        std::vector<std::string>{"200"});
  at.now += in_order.first_delay;
  REQUIRE(one.take_each(at.now, 100, each));
  CHECK(leases.size() == 80);
}

TEST_CASE("Tables of SQLite of version 1 are brought to this version, with what is in them",
          "[sqlite]") {
  const database db;
  const connection own = db.open();
  REQUIRE(sqlite_test::run(own, version_1) == SQLITE_OK);
  CHECK(sqlite_inbox::create(own.get())->code == sqlite_errc::other_schema);
  CHECK(sqlite_inbox::make(own.get()).error().code == sqlite_errc::other_schema);
  CHECK_FALSE(sqlite_inbox::migrate(own.get()));
  CHECK_FALSE(sqlite_inbox::migrate(own.get()));
  // The tables are those that are made anew.
  const database other;
  const connection made = other.create();
  for (const char* const table : {"queue", "dead_letters", "inbox", "quarantine", "schema"}) {
    const auto columns = std::string(
                             "select name || type || \"notnull\" || coalesce(dflt_value, '') from "
                             "pragma_table_info('signhook_") +
                         table + "')";
    CHECK(sqlite_test::query(own, columns) == sqlite_test::query(made, columns));
  }
  const char* const indexes =
      "select name || sql from sqlite_master where name like 'signhook_queue_o%'";
  CHECK(sqlite_test::query(own, indexes).size() == 1);
  auto box = sqlite_test::make(own, {.queue = in_order});
  workers<sqlite_inbox> at{{&box, &box}};
  CHECK(at.take(0) == "1");
  CHECK(at.is_acknowledged(1));
  CHECK(box.requeue(id_of(2), at.now));
  CHECK(at.take(0) == "2");
  REQUIRE(sqlite_test::run(own, "update signhook_schema set version = 99") == SQLITE_OK);
  CHECK(sqlite_inbox::migrate(own.get())->code == sqlite_errc::other_schema);
}
