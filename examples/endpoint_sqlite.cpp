// SPDX-License-Identifier: BSL-1.0
// An endpoint that handles each event once, whatever dies: SIGNHOOK_SECRET=... endpoint_sqlite DATABASE
#include <signhook/inbox/sqlite.hpp>
#include <signhook/projection.hpp>
#include <signhook/receiver.hpp>

#include <httplib.h>
#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string_view>
#include <variant>

int main(int argc, char** argv) {
  const auto fail = [](const char* why) { return std::fprintf(stderr, "%s\n", why) < 0 ? 2 : 1; };
  const char* const secret = std::getenv("SIGNHOOK_SECRET");  // NOLINT(concurrency-*)
  if (argc != 2 || secret == nullptr) return fail("usage: SIGNHOOK_SECRET=... PROGRAM DATABASE");
  const std::string_view secrets[] = {secret};
  const auto receiver = signhook::receiver::make({.secret_header = "X-Secret", .secrets = secrets});
  if (!receiver) return fail("the secret is too short, say");

  // What an event changes is written through the inbox's connection, in its transaction.
  sqlite3* db = nullptr;
  sqlite3_stmt* upsert = nullptr;
  constexpr char table[] = "create table if not exists dossiers(id primary key, state, created)";
  constexpr char latest[] = R"(insert into dossiers values(?, ?, ?) on conflict(id) do update
      set state = excluded.state, created = excluded.created where excluded.created >= created)";
  if (sqlite3_open(argv[1], &db) != SQLITE_OK || signhook::sqlite_inbox::create(db) ||
      sqlite3_exec(db, table, nullptr, nullptr, nullptr) != SQLITE_OK ||
      sqlite3_prepare_v2(db, latest, -1, &upsert, nullptr) != SQLITE_OK)
    return fail(sqlite3_errmsg(db));
  auto inbox = signhook::sqlite_inbox::make(db);
  if (!inbox) return fail("the inbox cannot be used");

  const auto store = [&](const signhook::event& event) {
    const auto* const dossier = signhook::dossier_of(event);
    if (dossier == nullptr) return signhook::handled::dead_letter("it is about no dossier");
    const auto created = std::visit([](const auto& one) { return one.created; }, event);
    sqlite3_bind_blob(upsert, 1, dossier->id.value.bytes.data(), 16, nullptr);
    sqlite3_bind_text(upsert, 2, dossier->state.text().data(),
                      static_cast<int>(dossier->state.text().size()), nullptr);
    sqlite3_bind_int64(upsert, 3, created.time().time_since_epoch().count());
    sqlite3_step(upsert);
    return sqlite3_reset(upsert) == SQLITE_OK ? signhook::handled::done : signhook::handled::retry;
  };

  std::mutex one_at_a_time;  // as SQLite writes
  signhook::decoder decoder;
  httplib::Server server;
  server.Post("/", [&](const httplib::Request& r, httplib::Response& answer) {
    const std::lock_guard lock(one_at_a_time);
    const signhook::request request{.method = r.method, .headers = r.headers, .body = r.body};
    answer.status = signhook::process(*receiver, decoder, *inbox, request, store).status;
  });
  std::printf("%d\n", server.bind_to_any_port("127.0.0.1"));
  (void)std::fflush(stdout);
  return server.listen_after_bind() ? 0 : 1;
}
