// SPDX-License-Identifier: BSL-1.0
// Handles each event once, on any number of machines, and keeps the state of every dossier in PostgreSQL.
#include <signhook/inbox/postgresql.hpp>
#include <signhook/projection.hpp>
#include <signhook/projection/sql.hpp>
#include <signhook/receiver.hpp>

#include <httplib.h>

#include <cstdlib>
#include <iostream>
#include <mutex>
#include <string>

bool is_done(PGresult* result) {
  const bool is_ok = PQresultStatus(result) == PGRES_COMMAND_OK;
  PQclear(result);
  return is_ok;
}

// Writes what an event says. It is committed with the event's id, by the inbox, or not at all.
signhook::handled store(PGconn* db, const signhook::event& event) {
  if (signhook::dossier_of(event) == nullptr) return signhook::handled::dead_letter("no dossier");
  bool is_stored = true;
  signhook::for_each_observation(event, [&](const signhook::observation_row& row) {
    const signhook::projection_parameters all(row);
    is_stored &= is_done(PQexecParams(db, signhook::projection_upsert, all.size(), nullptr,
                                      all.values(), all.lengths(), all.formats(), 0));
  });
  return is_stored ? signhook::handled::done : signhook::handled::retry;
}

int main(int argc, char** argv) {
  const auto fail = [](std::string_view why) { return (std::cerr << why << '\n').good() ? 1 : 2; };
  const char* const secret = std::getenv("SIGNHOOK_SECRET");  // NOLINT(concurrency-*)
  if (argc != 2 || secret == nullptr) return fail("usage: SIGNHOOK_SECRET=... PROGRAM CONNECTION");
  const std::string_view secrets[] = {secret};
  const auto receiver = signhook::receiver::make({.secret_header = "X-Secret", .secrets = secrets});
  if (!receiver) return fail("SIGNHOOK_SECRET is too short, or not visible ASCII");

  PGconn* const db = PQconnectdb(argv[1]);
  if (const auto error = signhook::postgresql_inbox::create(db)) return fail(error->message.view());
  auto inbox = signhook::postgresql_inbox::make(db);
  if (!inbox) return fail(inbox.error().message.view());
  const auto table =
      std::string("select pg_advisory_xact_lock(1);") + signhook::projection_table_postgresql;
  if (!is_done(PQexec(db, table.c_str()))) return fail(PQerrorMessage(db));

  std::mutex one_at_a_time;  // or a connection, an inbox and a decoder for each thread
  signhook::decoder decoder;
  httplib::Server server;
  server.Post("/", [&](const httplib::Request& r, httplib::Response& answer) {
    const std::lock_guard lock(one_at_a_time);
    const signhook::request request{.method = r.method, .headers = r.headers, .body = r.body};
    const auto handler = [&](const signhook::event& event) { return store(db, event); };
    answer.status = signhook::process(*receiver, decoder, *inbox, request, handler).status;
  });
  std::cout << server.bind_to_any_port("127.0.0.1") << std::endl;  // the port, when it can be used
  return server.listen_after_bind() ? 0 : 1;
}
