// SPDX-License-Identifier: BSL-1.0
#include "inbox_postgresql.hpp"

#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace postgresql_test;  // NOLINT(google-build-using-namespace)

// The tables as version 1 made them.
constexpr std::string_view version_1 = R"sql(
create table signhook_schema(version integer primary key);
create table signhook_inbox(id uuid primary key, fingerprint bigint not null, received bigint not null);
create index signhook_inbox_received on signhook_inbox(received);
create table signhook_queue(id uuid primary key, received bigint not null, attempts bigint not null,
  due bigint not null, body bytea not null);
create index signhook_queue_due on signhook_queue(due);
create table signhook_dead_letters(id uuid primary key, received bigint not null, attempts bigint not null,
  reason bytea not null, body bytea not null);
create table signhook_quarantine(number bigint generated always as identity primary key, received bigint not null,
  reason text not null, path text, byte_offset bigint, id uuid, body bytea not null);
insert into signhook_schema values (1);
insert into signhook_inbox values ('ff000000-0000-0000-0000-000000000001', 7, 1000);
insert into signhook_queue values ('ff000000-0000-0000-0000-000000000001', 1000, 0, 1000, '{}');
)sql";

// The change from version 1 to version 2.
constexpr std::string_view version_2 = R"sql(
alter table signhook_queue add column leased bigint not null default 0;
alter table signhook_queue set (fillfactor = 50);
insert into signhook_schema values (2);
)sql";

// Replaces the tables of a place by those of an older version, with an event in them.
void make_old(const place& at, int version = 1) {
  REQUIRE(at.ask_outside("drop table signhook_schema, signhook_inbox, signhook_queue, "
                         "signhook_dead_letters, signhook_quarantine") == "");
  REQUIRE(at.ask_outside(std::string(version_1)) == "");
  if (version == 2) REQUIRE(at.ask_outside(std::string(version_2)) == "");
}

}  // namespace

TEST_CASE("Tables of each version are brought to this version, with what is in them",
          "[postgresql]") {
  const int version = GENERATE(1, 2);
  const place at;
  make_old(at, version);
  REQUIRE(at.ask_outside(
              "insert into signhook_dead_letters values ('ff000000-0000-0000-0000-00000000000a',"
              " 1000, 3, 'why', '{}')") == "");
  const auto connection = at.connect();
  CHECK(postgresql_inbox::create(connection.get())->code == postgresql_errc::other_schema);
  CHECK(postgresql_inbox::make(connection.get()).error().code == postgresql_errc::other_schema);
  std::vector<std::thread> sessions;
  for (int i = 0; i < 4; ++i) {
    sessions.emplace_back([&at] {
      const auto own = at.connect();
      (void)postgresql_inbox::migrate(own.get());
    });
  }
  for (std::thread& one : sessions) one.join();
  CHECK_FALSE(postgresql_inbox::migrate(connection.get()));
  CHECK(at.ask_outside("select max(version) from signhook_schema") ==
        std::to_string(signhook::postgresql_schema_version));
  // A process of the older version that is still at work goes on, and so does the schema that runs again.
  REQUIRE(at.ask_outside("insert into signhook_queue (id, received, attempts, due, body) values"
                         " ('ff000000-0000-0000-0000-000000000002', 2000, 0, 2000, '{}')") == "");
  REQUIRE(at.ask_outside("set client_min_messages = error; " +
                         std::string(signhook::postgresql_schema.data())) == "");
  auto inbox = make(connection.get(), {.queue = {.order = signhook::queue_order::dossier}});
  CHECK(inbox.begin(entry(1)) == begin_outcome::duplicate);
  REQUIRE(inbox.begin(entry(3)) == begin_outcome::acquired);
  REQUIRE(inbox.enqueue(entry(3)));
  REQUIRE(inbox.commit(entry(3)));
  CHECK(inbox.requeue(entry(10).id, signhook::time_point(4000ms)));
  CHECK(
      at.ask_outside("select string_agg(number::text, ' ' order by number) from signhook_queue") ==
      "0 1 2 3");
  const auto taken = inbox.take(signhook::time_point(5000ms));
  CHECK(taken.outcome == signhook::take_outcome::taken);
  CHECK(taken.lease.id == entry(1).id);
  for (int others = 0; others < 3; ++others) {
    CHECK(inbox.take(signhook::time_point(5000ms)).outcome == signhook::take_outcome::taken);
  }
  CHECK(inbox.take(signhook::time_point(5000ms)).outcome == signhook::take_outcome::idle);
}

TEST_CASE("A migration makes tables, and waits for no transaction for long", "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  REQUIRE(at.ask_outside("drop table signhook_schema, signhook_inbox, signhook_queue, "
                         "signhook_dead_letters, signhook_quarantine") == "");
  CHECK_FALSE(postgresql_inbox::migrate(connection.get()));
  CHECK_FALSE(postgresql_inbox::create(connection.get()));
  make_old(at);
  const auto other = at.connect();
  REQUIRE(ask(other.get(), "begin; select count(*) from signhook_queue") == "1");
  const auto why = postgresql_inbox::migrate(connection.get(), {.lock_timeout = 100ms});
  REQUIRE(why);
  CHECK(why->sqlstate.view() == "55P03");
  CHECK(at.ask_outside("select max(version) from signhook_schema") == "1");
  REQUIRE(ask(other.get(), "commit") == "");
  CHECK_FALSE(postgresql_inbox::migrate(connection.get()));
  REQUIRE(at.ask_outside("insert into signhook_schema values (99)") == "");
  CHECK(postgresql_inbox::migrate(connection.get())->code == postgresql_errc::other_schema);
}
