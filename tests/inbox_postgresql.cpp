// SPDX-License-Identifier: BSL-1.0
#include "inbox_postgresql.hpp"

#include <future>

namespace {

using namespace postgresql_test;  // NOLINT(google-build-using-namespace)

}  // namespace

TEST_CASE("The inbox's outcomes are those of the concept", "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  auto inbox = make(connection.get(), {.lock_timeout = 50ms});
  const auto one = entry(1);

  REQUIRE(inbox.begin(one) == begin_outcome::acquired);
  CHECK(outcome_elsewhere(at, one) == begin_outcome::in_progress);
  REQUIRE(write_effect(inbox, one));
  inbox.release(one);
  CHECK(at.effects(one) == "0");
  handle(inbox, one);
  CHECK(inbox.last_error().code == postgresql_errc::none);
  CHECK(at.effects(one) == "1");
  CHECK(inbox.begin(one) == begin_outcome::duplicate);
  CHECK(outcome_elsewhere(at, one) == begin_outcome::duplicate);
  CHECK(inbox.begin(entry(1, 8)) == begin_outcome::conflict);
  CHECK(PQtransactionStatus(connection.get()) == PQTRANS_IDLE);
  CHECK_FALSE(inbox.commit(one));
  CHECK(inbox.last_error().code == postgresql_errc::no_claim);
  CHECK(at.ask_outside("select id from signhook_inbox") ==
        uuid_text(one).substr(1, 36));  // the bytes' order
}

TEST_CASE("A concurrent delivery waits for the first and learns what became of it",
          "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  auto inbox = make(connection.get());
  for (const bool is_committed : {true, false}) {
    const auto one = entry(is_committed ? 1 : 2);
    REQUIRE(inbox.begin(one) == begin_outcome::acquired);
    auto other = std::async(std::launch::async, [&] {
      const auto second = at.connect();
      auto waiting = postgresql_inbox::make(second.get(), {.lock_timeout = 20s});
      const auto outcome = waiting->begin(one);
      waiting->release(one);
      return outcome;
    });
    while (at.ask_outside("select count(*) from pg_stat_activity where wait_event_type = 'Lock'") !=
           "1") {
      std::this_thread::sleep_for(1ms);
    }
    if (is_committed) {
      CHECK(inbox.commit(one));
    } else {
      inbox.release(one);
    }
    CHECK(other.get() == (is_committed ? begin_outcome::duplicate : begin_outcome::acquired));
  }
}

TEST_CASE("The session's settings are back when the handler runs", "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  ask(connection.get(), "set lock_timeout = '77s'; set synchronous_commit = off");
  auto inbox = make(connection.get(), {.lock_timeout = 50ms});
  REQUIRE(inbox.begin(entry(1)) == begin_outcome::acquired);
  CHECK(ask(connection.get(), "show lock_timeout") == "77s");
  CHECK(ask(connection.get(), "show synchronous_commit") == "on");
  CHECK(inbox.commit(entry(1)));
  CHECK(ask(connection.get(), "show lock_timeout") == "77s");
  CHECK(ask(connection.get(), "show synchronous_commit") == "off");
  ask(connection.get(), "set synchronous_commit = local");
  REQUIRE(inbox.begin(entry(2)) == begin_outcome::acquired);
  CHECK(ask(connection.get(), "show synchronous_commit") == "local");
  inbox.release(entry(2));
}

TEST_CASE("A handler that breaks the transaction gets no 2xx", "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  PGconn* const c = connection.get();
  auto inbox = make(c);
  struct breaking {
    std::string_view name;
    std::string sql;
    postgresql_errc error;
    std::string effects;  // after `commit`
    begin_outcome next;   // of the retry
  };
  const std::string effect = "insert into effect values (" + uuid_text(entry(1)) + ")";
  const std::vector<breaking> all = {
      {"a failed statement", effect + "; select 1/0", postgresql_errc::failed_transaction, "0",
       begin_outcome::acquired},
      {"rollback", effect + "; rollback", postgresql_errc::lost_transaction, "0",
       begin_outcome::acquired},
      {"rollback and another transaction", "rollback; begin; " + effect,
       postgresql_errc::lost_transaction, "0", begin_outcome::acquired},
      {"rollback, begin and nothing", "rollback; begin", postgresql_errc::lost_transaction, "0",
       begin_outcome::acquired},
      {"commit", effect + "; commit", postgresql_errc::lost_transaction, "1",
       begin_outcome::duplicate},
      {"commit and another transaction", effect + "; commit; begin; " + effect,
       postgresql_errc::lost_transaction, "1", begin_outcome::duplicate},
      {"a deferred constraint that fails at the end",
       "create table parent (id int primary key); create table child (id int references parent "
       "deferrable initially deferred); insert into child values (1)",
       postgresql_errc::database, "0", begin_outcome::acquired},
      {"prepare transaction", "prepare transaction 'x'", postgresql_errc::lost_transaction, "0",
       begin_outcome::acquired},
      {"COPY that is not over", "copy effect from stdin", postgresql_errc::running_statement, "0",
       begin_outcome::acquired},
      {"30 milliseconds' idling", "set local idle_in_transaction_session_timeout = 30",
       postgresql_errc::connection, "0", begin_outcome::acquired},
      {"statement_timeout", "set local statement_timeout = 20; select pg_sleep(5)",
       postgresql_errc::failed_transaction, "0", begin_outcome::acquired},
      {"a transaction that is read-only from here on", "set transaction read only; " + effect,
       postgresql_errc::failed_transaction, "0", begin_outcome::acquired},
  };
  for (const auto& one : all) {
    INFO(one.name);
    ask(c, "truncate effect, signhook_inbox");
    REQUIRE(inbox.begin(entry(1)) == begin_outcome::acquired);
    PQclear(PQexec(c, one.sql.c_str()));
    if (one.name == "30 milliseconds' idling") std::this_thread::sleep_for(200ms);
    CHECK_FALSE(inbox.commit(entry(1)));
    CHECK(inbox.last_error().code == one.error);
    CHECK_FALSE(inbox.last_error().message.view().empty());
    CHECK(at.effects(entry(1)) == one.effects);
    CHECK(inbox.begin(entry(1)) == one.next);
    CHECK(inbox.last_error().code == postgresql_errc::none);
    inbox.release(entry(1));
    CHECK(PQtransactionStatus(c) == PQTRANS_IDLE);
  }
}

TEST_CASE("A handler may use savepoints, and leave results behind", "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  PGconn* const c = connection.get();
  auto inbox = make(c);
  REQUIRE(inbox.begin(entry(1)) == begin_outcome::acquired);
  ask(c, "savepoint one");
  CHECK(ask(c, "select 1/0") == "!22012");
  ask(c, "rollback to savepoint one");
  REQUIRE(write_effect(inbox, entry(1)));
  CHECK(inbox.commit(entry(1)));
  CHECK(at.effects(entry(1)) == "1");

  REQUIRE(inbox.begin(entry(2)) == begin_outcome::acquired);
  REQUIRE(PQsendQuery(c, "select pg_sleep(20)") == 1);
  CHECK_FALSE(inbox.commit(entry(2)));
  CHECK(inbox.begin(entry(3)) == begin_outcome::acquired);
  inbox.release(entry(3));
  REQUIRE(inbox.begin(entry(4)) == begin_outcome::acquired);
  REQUIRE(PQenterPipelineMode(c) == 1);
  CHECK(inbox.commit(entry(4)));
  REQUIRE(inbox.begin(entry(5)) == begin_outcome::acquired);
  REQUIRE(PQenterPipelineMode(c) == 1);
  REQUIRE(PQsendQueryParams(c, "select 1", 0, nullptr, nullptr, nullptr, nullptr, 0) == 1);
  CHECK_FALSE(inbox.commit(entry(5)));
  CHECK(inbox.begin(entry(5)) == begin_outcome::acquired);
  inbox.release(entry(5));
}

TEST_CASE("An open transaction of the caller is left alone", "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  auto inbox = make(connection.get());
  ask(connection.get(), "begin; insert into effect values (" + uuid_text(entry(1)) + ")");
  CHECK(inbox.begin(entry(1)) == begin_outcome::unavailable);
  CHECK(inbox.last_error().code == postgresql_errc::open_transaction);
  CHECK_FALSE(inbox.has_transaction());
  CHECK(inbox.prune(signhook::time_point::max(), 1) == 0);
  CHECK(inbox.take({}).outcome == signhook::take_outcome::unavailable);
  CHECK(postgresql_inbox::create(connection.get())->code == postgresql_errc::open_transaction);
  CHECK(postgresql_inbox::make(connection.get()).error().code == postgresql_errc::open_transaction);
  CHECK_FALSE(inbox.quarantine(request(body, "method")));
  CHECK(ask(connection.get(), "commit") == "");
  CHECK(at.effects(entry(1)) == "1");
}

TEST_CASE("Statements that the session forgot are prepared again", "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  auto inbox = make(connection.get());
  auto beside = make(connection.get());  // prepares the same names
  handle(inbox, entry(1));
  handle(beside, entry(2));
  handle(inbox, entry(3));
  for (const auto* sql : {"deallocate all", "discard all"}) {
    ask(connection.get(), sql);
    at.use(connection.get());
    CHECK(inbox.begin(entry(1)) == begin_outcome::duplicate);
    CHECK(inbox.last_error().code == postgresql_errc::none);
    ask(connection.get(), sql);
    at.use(connection.get());
    CHECK(inbox.quarantine(request(body, "method")));
    CHECK(inbox.last_error().code == postgresql_errc::none);
  }
}

TEST_CASE("Bytes that text refuses are kept", "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  auto inbox = make(connection.get());
  // U+0000 in a type, the year 0000, and an offset that timestamptz refuses.
  constexpr std::string_view poison =
      R"({"id":"b041a287-bc92-4469-801e-ae1a39c08f6e","type":"a\u0000b","created":"0000-01-01T00:00:00+23:59"})";
  signhook::decoder decoder;
  const auto decoded = decoder.decode(poison);
  REQUIRE(decoded);
  const auto one = inbox_entry::from(*decoded, poison, {});
  handle(inbox, one);
  CHECK(inbox.begin(one) == begin_outcome::duplicate);

  using namespace std::string_literals;
  const std::string bytes = "\0\xff\xfe\x80\0"s;
  auto dead = entry(1);
  dead.body = bytes;
  REQUIRE(inbox.begin(dead) == begin_outcome::acquired);
  REQUIRE(inbox.dead_letter(dead, bytes));
  CHECK(at.ask_outside("select encode(body, 'hex') || encode(reason, 'hex') from "
                       "signhook_dead_letters where id = " +
                       uuid_text(dead)) == "00fffe800000fffe8000");
  REQUIRE(inbox.quarantine(request(bytes, "content_type")));
  CHECK(at.ask_outside("select encode(body, 'hex') from signhook_quarantine") == "00fffe8000");
  // An empty body is not null.
  dead = entry(2);
  dead.body = {};
  REQUIRE(inbox.begin(dead) == begin_outcome::acquired);
  REQUIRE(inbox.dead_letter(dead, {}));
}

TEST_CASE("A dead letter ends the claim without its effect", "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  auto inbox = make(connection.get());
  for (const bool is_failed : {false, true}) {
    const auto one = entry(is_failed ? 1 : 2);
    REQUIRE(inbox.begin(one) == begin_outcome::acquired);
    REQUIRE(write_effect(inbox, one));
    if (is_failed) ask(connection.get(), "select 1/0");
    REQUIRE(inbox.dead_letter(one, "no such customer"));
    CHECK(at.effects(one) == "0");
    CHECK(inbox.begin(one) == begin_outcome::duplicate);
    CHECK(at.ask_outside(
              "select convert_from(reason, 'UTF8') from signhook_dead_letters where id = " +
              uuid_text(one)) == "no such customer");
  }
  CHECK(inbox.prune(signhook::time_point::max(), 100) == 0);

  // The session ends in the handler, and another delivery is handled before the dead letter.
  const auto other_connection = at.connect();
  auto other = make(other_connection.get());
  for (const bool is_conflict : {false, true}) {
    const auto one = entry(is_conflict ? 3 : 4, 7);
    REQUIRE(inbox.begin(one) == begin_outcome::acquired);
    at.end_session(connection.get());
    handle(other, entry(is_conflict ? 3 : 4, is_conflict ? 8 : 7));
    CHECK(inbox.dead_letter(one, "late") != is_conflict);
  }
  CHECK(at.ask_outside("select count(*) from signhook_dead_letters") == "2");

  // The reason is cut between characters.
  const auto long_one = entry(5);
  REQUIRE(inbox.begin(long_one) == begin_outcome::acquired);
  REQUIRE(inbox.dead_letter(long_one, std::string(1023, 'a') + "\u00e9"));
  CHECK(at.ask_outside("select length(reason) from signhook_dead_letters where id = " +
                       uuid_text(long_one)) == "1023");
}

TEST_CASE("The quarantine keeps what is known of a request", "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  auto inbox = make(connection.get());
  REQUIRE(
      inbox.quarantine({.body = body,
                        .received = signhook::time_point(5ms),
                        .reason = "missing_member",
                        .error = signhook::error{signhook::errc::missing_member, 12, "/dossier"},
                        .id = entry(1).id}));
  CHECK(at.ask_outside("select concat_ws(' ', received, reason, path, byte_offset, id, "
                       "convert_from(body, 'UTF8')) from signhook_quarantine") ==
        "5 missing_member /dossier 12 " + uuid_text(entry(1)).substr(1, 36) + " " +
            std::string(body));
}

TEST_CASE("Prune takes what is old in batches, and waits for nobody", "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  auto inbox = make(connection.get());
  for (std::uint8_t number = 0; number < 10; ++number) {
    auto one = entry(number);
    one.received = signhook::time_point(std::chrono::milliseconds(number));
    handle(inbox, one);
  }
  const auto other = at.connect();
  ask(other.get(), "begin; select 1 from signhook_inbox where received = 0 for update");
  CHECK(inbox.prune(signhook::time_point(5ms), 3) == 3);
  CHECK(at.ask_outside("select string_agg(received::text, ' ' order by received) from "
                       "signhook_inbox") == "0 4 5 6 7 8 9");
  ask(other.get(), "rollback");
  CHECK(inbox.prune(signhook::time_point(5ms), 3) == 2);
  CHECK(inbox.prune(signhook::time_point(5ms), 3) == 0);
  CHECK(inbox.begin(entry(0)) == begin_outcome::acquired);
  inbox.release(entry(0));
}

TEST_CASE("Serializable transactions know duplicates too", "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  ask(connection.get(), "set default_transaction_isolation = serializable");
  auto inbox = make(connection.get());
  handle(inbox, entry(1));
  CHECK(inbox.begin(entry(1)) == begin_outcome::duplicate);
  CHECK(inbox.begin(entry(1, 9)) == begin_outcome::conflict);
}

TEST_CASE("create makes the tables once, and knows those of another version", "[postgresql]") {
  const auto connection = server().connect();
  PGconn* const c = connection.get();
  ask(c, "create schema fresh");
  std::vector<std::thread> threads;
  std::atomic<int> made = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&made] {
      const auto own = server().connect("options='-c search_path=fresh'");
      if (!postgresql_inbox::create(own.get())) ++made;
    });
  }
  for (auto& one : threads) one.join();
  CHECK(made == 4);

  // A user without the right to create tables may use those that are there.
  ask(c,
      "set search_path to fresh; create role worker login; grant usage on schema fresh to worker;"
      "grant select, insert, update, delete on all tables in schema fresh to worker");
  const auto other = server().connect("user=worker options='-c search_path=fresh'");
  CHECK_FALSE(postgresql_inbox::create(other.get()));
  auto inbox = make(other.get());
  REQUIRE(inbox.begin(entry(1)) == begin_outcome::acquired);
  CHECK(inbox.commit(entry(1)));
  CHECK(inbox.quarantine(request(body, "method")));

  ask(c, "insert into signhook_schema values (99)");
  CHECK(postgresql_inbox::create(other.get())->code == postgresql_errc::other_schema);
  CHECK(postgresql_inbox::make(other.get()).error().code == postgresql_errc::other_schema);
  ask(c, "create schema nothing");
  ask(other.get(), "set search_path to nothing");
  CHECK(postgresql_inbox::make(other.get()).error().code == postgresql_errc::no_schema);
  const auto denied = postgresql_inbox::create(other.get());
  REQUIRE(denied);
  CHECK(denied->code == postgresql_errc::database);
  CHECK(denied->message.view().find("no schema has been selected") != std::string_view::npos);
  CHECK(inbox.begin(entry(2)) == begin_outcome::unavailable);
  CHECK(inbox.last_error().code == postgresql_errc::no_schema);
}

TEST_CASE("Options that mean nothing are rejected", "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  PGconn* const c = connection.get();
  for (const postgresql_options& options :
       {postgresql_options{.lock_timeout = -1ms}, postgresql_options{.lock_timeout = 2h},
        postgresql_options{.queue = {.max_attempts = 0}}}) {
    CHECK(postgresql_inbox::create(c, options)->code == postgresql_errc::invalid_options);
    CHECK(postgresql_inbox::make(c, options).error().code == postgresql_errc::invalid_options);
  }
  const auto inbox = make(c, {.lock_timeout = 5ms});
  CHECK(inbox.options().lock_timeout == 5ms);
  CHECK(postgresql_inbox::make(nullptr).error().code == postgresql_errc::connection);
  // 0 does not wait for ever.
  auto first = make(c);
  REQUIRE(first.begin(entry(1)) == begin_outcome::acquired);
  const auto other = at.connect();
  auto impatient = make(other.get(), {.lock_timeout = 0ms});
  CHECK(impatient.begin(entry(1)) == begin_outcome::in_progress);
  CHECK(sqlstate(impatient) == "55P03");
}

TEST_CASE("A connection has one claim, and an end without one does nothing", "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  auto inbox = make(connection.get());
  const auto has_none = [&] { return inbox.last_error().code == postgresql_errc::no_claim; };
  CHECK_FALSE(inbox.commit(entry(1)));
  CHECK(has_none());
  inbox.release(entry(1));
  CHECK(has_none());
  CHECK_FALSE(inbox.dead_letter(entry(1), "no claim"));
  CHECK(has_none());
  CHECK_FALSE(inbox.enqueue(entry(1)));
  CHECK(has_none());
  CHECK(at.ask_outside("select count(*) from signhook_dead_letters") == "0");

  CHECK_FALSE(inbox.has_transaction());
  REQUIRE(inbox.begin(entry(1)) == begin_outcome::acquired);
  CHECK(inbox.has_transaction());
  REQUIRE(write_effect(inbox, entry(1)));
  CHECK(inbox.begin(entry(2)) == begin_outcome::unavailable);
  CHECK(inbox.last_error().code == postgresql_errc::open_transaction);
  CHECK_FALSE(inbox.open({entry(2).id, 1, {}}));
  auto moved = std::move(inbox);
  CHECK(moved.has_transaction());
  CHECK(moved.commit(entry(1)));
  CHECK(at.effects(entry(1)) == "1");

  REQUIRE(moved.begin(entry(3)) == begin_outcome::acquired);
  CHECK(ask(connection.get(), "select 1/0") == "!22012");
  CHECK_FALSE(moved.has_transaction());
  moved.release(entry(3));
  {
    auto dropped = std::move(moved);
    REQUIRE(dropped.begin(entry(3)) == begin_outcome::acquired);
    REQUIRE(write_effect(dropped, entry(3)));
  }
  CHECK(PQtransactionStatus(connection.get()) == PQTRANS_IDLE);
  CHECK(at.effects(entry(3)) == "0");
}
