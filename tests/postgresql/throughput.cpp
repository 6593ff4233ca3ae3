// SPDX-License-Identifier: BSL-1.0
// The events per second that `process` handles in PostgreSQL, beside an insert-and-effect transaction
// by hand over the same server and with the same effect. They take turns, so that what the machine does
// meanwhile meets both.
//
//   throughput [ROUNDS [SETTINGS]]     fails if the inbox is below 90 % of the transaction by
//                                      hand, with one connection
#include "database.hpp"
#include <signhook/decoder.hpp>
#include <signhook/inbox/postgresql.hpp>
#include <signhook/receiver.hpp>
#include <signhook/schema.hpp>

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace {

using postgresql::ask;
using postgresql::unique_connection;
using postgresql::unique_result;
using signhook::postgresql_inbox;

constexpr std::uint64_t events = 25;  // of one connection in one turn

signhook::time_point now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

constexpr std::string_view secret = "a-secret-that-is-long-enough";
const std::vector<signhook::header> headers = {
    {"Host", "localhost"}, {"Content-Type", "application/json"}, {"X-Secret", secret}};

void check(bool is_done, std::string_view what) {
  if (!is_done) throw std::runtime_error(std::string(what));
}

// The body of an event of its own.
std::string body_of(std::uint64_t number) {
  std::array<char, 64> id{};
  std::snprintf(id.data(), id.size(), "00000000-0000-4000-8000-%012llx",
                static_cast<unsigned long long>(number));
  return std::string(R"({"id":")") + id.data() +
         R"(","type":"dossier.state.updated","created":"2026-01-01T00:00:00+00:00","dossier":{"id":)" +
         R"("b659c273-954e-43cf-893a-0f74a7f87153","state":"completed"}})";
}

// A connection that can do one event in each way.
class session {
 public:
  explicit session(const postgresql::server& server)
      : connection_(server.connect()), inbox_(make_inbox(connection_.get())) {
    prepare("hand", "insert into hand (id) values ($1) on conflict do nothing");
    prepare("effect", "insert into effect (id, state) values ($1, 'completed')");
  }
  session(const session&) = delete;

  void by_hand(std::uint64_t number) {
    const auto event = decoder_.decode(body_of(number));
    check(event.has_value(), "decode");
    const auto id = std::visit([](const auto& one) { return one.id; }, *event);
    check(ask(connection_.get(), "begin").empty(), "begin");
    check(insert("hand", id) == "1", "insert");
    check(insert("effect", id) == "1", "effect");
    check(ask(connection_.get(), "commit").empty(), "commit");
  }

  void by_inbox(std::uint64_t number) {
    const std::string body = body_of(number);
    const auto done = signhook::process(
        receiver_, decoder_, inbox_, {.method = "POST", .headers = headers, .body = body},
        [this](const signhook::inbox_entry& entry) { return insert("effect", entry.id) == "1"; });
    check(done.outcome == signhook::process_outcome::handled, "process");
  }

  void store(std::uint64_t number) {
    const std::string body = body_of(number);
    const auto done = signhook::process(
        receiver_, decoder_, inbox_, {.method = "POST", .headers = headers, .body = body},
        [this](const signhook::inbox_entry& entry) { return inbox_.enqueue(entry); });
    check(done.outcome == signhook::process_outcome::handled, "process");
  }

  // Handles what is stored, so many events by one COMMIT. Returns how many.
  std::size_t handle_batch(std::size_t size) {
    std::vector<signhook::queue_lease> leases(size);
    leases.resize(inbox_.take_batch(now(), leases));
    check(!leases.empty() && inbox_.open_batch(leases), "open_batch");
    for (const auto& one : leases) {
      const auto body = inbox_.stored_body(one);
      check(body.has_value() && decoder_.decode(*body).has_value(), "decode");
      check(insert("effect", one.id) == "1", "effect");
    }
    check(inbox_.finish_batch(leases), "finish_batch");
    return leases.size();
  }

 private:
  static signhook::receiver make_receiver() {
    const std::string_view secrets[] = {secret};
    auto made = signhook::receiver::make({.secret_header = "X-Secret", .secrets = secrets});
    check(made.has_value(), "receiver");
    return std::move(*made);
  }
  static postgresql_inbox make_inbox(PGconn* over) {
    auto made = postgresql_inbox::make(over);
    check(made.has_value(), "inbox");
    return std::move(*made);
  }
  void prepare(const char* name, const char* sql) {
    const unsigned type = 2950;
    const unique_result done(PQprepare(connection_.get(), name, sql, 1, &type));
    check(PQresultStatus(done.get()) == PGRES_COMMAND_OK, name);
  }
  std::string insert(const char* name, const signhook::event_id& id) {
    const auto* const value = reinterpret_cast<const char*>(id.value.bytes.data());
    const int size = 16;
    const int format = 1;
    const unique_result done(PQexecPrepared(connection_.get(), name, 1, &value, &size, &format, 1));
    return PQcmdTuples(done.get());
  }

  unique_connection connection_;
  postgresql_inbox inbox_;
  signhook::decoder decoder_;
  signhook::receiver receiver_ = make_receiver();
};

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double median(std::vector<double> of) {
  std::sort(of.begin(), of.end());
  return of[of.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t rounds = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 41;
  const postgresql::server server(argc > 2 ? argv[2] : "fsync=on");
  const auto setup = server.connect();
  check(!postgresql_inbox::create(setup.get()), "create");
  check(ask(setup.get(),
            "create table hand (id uuid primary key, received timestamptz not null default now());"
            "create index on hand (received);"
            "create table effect (id uuid, state text)")
            .empty(),
        "tables");

  bool is_fast = true;
  std::uint64_t next = 0;
  for (const std::size_t connections : {1U, 8U}) {
    std::vector<std::unique_ptr<session>> sessions;
    for (std::size_t i = 0; i < connections; ++i)
      sessions.push_back(std::make_unique<session>(server));
    const auto turn = [&](void (session::*step)(std::uint64_t)) {
      return seconds_of([&] {
        std::vector<std::thread> threads;
        for (auto& one : sessions) {
          const std::uint64_t first = next;
          next += events;
          threads.emplace_back([&one, first, step] {
            for (std::uint64_t i = 0; i < events; ++i) ((*one).*step)(first + i);
          });
        }
        for (auto& one : threads) one.join();
      });
    };
    turn(&session::by_hand);
    turn(&session::by_inbox);
    std::vector<double> hand;
    std::vector<double> inbox;
    std::vector<double> ratios;
    for (std::size_t round = 0; round < rounds; ++round) {
      if (round % 2 == 0) hand.push_back(turn(&session::by_hand));
      inbox.push_back(turn(&session::by_inbox));
      if (round % 2 == 1) hand.push_back(turn(&session::by_hand));
      ratios.push_back(hand.back() / inbox.back());
    }
    const auto per_second = [&](double seconds) {
      return static_cast<double>(events * connections) / seconds;
    };
    std::printf("%zu connections: by hand %.0f events/s, process %.0f events/s: %.0f %%\n",
                connections, per_second(median(hand)), per_second(median(inbox)),
                100 * median(ratios));
    // With several connections on few processors it is a matter of who has these.
    if (connections == 1) is_fast = median(ratios) >= 0.9;
  }

  session one(server);
  for (const std::size_t batch : {1U, 10U, 100U}) {
    constexpr std::size_t stored = 300;
    const double store = seconds_of([&] {
      for (std::size_t i = 0; i < stored; ++i) one.store(next++);
    });
    const double handle = seconds_of([&] {
      for (std::size_t done = 0; done < stored;) done += one.handle_batch(batch);
    });
    std::printf(
        "store first, 1 connection: stored %.0f events/s, handled in batches of %zu %.0f "
        "events/s\n",
        stored / store, batch, stored / handle);
  }
  return is_fast ? 0 : 1;
}
