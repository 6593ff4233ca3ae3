// SPDX-License-Identifier: BSL-1.0
// An endpoint that handles each event once, on any number of machines: SIGNHOOK_SECRET=... PROGRAM CONNECTION
#include <signhook/inbox/postgresql.hpp>
#include <signhook/receiver.hpp>

#include <httplib.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <variant>

struct session {  // of a thread; the inbox connects it again when that is necessary
  explicit session(const char* to) : pg(PQconnectdb(to), PQfinish), inbox(pg.get()) {}
  bool execute(const char* sql, int count = 0, const char* const* values = nullptr) const {
    const std::unique_ptr<PGresult, decltype(&PQclear)> done(
        PQexecParams(pg.get(), sql, count, nullptr, values, nullptr, nullptr, 0), PQclear);
    return PQresultStatus(done.get()) == PGRES_COMMAND_OK;
  }
  // What an event changes is written through the inbox's connection, in its transaction.
  signhook::handled store(const signhook::event& event) const {
    const auto* const dossier = signhook::dossier_of(event);
    if (dossier == nullptr) return signhook::handled::dead_letter("it is about no dossier");
    const std::string state(dossier->state.text());
    if (state.find('\0') != state.npos) return signhook::handled::dead_letter("NUL is not text");
    const auto created = std::visit([](const auto& one) { return one.created.time(); }, event);
    const std::string seconds = std::to_string(created.time_since_epoch().count());
    std::string id(signhook::uuid::text_size, '-');
    dossier->id.write_to(id.data());
    const char* const values[] = {id.c_str(), state.c_str(), seconds.c_str()};
    constexpr char latest[] = R"(insert into dossiers as d values ($1, $2, $3) on conflict (id) do
        update set state = excluded.state, created = excluded.created where excluded.created >= d.created)";
    return execute(latest, 3, values) ? signhook::handled::done : signhook::handled::retry;
  }
  std::unique_ptr<PGconn, decltype(&PQfinish)> pg;
  signhook::postgresql_inbox inbox;
  signhook::decoder decoder;
};

int main(int argc, char** argv) {
  const auto fail = [](const char* why) { return std::fprintf(stderr, "%s\n", why) < 0 ? 2 : 1; };
  const char* const secret = std::getenv("SIGNHOOK_SECRET");
  if (argc != 2 || secret == nullptr) return fail("usage: SIGNHOOK_SECRET=... PROGRAM CONNECTION");
  const std::string_view secrets[] = {secret};
  const auto receiver = signhook::receiver::make({.secret_header = "X-Secret", .secrets = secrets});
  if (!receiver) return fail("the secret is too short, say");
  session first(argv[1]);
  const auto* sql = "create table if not exists dossiers(id uuid unique, state text, created int8)";
  if (!first.inbox.create() || !first.execute(sql)) return fail(PQerrorMessage(first.pg.get()));
  httplib::Server server;
  server.Post("/", [&](const httplib::Request& r, httplib::Response& answer) {
    thread_local session own(argv[1]);
    const signhook::request request{.method = r.method, .headers = r.headers, .body = r.body};
    const auto store = [](const signhook::event& event) { return own.store(event); };
    answer.status = signhook::process(*receiver, own.decoder, own.inbox, request, store).status;
  });
  std::printf("%d\n", server.bind_to_any_port("127.0.0.1"));
  return std::fflush(stdout) == 0 && server.listen_after_bind() ? 0 : 1;
}
