// SPDX-License-Identifier: BSL-1.0
// Handles each event once, and keeps the state of every dossier in SQLite.
#include <signhook/inbox/sqlite.hpp>
#include <signhook/projection.hpp>
#include <signhook/projection/sql.hpp>
#include <signhook/receiver.hpp>

#include <httplib.h>

#include <cstdlib>
#include <iostream>
#include <mutex>
#include <string_view>

// Writes what an event says. It is committed with the event's id, by the inbox, or not at all.
signhook::handled store(sqlite3_stmt* upsert, const signhook::event& event) {
  if (signhook::dossier_of(event) == nullptr) return signhook::handled::dead_letter("no dossier");
  bool is_stored = true;
  signhook::for_each_observation(event, [&](const signhook::observation_row& row) {
    const signhook::projection_parameters all(row);
    is_stored &= all.bind(upsert, sqlite3_bind_int64, sqlite3_bind_text, sqlite3_bind_blob) &&
                 sqlite3_step(upsert) == SQLITE_DONE;
    sqlite3_reset(upsert);
  });
  return is_stored ? signhook::handled::done : signhook::handled::retry;
}

int main(int argc, char** argv) {
  const auto fail = [](std::string_view why) { return (std::cerr << why << '\n').good() ? 1 : 2; };
  const char* const secret = std::getenv("SIGNHOOK_SECRET");  // NOLINT(concurrency-*)
  if (argc != 2 || secret == nullptr) return fail("usage: SIGNHOOK_SECRET=... PROGRAM DATABASE");
  const std::string_view secrets[] = {secret};
  const auto receiver = signhook::receiver::make({.secret_header = "X-Secret", .secrets = secrets});
  if (!receiver) return fail("SIGNHOOK_SECRET is too short, or not visible ASCII");

  sqlite3* db = nullptr;
  sqlite3_stmt* upsert = nullptr;
  if (sqlite3_open(argv[1], &db) != SQLITE_OK) return fail(sqlite3_errmsg(db));
  if (const auto error = signhook::sqlite_inbox::create(db)) return fail(error->message.view());
  auto inbox = signhook::sqlite_inbox::make(db);
  if (!inbox) return fail(inbox.error().message.view());
  if (sqlite3_exec(db, signhook::projection_table_sqlite, nullptr, nullptr, nullptr) != SQLITE_OK ||
      sqlite3_prepare_v2(db, signhook::projection_upsert, -1, &upsert, nullptr) != SQLITE_OK)
    return fail(sqlite3_errmsg(db));

  std::mutex one_at_a_time;  // SQLite has one writer, so one connection serves all threads
  signhook::decoder decoder;
  httplib::Server server;
  server.Post("/", [&](const httplib::Request& r, httplib::Response& answer) {
    const std::lock_guard lock(one_at_a_time);
    const signhook::request request{.method = r.method, .headers = r.headers, .body = r.body};
    const auto handler = [&](const signhook::event& event) { return store(upsert, event); };
    answer.status = signhook::process(*receiver, decoder, *inbox, request, handler).status;
  });
  std::cout << server.bind_to_any_port("127.0.0.1") << std::endl;  // the port, when it can be used
  return server.listen_after_bind() ? 0 : 1;
}
