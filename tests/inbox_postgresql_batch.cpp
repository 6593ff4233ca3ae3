// SPDX-License-Identifier: BSL-1.0
#include "inbox_postgresql.hpp"

#include <libpq-fe.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace postgresql_test;  // NOLINT(google-build-using-namespace)

using outcomes = std::vector<begin_outcome>;

constexpr auto acquired = begin_outcome::acquired;
constexpr auto duplicate = begin_outcome::duplicate;
constexpr auto conflict = begin_outcome::conflict;
constexpr auto in_progress = begin_outcome::in_progress;
constexpr auto unavailable = begin_outcome::unavailable;

outcomes enqueue(postgresql_inbox& inbox, const std::vector<inbox_entry>& entries) {
  outcomes made(entries.size());
  const bool is_done = inbox.enqueue_batch(entries, made);
  CHECK(is_done == (inbox.last_error().code == postgresql_errc::none));
  return made;
}

}  // namespace

TEST_CASE("A batch stores each event once, whatever else is in it", "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  auto inbox = make(connection.get());
  CHECK(enqueue(inbox, {}).empty());
  CHECK(enqueue(inbox, {entry(3), entry(1), entry(2)}) == outcomes{acquired, acquired, acquired});
  CHECK(enqueue(inbox, {entry(2), entry(4), entry(3, 8), entry(4), entry(4, 9)}) ==
        outcomes{duplicate, acquired, conflict, duplicate, conflict});
  CHECK(at.ask_outside("select count(*) from signhook_queue where due = 1000 and attempts = 0") ==
        "4");
  CHECK(at.ask_outside("select count(*) from signhook_inbox where fingerprint = 7") == "4");
  CHECK(at.ask_outside("select distinct encode(body, 'escape') from signhook_queue") ==
        "{\"a\":\"\\\\u0000\"}");
  CHECK(inbox.begin(entry(4)) == duplicate);
  // Every byte, and none.
  auto bytes = entry(5);
  const std::string all = [] {
    std::string made;
    for (int i = 0; i < 256; ++i) made += static_cast<char>(i);
    return made;
  }();
  bytes.body = all;
  auto none = entry(6);
  none.body = {};
  CHECK(enqueue(inbox, {bytes, none}) == outcomes{acquired, acquired});
  const auto taken = inbox.take(signhook::time_point(5000ms));
  CHECK(taken.outcome == signhook::take_outcome::taken);
  CHECK(at.ask_outside(
            "select sum(length(body)) from signhook_queue where length(body) in (0, 256)") ==
        "256");
}

TEST_CASE("An event that the database rejects keeps no other from being stored", "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  auto inbox = make(connection.get());
  // In the queue, but forgotten by a hand in the inbox.
  REQUIRE(enqueue(inbox, {entry(3)}) == outcomes{acquired});
  REQUIRE(at.ask_outside("delete from signhook_inbox") == "");
  std::vector<inbox_entry> entries;
  for (std::uint8_t i = 0; i < 9; ++i) entries.push_back(entry(i));
  outcomes expected(9, acquired);
  expected[3] = unavailable;
  CHECK(enqueue(inbox, entries) == expected);
  CHECK(sqlstate(inbox) == "23505");
  CHECK(at.ask_outside("select count(*) from signhook_queue") == "9");
  CHECK(at.ask_outside("select count(*) from signhook_inbox") == "8");
}

TEST_CASE("A batch waits for another session for as long as it may", "[postgresql]") {
  const place at;
  const auto first = at.connect();
  const auto second = at.connect();
  auto one = make(first.get());
  auto two = make(second.get(), {.lock_timeout = 100ms});
  auto patient = postgresql_options();
  patient.lock_timeout = 20s;
  const auto third = at.connect();
  auto three = make(third.get(), patient);
  REQUIRE(one.begin(entry(1)) == acquired);
  CHECK(enqueue(two, {entry(1), entry(2)}) == outcomes{in_progress, in_progress});
  CHECK(sqlstate(two) == "55P03");
  outcomes waited(3);
  bool is_done = false;
  std::thread waiting([&] {
    const std::array entries{entry(2), entry(1, 8), entry(1)};
    is_done = three.enqueue_batch(entries, waited);
  });
  std::this_thread::sleep_for(200ms);
  REQUIRE(one.enqueue(entry(1)));
  REQUIRE(one.commit(entry(1)));
  waiting.join();
  CHECK(is_done);
  CHECK(waited == outcomes{acquired, conflict, duplicate});
}

TEST_CASE("A batch fails as a whole where nothing can be written", "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  auto inbox = make(connection.get());
  ask(connection.get(), "set default_transaction_read_only = on");
  CHECK(enqueue(inbox, {entry(1), entry(2)}) == outcomes{unavailable, unavailable});
  CHECK(sqlstate(inbox) == "25006");
  ask(connection.get(), "set default_transaction_read_only = off");
  // As a proxy that goes away. The next batch has a connection of its own.
  ::shutdown(PQsocket(connection.get()), SHUT_RDWR);
  CHECK(enqueue(inbox, {entry(1)}) == outcomes{unavailable});
  CHECK(inbox.last_error().code == postgresql_errc::connection);
  CHECK(enqueue(inbox, {entry(1)}) == outcomes{acquired});
  ask(connection.get(), "discard all");
  at.use(connection.get());
  CHECK(enqueue(inbox, {entry(2)}) == outcomes{unavailable});
  CHECK(enqueue(inbox, {entry(2)}) == outcomes{acquired});
}

TEST_CASE("A batch is durable in a session that does not wait for the disk", "[postgresql]") {
  const place at;
  const auto connection = at.connect();
  auto inbox = make(connection.get());
  ask(connection.get(), "set synchronous_commit = off");
  REQUIRE(enqueue(inbox, {entry(1)}) == outcomes{acquired});
  server().kill();
  server().start();
  CHECK(at.ask_outside("select 1") == "!");
  const auto again = at.connect();
  CHECK(ask(again.get(), "select count(*) from signhook_queue") == "1");
}

TEST_CASE("Sessions that store the same events in any order do not wait in a circle",
          "[postgresql]") {
  const place at;
  std::vector<std::thread> sessions;
  std::array<int, 2> stored{};
  for (std::size_t which = 0; which < stored.size(); ++which) {
    sessions.emplace_back([&at, which, &count = stored[which]] {
      const auto connection = at.connect();
      auto inbox = *postgresql_inbox::make(connection.get());
      for (std::uint8_t round = 0; round < 20; ++round) {
        std::vector<inbox_entry> entries;
        for (std::uint8_t i = 0; i < 12; ++i)
          entries.push_back(
              entry(static_cast<std::uint8_t>(round * 12 + (which == 0 ? i : 11 - i))));
        outcomes made(entries.size());
        if (!inbox.enqueue_batch(entries, made)) return;
        for (const begin_outcome one : made) count += one == acquired ? 1 : 0;
      }
    });
  }
  for (std::thread& one : sessions) one.join();
  CHECK(stored[0] + stored[1] == 240);
}
