// SPDX-License-Identifier: BSL-1.0
#include "inbox_postgresql.hpp"
#include "postgresql/proxy.hpp"

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#if defined(__linux__)
#include <sys/mount.h>
#include <unistd.h>
#endif

namespace {

using namespace postgresql_test;  // NOLINT(google-build-using-namespace)

}  // namespace

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

#if defined(__linux__)
// A small file system of its own for the tables. Only root mounts one.
TEST_CASE("A disk that is full is unavailable, and works again when it is not", "[postgresql]") {
  const std::filesystem::path folder = server().folder() / "small";
  std::filesystem::create_directory(folder);
  if (::geteuid() != 0 || ::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=2m,mode=777") != 0) {
    WARN("only root can mount, and not everywhere: the full disk is not tested");
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
    int count_unavailable = 0;
    for (unsigned i = 0; i < 5000 && count_unavailable == 0; ++i) {
      auto one = entry(2);
      one.id.value.bytes[1] = static_cast<std::uint8_t>(i);
      one.id.value.bytes[2] = static_cast<std::uint8_t>(i >> 8U);
      const auto outcome = inbox.begin(one);
      if (outcome == begin_outcome::unavailable) {
        CHECK(sqlstate(inbox) == "53100");
        ++count_unavailable;
      } else {
        REQUIRE(inbox.commit(one));
      }
    }
    CHECK(count_unavailable == 1);
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
