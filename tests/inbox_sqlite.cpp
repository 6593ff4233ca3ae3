// SPDX-License-Identifier: BSL-1.0
#include "inbox_sqlite.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <limits>
#include <thread>

namespace {

using namespace sqlite_test;  // NOLINT(google-build-using-namespace)
using signhook::begin_outcome;
using signhook::sqlite_errc;
using signhook::sqlite_inbox;

}  // namespace

TEST_CASE("An event is acquired once, and its effect is there with it", "[sqlite]") {
  const database db;
  const connection one = db.create();
  const connection other = db.open();
  auto box = make(one);
  auto elsewhere = make(other, impatient);
  const auto entry = entry_of(1);

  REQUIRE(box.begin(entry) == begin_outcome::acquired);
  REQUIRE(write_effect(one) == SQLITE_OK);
  CHECK(count(other, "effects") == 0);
  box.release(entry);
  CHECK(count(one, "effects") == 0);
  CHECK(count(one, "signhook_inbox") == 0);

  REQUIRE(elsewhere.begin(entry) == begin_outcome::acquired);
  REQUIRE(write_effect(other) == SQLITE_OK);
  CHECK(elsewhere.has_transaction());
  REQUIRE(elsewhere.commit(entry));
  CHECK_FALSE(elsewhere.has_transaction());
  CHECK(elsewhere.last_error().code == sqlite_errc::none);
  CHECK(count(one, "effects") == 1);
  CHECK(query(one, "select id from signhook_inbox").at(0).size() == 16);

  for (auto* each : {&box, &elsewhere}) CHECK(each->begin(entry) == begin_outcome::duplicate);
  auto changed = entry;
  ++changed.fingerprint;
  CHECK(box.begin(changed) == begin_outcome::conflict);
  CHECK(sqlite3_get_autocommit(one.get()) != 0);
}

TEST_CASE("Fingerprints of all 64 bits and all times are kept", "[sqlite]") {
  const database db;
  const connection one = db.create();
  auto box = make(one);
  std::uint16_t number = 0;
  for (const std::uint64_t fingerprint :
       {std::uint64_t{0}, std::uint64_t{1} << 63U, std::numeric_limits<std::uint64_t>::max()}) {
    for (const auto received : {signhook::time_point::min(), signhook::time_point::max()}) {
      auto entry = entry_of(number++);
      entry.fingerprint = fingerprint;
      entry.received = received;
      REQUIRE(box.begin(entry) == begin_outcome::acquired);
      REQUIRE(box.commit(entry));
      CHECK(box.begin(entry) == begin_outcome::duplicate);
      entry.fingerprint ^= 1;
      CHECK(box.begin(entry) == begin_outcome::conflict);
    }
  }
}

TEST_CASE("A wait in vain for the lock is unavailable", "[sqlite]") {
  const database db;
  const connection one = db.create();
  const connection other = db.open();
  auto box = make(one);
  auto waiting = make(other, impatient);
  REQUIRE(box.begin(entry_of(1)) == begin_outcome::acquired);
  REQUIRE(box.commit(entry_of(1)));
  REQUIRE(box.begin(entry_of(2)) == begin_outcome::acquired);

  for (const auto number : {std::uint16_t{2}, std::uint16_t{3}}) {
    CHECK(waiting.begin(entry_of(number)) == begin_outcome::unavailable);
    CHECK(waiting.last_error().code == sqlite_errc::database);
    CHECK((waiting.last_error().sqlite_code & 0xff) == SQLITE_BUSY);
    CHECK(waiting.last_error().message.view() == "database is locked");
    CHECK(sqlite3_get_autocommit(other.get()) != 0);
  }
  CHECK_FALSE(waiting.quarantine({"?", at(0), "json", {}, {}}));
  CHECK(waiting.prune(at(9'999), 10) == 0);
  // Without the lock.
  CHECK(waiting.begin(entry_of(1)) == begin_outcome::duplicate);
  CHECK(waiting.last_error().code == sqlite_errc::none);

  REQUIRE(box.commit(entry_of(2)));
  CHECK(waiting.begin(entry_of(2)) == begin_outcome::duplicate);
}

TEST_CASE("Of two deliveries at once, the second waits and is a duplicate", "[sqlite]") {
  const database db;
  const connection one = db.create();
  const connection other = db.open();
  auto box = make(one);
  auto waiting = make(other);
  REQUIRE(box.begin(entry_of(1)) == begin_outcome::acquired);
  begin_outcome seen{};
  std::thread second([&] { seen = waiting.begin(entry_of(1)); });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  REQUIRE(box.commit(entry_of(1)));
  second.join();
  CHECK(seen == begin_outcome::duplicate);
}

TEST_CASE("A dead letter is kept without the effect", "[sqlite]") {
  const database db;
  const connection one = db.create();
  auto box = make(one);
  using namespace std::string_view_literals;
  const auto entry = entry_of(1, "{\0}"sv);
  REQUIRE(box.begin(entry) == begin_outcome::acquired);
  REQUIRE(write_effect(one) == SQLITE_OK);
  REQUIRE(box.dead_letter(entry, "a\0\xc3\xa4"sv));
  CHECK(sqlite3_get_autocommit(one.get()) != 0);
  CHECK(count(one, "effects") == 0);
  CHECK(query(one, "select body from signhook_dead_letters").at(0) == "{\0}"sv);
  CHECK(query(one, "select reason from signhook_dead_letters").at(0) == "a\xe2\x90\x80\xc3\xa4");
  CHECK(box.begin(entry) == begin_outcome::duplicate);

  // The cut is not within a character.
  const std::string reason = "a" + [] {
    std::string made;
    for (int i = 0; i < 5'000; ++i) made += "\xc3\xa4";
    return made;
  }();
  REQUIRE(box.begin(entry_of(2)) == begin_outcome::acquired);
  REQUIRE(box.dead_letter(entry_of(2), reason));
  CHECK(query(one, "select reason from signhook_dead_letters where number = 2").at(0) ==
        reason.substr(0, 1'023));
}

TEST_CASE("A handler that ends the transaction gets no commit", "[sqlite]") {
  const database db;
  const connection one = db.create();
  auto box = make(one);
  const auto entry = entry_of(1);
  const struct {
    const char* sql;
    begin_outcome next;  // an id that the handler has committed stays
    std::size_t effects;
  } endings[] = {
      {"rollback", begin_outcome::acquired, 0},
      {"rollback; begin", begin_outcome::acquired, 0},
      {"rollback; begin immediate; insert into effects values(x'02', 'late')",
       begin_outcome::acquired, 0},
      {"create table if not exists unique_ids(id primary key); insert into unique_ids values(1);"
       " insert or rollback into unique_ids values(1)",
       begin_outcome::acquired, 0},
      {"commit", begin_outcome::duplicate, 1},
      {"commit; begin", begin_outcome::duplicate, 1},
  };
  for (const auto& [sql, next, effects] : endings) {
    CAPTURE(sql);
    REQUIRE(run(one, "delete from signhook_inbox; delete from effects") == SQLITE_OK);
    REQUIRE(box.begin(entry) == begin_outcome::acquired);
    REQUIRE(write_effect(one) == SQLITE_OK);
    (void)run(one, sql);
    CHECK_FALSE(box.commit(entry));
    CHECK(box.last_error().code == sqlite_errc::lost_transaction);
    CHECK(sqlite3_get_autocommit(one.get()) != 0);
    CHECK(count(one, "effects") == effects);
    CHECK(box.begin(entry) == next);
    box.release(entry);

    // A dead letter does not need the transaction.
    if (next != begin_outcome::acquired) continue;
    REQUIRE(box.begin(entry) == begin_outcome::acquired);
    (void)run(one, sql);
    CHECK(box.dead_letter(entry, "why"));
    CHECK(count(one, "signhook_dead_letters") == 1);
    CHECK(box.begin(entry) == begin_outcome::duplicate);
    REQUIRE(run(one, "delete from signhook_dead_letters") == SQLITE_OK);
  }
}

TEST_CASE("A handler may use savepoints", "[sqlite]") {
  const database db;
  const connection one = db.create();
  auto box = make(one);
  REQUIRE(box.begin(entry_of(1)) == begin_outcome::acquired);
  REQUIRE(run(one, "savepoint mine") == SQLITE_OK);
  REQUIRE(write_effect(one) == SQLITE_OK);
  REQUIRE(run(one, "rollback to mine; savepoint left_open") == SQLITE_OK);
  REQUIRE(write_effect(one) == SQLITE_OK);
  CHECK(box.commit(entry_of(1)));
  CHECK(count(one, "effects") == 1);
}

TEST_CASE("A transaction that the caller has open is left alone", "[sqlite]") {
  const database db;
  const connection one = db.create();
  auto box = make(one);
  REQUIRE(run(one, "begin") == SQLITE_OK);
  REQUIRE(write_effect(one) == SQLITE_OK);
  CHECK(box.begin(entry_of(1)) == begin_outcome::unavailable);
  CHECK(box.last_error().code == sqlite_errc::open_transaction);
  CHECK(box.take(at(0)).outcome == signhook::take_outcome::unavailable);
  CHECK_FALSE(box.quarantine({"?", at(0), "json", {}, {}}));
  CHECK(box.prune(at(9'999), 10) == 0);
  CHECK(sqlite_inbox::create(one.get())->code == sqlite_errc::open_transaction);
  REQUIRE(run(one, "commit") == SQLITE_OK);
  CHECK(count(one, "effects") == 1);
  CHECK(box.begin(entry_of(1)) == begin_outcome::acquired);
  CHECK(box.begin(entry_of(2)) == begin_outcome::unavailable);  // one claim at a time
  CHECK(box.commit(entry_of(1)));
}

TEST_CASE("Ends without a claim do nothing", "[sqlite]") {
  const database db;
  const connection one = db.create();
  auto box = make(one);
  const auto entry = entry_of(1);
  CHECK_FALSE(box.commit(entry));
  CHECK(box.last_error().code == sqlite_errc::no_claim);
  CHECK_FALSE(box.dead_letter(entry, "why"));
  box.release(entry);
  CHECK(box.begin(entry) == begin_outcome::acquired);
  CHECK(box.commit(entry));
  CHECK_FALSE(box.commit(entry));
}

TEST_CASE("Statements that a handler has left running hinder nobody", "[sqlite]") {
  const database db;
  const connection one = db.create();
  const connection other = db.open();
  auto box = make(one, impatient);
  auto elsewhere = make(other, impatient);
  sqlite3_stmt* left = nullptr;

  SECTION("a select, which keeps an old snapshot") {
    REQUIRE(run(one, "insert into effects values(1, 1), (2, 2)") == SQLITE_OK);
    REQUIRE(sqlite3_prepare_v2(one.get(), "select * from effects", -1, &left, nullptr) ==
            SQLITE_OK);
    REQUIRE(box.begin(entry_of(1)) == begin_outcome::acquired);
    REQUIRE(sqlite3_step(left) == SQLITE_ROW);
    REQUIRE(box.commit(entry_of(1)));
    REQUIRE(elsewhere.begin(entry_of(2)) == begin_outcome::acquired);
    REQUIRE(elsewhere.commit(entry_of(2)));
    CHECK(box.begin(entry_of(3)) == begin_outcome::acquired);
    CHECK(box.last_error().code == sqlite_errc::none);
    CHECK(box.commit(entry_of(3)));
  }
  SECTION("an insert that returns, which forbids the commit") {
    if (sqlite3_libversion_number() < 3035000) return;  // it does not know `returning`
    REQUIRE(sqlite3_prepare_v2(one.get(), "insert into effects values(1, 1), (2, 2) returning id",
                               -1, &left, nullptr) == SQLITE_OK);
    REQUIRE(box.begin(entry_of(1)) == begin_outcome::acquired);
    REQUIRE(sqlite3_step(left) == SQLITE_ROW);
    CHECK(box.commit(entry_of(1)));
    CHECK(box.last_error().code == sqlite_errc::none);
    CHECK(count(other, "effects") == 2);
    CHECK(count(other, "signhook_inbox") == 1);
  }
  sqlite3_finalize(left);
}

TEST_CASE("A database that may not grow commits all or nothing", "[sqlite]") {
  const database db;
  const connection one = db.create();
  auto box = make(one);
  const std::string pages = query(one, "pragma page_count").at(0);
  REQUIRE(run(one, ("pragma max_page_count = " + std::to_string(std::stoul(pages) + 4)).c_str()) ==
          SQLITE_OK);
  std::size_t committed = 0;
  bool was_full = false;
  for (std::uint16_t number = 0; number < 200 && !was_full; ++number) {
    REQUIRE(box.begin(entry_of(number)) == begin_outcome::acquired);
    const int code = run(one, "insert into effects values(zeroblob(3000), 'effect')");
    if (code == SQLITE_FULL) {
      was_full = true;
      CHECK_FALSE(box.has_transaction());  // SQLite has rolled back by itself
      CHECK_FALSE(box.commit(entry_of(number)));
      CHECK(box.last_error().code == sqlite_errc::lost_transaction);
      continue;
    }
    REQUIRE(code == SQLITE_OK);
    REQUIRE(box.commit(entry_of(number)));
    ++committed;
  }
  CHECK(was_full);
  CHECK(count(one, "effects") == committed);
  CHECK(count(one, "signhook_inbox") == committed);

  // Where nothing fits, each call says why.
  const std::string body(20'000, 'x');
  CHECK_FALSE(box.quarantine({body, at(0), "json", {}, {}}));
  CHECK(box.last_error().sqlite_code == SQLITE_FULL);
  REQUIRE(box.begin(entry_of(999, body)) == begin_outcome::acquired);
  CHECK_FALSE(box.dead_letter(entry_of(999, body), "why"));
  CHECK(box.last_error().sqlite_code == SQLITE_FULL);
  REQUIRE(box.begin(entry_of(999, body)) == begin_outcome::acquired);
  CHECK_FALSE(box.enqueue(entry_of(999, body)));
  CHECK_FALSE(box.commit(entry_of(999, body)));
  bool was_unavailable = false;
  for (std::uint16_t number = 1'000; number < 3'000 && !was_unavailable; ++number) {
    const auto outcome = box.begin(entry_of(number));
    was_unavailable = outcome == begin_outcome::unavailable;
    if (outcome == begin_outcome::acquired) REQUIRE(box.commit(entry_of(number)));
  }
  CHECK(was_unavailable);
  CHECK(box.last_error().sqlite_code == SQLITE_FULL);
  CHECK(sqlite3_get_autocommit(one.get()) != 0);
}

TEST_CASE("A disk that is full commits all or nothing", "[sqlite]") {
  const database db;
  { const connection made = db.create(); }
  // The limit is the process's, so that another one meets it. It tells what was committed by its status.
  const pid_t child = fork();
  if (child == 0) {
    (void)std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1'000'000, 1'000'000};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) _exit(250);
    const connection one = db.open();
    auto box = sqlite_inbox::make(one.get());
    if (!box) _exit(251);
    unsigned committed = 0;
    for (std::uint16_t number = 0; number < 240; ++number) {
      if (box->begin(entry_of(number)) != begin_outcome::acquired) continue;
      const int code = run(one, "insert into effects values(zeroblob(3000), 'effect')");
      if (code != SQLITE_OK) {
        box->release(entry_of(number));
      } else if (box->commit(entry_of(number))) {
        ++committed;
      }
    }
    _exit(static_cast<int>(committed));
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  const auto committed = static_cast<std::size_t>(WEXITSTATUS(status));
  const connection one = db.open();
  CHECK(committed > 10);
  CHECK(committed < 240);  // else the disk was never full
  CHECK(count(one, "effects") == committed);
  CHECK(count(one, "signhook_inbox") == committed);
  CHECK(query(one, "pragma integrity_check").at(0) == "ok");
}

TEST_CASE("A database that cannot be written knows duplicates and acquires nothing", "[sqlite]") {
  const database db;
  const connection writer = db.create();
  auto box = make(writer);
  REQUIRE(box.begin(entry_of(1)) == begin_outcome::acquired);
  REQUIRE(box.commit(entry_of(1)));

  const connection reader = db.open(SQLITE_OPEN_READONLY);
  auto read_only = make(reader);
  CHECK(read_only.begin(entry_of(1)) == begin_outcome::duplicate);
  CHECK(read_only.begin(entry_of(2)) == begin_outcome::unavailable);
  CHECK((read_only.last_error().sqlite_code & 0xff) == SQLITE_READONLY);
  CHECK_FALSE(read_only.quarantine({"?", at(0), "json", {}, {}}));
  CHECK(read_only.prune(at(9'999), 10) == 0);
  CHECK(sqlite3_get_autocommit(reader.get()) != 0);
}

TEST_CASE("The quarantine keeps what is known of a request", "[sqlite]") {
  const database db;
  const connection one = db.create();
  auto box = make(one);
  using namespace std::string_view_literals;
  const auto id = entry_of(1).id;
  REQUIRE(box.quarantine({"\xff\0{"sv,
                          at(7),
                          "invalid_utf8",
                          signhook::error{signhook::errc::invalid_utf8, 3, "/dossier/id"},
                          {}}));
  REQUIRE(box.quarantine({{}, at(8), "method", {}, {}}));
  REQUIRE(box.quarantine({"{}", at(9), "conflict", {}, id}));
  const auto row = [&](const char* column) {
    return query(one, std::string("select coalesce(") + column +
                          ", 'none') from signhook_quarantine order by number");
  };
  using rows = std::vector<std::string>;
  CHECK(row("received") == rows{"7", "8", "9"});
  CHECK(row("reason") == rows{"invalid_utf8", "method", "conflict"});
  CHECK(row("path") == rows{"/dossier/id", "none", "none"});
  CHECK(row("byte_offset") == rows{"3", "none", "none"});
  CHECK(row("length(id)") == rows{"none", "none", "16"});
  CHECK(row("body") == rows{std::string("\xff\0{", 3), "", "{}"});
}

TEST_CASE("Pruning forgets the oldest handled events and nothing else", "[sqlite]") {
  const database db;
  const connection one = db.create();
  auto box = make(one);
  const auto handle = [&](std::uint16_t number) {
    REQUIRE(box.begin(entry_of(number)) == begin_outcome::acquired);
    REQUIRE(box.commit(entry_of(number)));
  };
  REQUIRE(run(one, "pragma synchronous = off") == SQLITE_OK);
  for (std::uint16_t number = 0; number < 700; ++number) handle(number);
  REQUIRE(box.begin(entry_of(700)) == begin_outcome::acquired);
  REQUIRE(box.dead_letter(entry_of(700), "why"));
  REQUIRE(box.begin(entry_of(701)) == begin_outcome::acquired);
  REQUIRE(box.enqueue(entry_of(701)));
  REQUIRE(box.commit(entry_of(701)));
  handle(702);

  // entry_of's times are 1,000 and its number.
  CHECK(box.prune(at(1'000), 10) == 0);
  CHECK(box.prune(at(9'999), 0) == 0);
  CHECK(box.prune(at(9'999), 3) == 3);
  CHECK(box.begin(entry_of(2)) == begin_outcome::acquired);
  box.release(entry_of(2));
  CHECK(box.begin(entry_of(3)) == begin_outcome::duplicate);
  CHECK(box.prune(at(1'600), 10'000) == 597);
  CHECK(box.begin(entry_of(599)) == begin_outcome::acquired);
  box.release(entry_of(599));
  CHECK(box.begin(entry_of(600)) == begin_outcome::duplicate);
  CHECK(box.prune(at(9'999), 10'000) == 101);
  CHECK(box.begin(entry_of(700)) == begin_outcome::duplicate);
  CHECK(box.begin(entry_of(701)) == begin_outcome::duplicate);
  CHECK(count(one, "signhook_inbox") == 2);
}

TEST_CASE("Text with NUL and times of the year 0000 are the database's to keep", "[sqlite]") {
  const database db;
  const connection one = db.create();
  auto box = make(one);
  using namespace std::string_view_literals;
  signhook::unknown_event unusual;
  unusual.id = entry_of(1).id;
  unusual.type = *signhook::type_text::from("new\0type"sv);
  unusual.created = *signhook::timestamp::parse("0000-01-01T00:00:00+23:59");
  const auto entry = signhook::inbox_entry::from(signhook::event(unusual), "{}", at(0));
  REQUIRE(box.begin(entry) == begin_outcome::acquired);
  std::array<char, signhook::timestamp::max_text_size> created{};
  const auto size = static_cast<int>(unusual.created.write_to(created.data()) - created.data());
  sqlite3_stmt* effect = nullptr;
  REQUIRE(sqlite3_prepare_v2(one.get(), "insert into effects values(?, ?)", -1, &effect, nullptr) ==
          SQLITE_OK);
  sqlite3_bind_text(effect, 1, created.data(), size, nullptr);
  const auto type = unusual.type;
  sqlite3_bind_text(effect, 2, type.view().data(), static_cast<int>(type.view().size()), nullptr);
  CHECK(sqlite3_step(effect) == SQLITE_DONE);
  sqlite3_finalize(effect);
  REQUIRE(box.commit(entry));
  CHECK(query(one, "select id from effects").at(0) == "0000-01-01T00:00:00+23:59");
  CHECK(query(one, "select text from effects").at(0) == "new\0type"sv);
}

TEST_CASE("A process that dies within a claim has done nothing", "[sqlite]") {
  const database db;
  { const connection made = db.create(); }
  const pid_t child = fork();
  if (child == 0) {
    const connection one = db.open();
    auto box = sqlite_inbox::make(one.get());
    if (!box || box->begin(entry_of(1)) != begin_outcome::acquired) _exit(1);
    if (write_effect(one) != SQLITE_OK) _exit(1);
    (void)raise(SIGKILL);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  const connection one = db.open();
  auto box = make(one, impatient);
  CHECK(count(one, "effects") == 0);
  CHECK(box.begin(entry_of(1)) == begin_outcome::acquired);
}

TEST_CASE("The tables are made once, by any number of processes", "[sqlite]") {
  const database db;
  std::vector<connection> connections;
  for (int i = 0; i < 8; ++i) connections.push_back(db.open());
  std::vector<std::thread> threads;
  std::atomic<int> created = 0;
  for (const auto& each : connections) {
    threads.emplace_back([&] {
      if (!sqlite_inbox::create(each.get())) ++created;
    });
  }
  for (auto& each : threads) each.join();
  CHECK(created == 8);
  CHECK(query(connections[0], "select version from signhook_schema") ==
        std::vector<std::string>{std::to_string(signhook::sqlite_schema_version)});
  CHECK(query(connections[0], "pragma journal_mode").at(0) == "wal");
}

TEST_CASE("Where the tables are, an inbox is opened while another connection writes", "[sqlite]") {
  const database db;
  const connection one = db.create();
  const connection other = db.open();
  REQUIRE(run(one, "begin immediate") == SQLITE_OK);
  CHECK_FALSE(sqlite_inbox::create(other.get(), impatient));
  auto box = make(other, impatient);
  CHECK(box.begin(entry_of(1)) == begin_outcome::unavailable);
}

TEST_CASE("An inbox needs its tables, WAL mode and options that mean something", "[sqlite]") {
  const database db;
  const connection one = db.open();
  CHECK(sqlite_inbox::make(one.get()).error().code == sqlite_errc::no_schema);
  REQUIRE_FALSE(sqlite_inbox::create(one.get()));
  CHECK(sqlite_inbox::make(one.get()));

  CHECK(sqlite_inbox::make(one.get(), {.lock_timeout = std::chrono::hours(2)}).error().code ==
        sqlite_errc::invalid_options);
  CHECK(sqlite_inbox::create(one.get(), {.queue = {.max_attempts = 0}})->code ==
        sqlite_errc::invalid_options);

  REQUIRE(run(one, "update signhook_schema set version = version + 1") == SQLITE_OK);
  CHECK(sqlite_inbox::make(one.get()).error().code == sqlite_errc::other_schema);
  CHECK(sqlite_inbox::create(one.get())->code == sqlite_errc::other_schema);
  REQUIRE(
      run(one, "update signhook_schema set version = version - 1; pragma journal_mode = delete") ==
      SQLITE_OK);
  CHECK(sqlite_inbox::make(one.get()).error().code == sqlite_errc::not_wal);

  sqlite3* opened = nullptr;
  REQUIRE(sqlite3_open(":memory:", &opened) == SQLITE_OK);
  const connection memory(opened);
  CHECK(sqlite_inbox::create(memory.get())->code == sqlite_errc::not_wal);
}

TEST_CASE("Every commit reaches the disk", "[sqlite]") {
  const database db;
  const connection one = db.create();
  for (const auto& [before, after] :
       {std::pair("off", "2"), std::pair("normal", "2"), std::pair("extra", "3")}) {
    REQUIRE(run(one, (std::string("pragma synchronous = ") + before).c_str()) == SQLITE_OK);
    const auto box = make(one);
    CHECK(query(one, "pragma synchronous").at(0) == after);
  }
}

TEST_CASE("An inbox moves, and gives its statements back", "[sqlite]") {
  const database db;
  connection one = db.create();
  {
    auto box = make(one);
    REQUIRE(box.begin(entry_of(1)) == begin_outcome::acquired);
    auto moved = std::move(box);
    CHECK(moved.commit(entry_of(1)));
  }
  CHECK(sqlite3_next_stmt(one.get(), nullptr) == nullptr);
  CHECK(sqlite3_close(one.release()) == SQLITE_OK);
}
