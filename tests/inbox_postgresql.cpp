// SPDX-License-Identifier: BSL-1.0
#include "any_time.hpp"
#include "catch.hpp"
#include "postgresql/database.hpp"
#include "postgresql/proxy.hpp"
#include <signhook/decoder.hpp>
#include <signhook/inbox/postgresql.hpp>
#include <signhook/schema.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#if defined(__linux__)
#include <sys/mount.h>
#include <unistd.h>
#endif

namespace {

static_assert(queue_takes_any_time<signhook::postgresql_inbox>);

using namespace std::chrono_literals;
using postgresql::ask;
using signhook::begin_outcome;
using signhook::inbox_entry;
using signhook::postgresql_errc;
using signhook::postgresql_inbox;
using signhook::postgresql_options;

// One for all tests; it starts with the first one that needs it.
postgresql::server& server() {
  static postgresql::server one("fsync=on recovery_init_sync_method=syncfs max_connections=60");
  return one;
}

constexpr std::string_view body = R"({"a":"\u0000"})";

inbox_entry entry(std::uint8_t number, std::uint64_t fingerprint = 7) {
  inbox_entry made = inbox_entry::from(signhook::samples[0], body,
                                       signhook::time_point(std::chrono::milliseconds(1000)));
  made.id = {};
  made.id.value.bytes[0] = 0xff;
  made.id.value.bytes[15] = number;
  made.fingerprint = fingerprint;
  return made;
}

signhook::quarantine_entry request(std::string_view of, std::string_view reason) {
  return {of, {}, reason, std::nullopt, std::nullopt};
}

std::string uuid_text(const inbox_entry& of) {
  std::string text(36, ' ');
  of.id.write_to(text.data());
  return "'" + text + "'";
}

postgresql_inbox make(PGconn* over, const postgresql_options& options = {}) {
  auto made = postgresql_inbox::make(over, options);
  REQUIRE(made);
  return std::move(*made);
}

std::string_view sqlstate(const postgresql_inbox& of) { return of.last_error().sqlstate.view(); }

// A schema of the test's own in the one database.
class place {
 public:
  place() {
    static int count = 0;
    name_ = "test" + std::to_string(++count);
    connection_ = server().connect();
    REQUIRE(ask(connection_.get(), "create schema " + name_) == "");
    use(connection_.get());
    REQUIRE(ask(connection_.get(), "create table effect (id uuid)") == "");
    REQUIRE_FALSE(postgresql_inbox::create(connection_.get()));
  }
  // With the schema in the connection string, so that it is there after PQreset too.
  [[nodiscard]] postgresql::unique_connection connect(const std::string& more = "") const {
    return server().connect(options() + more);
  }
  [[nodiscard]] std::string options() const {
    return " options='-c search_path=" + name_ + " -c client_min_messages=error'";
  }
  void use(PGconn* connection) const { ask(connection, "set search_path to " + name_); }
  [[nodiscard]] std::string ask_outside(const std::string& sql) const {
    return ask(connection_.get(), sql);
  }
  [[nodiscard]] std::string effects(const inbox_entry& of) const {
    return ask_outside("select count(*) from effect where id = " + uuid_text(of));
  }
  // As an administrator does, or a server that restarts.
  void end_session(PGconn* of) const {
    REQUIRE(ask_outside("select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity where "
                        "pid = " +
                        std::to_string(PQbackendPID(of))) == "1");
  }

 private:
  std::string name_;
  postgresql::unique_connection connection_;
};

bool write_effect(postgresql_inbox& inbox, const inbox_entry& of) {
  return ask(inbox.connection(), "insert into effect values (" + uuid_text(of) + ")") == "";
}

void handle(postgresql_inbox& inbox, const inbox_entry& of) {
  REQUIRE(inbox.begin(of) == begin_outcome::acquired);
  REQUIRE(write_effect(inbox, of));
  REQUIRE(inbox.commit(of));
}

// The outcome of another session's `begin` for the event, which is over afterwards.
begin_outcome outcome_elsewhere(const place& at, const inbox_entry& of) {
  const auto other = at.connect();
  auto inbox = make(other.get(), {.lock_timeout = 50ms});
  const auto outcome = inbox.begin(of);
  if (outcome == begin_outcome::acquired) inbox.release(of);
  return outcome;
}

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

TEST_CASE("A database that is read-only is unavailable", "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  auto inbox = make(connection.get());
  ask(connection.get(), "set default_transaction_read_only = on");
  CHECK(inbox.begin(entry(1)) == begin_outcome::unavailable);
  CHECK(sqlstate(inbox) == "25006");
  CHECK_FALSE(inbox.quarantine(request(body, "method")));
  CHECK(sqlstate(inbox) == "25006");
  CHECK(inbox.prune(signhook::time_point::max(), 1) == 0);
  CHECK(PQtransactionStatus(connection.get()) == PQTRANS_IDLE);
  ask(connection.get(), "set default_transaction_read_only = off");
  handle(inbox, entry(1));
  REQUIRE(inbox.begin(entry(2)) == begin_outcome::acquired);
  REQUIRE(at.ask_outside("alter role postgres set default_transaction_read_only = on") == "");
  at.end_session(connection.get());  // the next one is read-only
  CHECK_FALSE(inbox.dead_letter(entry(2), ""));
  CHECK(sqlstate(inbox) == "25006");
  CHECK(inbox.begin(entry(1)) == begin_outcome::unavailable);
  REQUIRE(at.ask_outside("alter role postgres reset default_transaction_read_only") == "");
}

TEST_CASE("A time-out of the session's while begin waits is unavailable", "[postgresql]") {
  const place at;
  const auto first = at.connect();
  auto holding = make(first.get());
  REQUIRE(holding.begin(entry(1)) == begin_outcome::acquired);
  const auto connection = at.connect();
  ask(connection.get(), "set statement_timeout = 50");
  auto inbox = make(connection.get(), {.lock_timeout = 20s});
  CHECK(inbox.begin(entry(1)) == begin_outcome::unavailable);
  CHECK(sqlstate(inbox) == "57014");
  ask(connection.get(), "set statement_timeout = 0");
  CHECK(holding.commit(entry(1)));
  CHECK(inbox.begin(entry(1)) == begin_outcome::duplicate);
}

TEST_CASE("A table that is locked is in progress, and unlocked as before", "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  auto inbox = make(connection.get(), {.lock_timeout = 50ms});
  handle(inbox, entry(1));
  const auto other = at.connect();
  ask(other.get(), "begin; lock table signhook_inbox");
  CHECK(inbox.begin(entry(2)) == begin_outcome::in_progress);
  CHECK(inbox.begin(entry(1)) == begin_outcome::in_progress);
  CHECK(sqlstate(inbox) == "55P03");
  ask(other.get(), "rollback");
  CHECK(inbox.begin(entry(1)) == begin_outcome::duplicate);
  handle(inbox, entry(2));
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

TEST_CASE("A session that was ended is made again", "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  auto inbox = make(connection.get());
  const auto end = [&] { at.end_session(connection.get()); };
  handle(inbox, entry(1));
  end();  // while idle
  handle(inbox, entry(2));
  end();
  CHECK(inbox.quarantine(request(body, "method")));
  CHECK(inbox.last_error().code == postgresql_errc::none);
  REQUIRE(inbox.begin(entry(3)) == begin_outcome::acquired);
  end();  // in the handler
  CHECK_FALSE(write_effect(inbox, entry(3)));
  CHECK_FALSE(inbox.commit(entry(3)));
  CHECK(inbox.last_error().code == postgresql_errc::connection);
  REQUIRE(inbox.begin(entry(3)) == begin_outcome::acquired);
  end();
  inbox.release(entry(3));
  REQUIRE(inbox.begin(entry(3)) == begin_outcome::acquired);
  end();
  CHECK(inbox.dead_letter(entry(3), "it ends our sessions"));
  CHECK(inbox.begin(entry(3)) == begin_outcome::duplicate);
}

TEST_CASE("A connection that is cut in COMMIT is no success, and the retry tells", "[postgresql]") {
  const place at;
  postgresql::proxy proxy(server().folder() / "proxy", server().socket());
  const postgresql::unique_connection connection(
      PQconnectdb((proxy.conninfo() + at.options()).c_str()));
  REQUIRE(PQstatus(connection.get()) == CONNECTION_OK);
  auto inbox = make(connection.get());
  std::uint8_t number = 0;
  for (const auto where : {postgresql::cut::before_commit, postgresql::cut::after_commit}) {
    const auto one = entry(++number);
    REQUIRE(inbox.begin(one) == begin_outcome::acquired);
    REQUIRE(write_effect(inbox, one));
    proxy.cut_next(where);
    CHECK_FALSE(inbox.commit(one));
    CHECK(inbox.last_error().code == postgresql_errc::connection);
    if (where == postgresql::cut::after_commit) {
      CHECK(inbox.begin(one) == begin_outcome::duplicate);
    } else {
      handle(inbox, one);
    }
    CHECK(at.effects(one) == "1");
  }
  CHECK(proxy.cuts() == 2);
}

TEST_CASE("What was committed is there after the server was killed", "[postgresql]") {
  const place at;
  auto connection = at.connect(" connect_timeout=2");
  ask(connection.get(), "alter role postgres set synchronous_commit = off");
  connection = at.connect(" connect_timeout=2");
  REQUIRE(ask(connection.get(), "show synchronous_commit") == "off");
  auto inbox = make(connection.get());
  REQUIRE(inbox.begin(entry(1)) == begin_outcome::acquired);
  REQUIRE(write_effect(inbox, entry(1)));
  server().kill();
  CHECK_FALSE(inbox.commit(entry(1)));
  CHECK(inbox.begin(entry(1)) == begin_outcome::unavailable);
  CHECK(inbox.last_error().code == postgresql_errc::connection);
  CHECK_FALSE(inbox.last_error().message.view().empty());
  CHECK_FALSE(inbox.quarantine(request(body, "method")));
  CHECK(inbox.prune(signhook::time_point::max(), 1) == 0);
  CHECK(inbox.take({}).outcome == signhook::take_outcome::unavailable);
  CHECK(postgresql_inbox::create(connection.get())->code == postgresql_errc::connection);
  CHECK(postgresql_inbox::make(connection.get()).error().code == postgresql_errc::connection);
  server().start();
  for (std::uint8_t number = 1; number < 4; ++number) {
    handle(inbox, entry(number));
    server().kill();
    server().start();
    CHECK(inbox.begin(entry(number)) == begin_outcome::duplicate);
  }
  CHECK(ask(connection.get(), "select count(distinct id) from effect") == "3");
  ask(connection.get(), "alter role postgres reset synchronous_commit");
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

  ask(c, "insert into signhook_schema values (2)");
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

using signhook::queue_lease;
using signhook::retry_outcome;
using signhook::take_outcome;

namespace {

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

#if defined(__linux__)
// A small file system of its own for the tables. Only root mounts one.
TEST_CASE("A disk that is full is unavailable, and works again when it is not", "[postgresql]") {
  const std::filesystem::path folder = server().folder() / "small";
  std::filesystem::create_directory(folder);
  if (::geteuid() != 0 || ::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=2m,mode=777") != 0) {
    if (std::getenv("SIGNHOOK_NOTHING_SKIPPED") != nullptr && ::geteuid() == 0)
      WARN("root cannot mount here: the full disk is not tested");
    return;
  }
  {
    const place at;
    const auto connection = at.connect();
    PGconn* const c = connection.get();
    const std::string space = (folder / "space").string();
    std::filesystem::create_directory(space);
    std::filesystem::permissions(space, std::filesystem::perms::all);
    REQUIRE(::system(("chown --reference=" + (server().folder() / "data").string() + " " + space)
                         .c_str()) == 0);
    REQUIRE(ask(c, "create tablespace small location '" + space + "'") == "");
    const auto tables = {"effect", "signhook_inbox", "signhook_quarantine", "signhook_queue",
                         "signhook_dead_letters"};
    for (const auto* table : tables)
      REQUIRE(ask(c, std::string("alter table ") + table + " set tablespace small") == "");
    REQUIRE(ask(c, "alter index signhook_inbox_pkey set tablespace small") == "");
    auto inbox = make(c);
    handle(inbox, entry(1));
    {
      std::ofstream filler(folder / "filler", std::ios::binary);
      const std::string block(4096, 'x');
      while (filler.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
      }
    }
    const std::string large(60000, 'x');
    int refused = 0;
    for (int i = 0; i < 100 && refused < 3; ++i) {
      std::string noise = large;  // that does not compress
      for (std::size_t at_byte = 0; at_byte < noise.size(); ++at_byte)
        noise[at_byte] =
            static_cast<char>((at_byte * 2654435761U + static_cast<unsigned>(i)) >> 13U);
      if (!inbox.quarantine(request(noise, "method"))) {
        CHECK(sqlstate(inbox) == "53100");
        ++refused;
      }
    }
    CHECK(refused == 3);
    // Bodies of other tables have no place either.
    auto stored = entry(9);
    std::string noise(200000, 'x');
    for (std::size_t at_byte = 0; at_byte < noise.size(); ++at_byte)
      noise[at_byte] = static_cast<char>((at_byte * 2654435761U) >> 13U);
    stored.body = noise;
    REQUIRE(inbox.begin(stored) == begin_outcome::acquired);
    CHECK_FALSE(inbox.enqueue(stored));
    CHECK(sqlstate(inbox) == "53100");
    CHECK_FALSE(inbox.has_transaction());
    CHECK_FALSE(inbox.commit(stored));
    REQUIRE(inbox.begin(stored) == begin_outcome::acquired);
    CHECK_FALSE(inbox.dead_letter(stored, "why"));
    CHECK(sqlstate(inbox) == "53100");
    int unavailable = 0;
    for (unsigned i = 0; i < 5000 && unavailable == 0; ++i) {
      auto one = entry(2);
      one.id.value.bytes[1] = static_cast<std::uint8_t>(i);
      one.id.value.bytes[2] = static_cast<std::uint8_t>(i >> 8U);
      const auto outcome = inbox.begin(one);
      if (outcome == begin_outcome::unavailable) {
        CHECK(sqlstate(inbox) == "53100");
        ++unavailable;
      } else {
        REQUIRE(inbox.commit(one));
      }
    }
    CHECK(unavailable == 1);
    std::filesystem::remove(folder / "filler");
    CHECK(inbox.quarantine(request(large, "method")));
    CHECK(inbox.begin(entry(1)) == begin_outcome::duplicate);
    handle(inbox, entry(3));
    for (const auto* table : tables) ask(c, std::string("drop table ") + table + " cascade");
    CHECK(ask(c, "drop tablespace small") == "");
  }
  CHECK(::umount(folder.c_str()) == 0);
}
#endif
