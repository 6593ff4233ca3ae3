// SPDX-License-Identifier: BSL-1.0
#include "../postgresql/database.hpp"
#include "../postgresql/proxy.hpp"
#include "endpoint.hpp"
#include <signhook/inbox/postgresql.hpp>

#include <libpq-fe.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <random>
#include <string>
#include <string_view>
#include <thread>

namespace {

const signhook::postgresql_options options = {.lock_timeout = std::chrono::milliseconds(500),
                                              .queue = chaos::queue};

class engine {
 public:
  // The server may be starting.
  static bool create(const std::string& database) {
    for (int attempt = 0; attempt < 400; ++attempt) {
      const engine made(database);
      if (signhook::postgresql_inbox(made.connection_.get()).create() &&
          made.execute("set client_min_messages = error; create table if not exists effects("
                       "event uuid not null)")) {
        return true;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  }

  // A connection that fails is made again by the inbox.
  explicit engine(const std::string& database)
      : connection_(PQconnectdb((database + " connect_timeout=2").c_str())),
        inbox_(connection_.get(), options) {
    // libpq prints what a killed server says last.
    PQsetNoticeProcessor(
        connection_.get(), [](void*, const char*) {}, nullptr);
  }

  signhook::postgresql_inbox& inbox() { return inbox_; }

  [[nodiscard]] bool write_effect(const signhook::event_id& id) const {
    std::string text(signhook::uuid::text_size, ' ');
    id.write_to(text.data());
    return execute("insert into effects values ('" + text + "')");
  }
  [[nodiscard]] bool write_effect_alone(const signhook::event_id& id) const {
    if (PQstatus(connection_.get()) != CONNECTION_OK) PQreset(connection_.get());
    return write_effect(id);
  }

 private:
  [[nodiscard]] bool execute(const std::string& sql) const {
    return postgresql::ask(connection_.get(), sql).empty();
  }

  postgresql::unique_connection connection_;
  signhook::postgresql_inbox inbox_;
};

// PROGRAM proxy FOLDER SOCKET: cuts one connection in COMMIT about every 100 milliseconds, before the
// server has it or after, until its standard input ends. Then it prints how many.
int cut_connections(const std::string& folder, const std::string& socket) {
  postgresql::proxy proxy(folder, socket);
  std::puts("ready");
  std::fflush(stdout);
  std::atomic<bool> is_over = false;
  std::thread cutting([&] {
    std::minstd_rand random{std::random_device{}()};
    while (!is_over) {
      proxy.cut_next(random() % 2 == 0 ? postgresql::cut::before_commit
                                       : postgresql::cut::after_commit);
      std::this_thread::sleep_for(std::chrono::milliseconds(50 + random() % 100));
    }
  });
  while (std::getchar() != EOF) {
  }
  is_over = true;
  cutting.join();
  std::printf("%d\n", proxy.cuts());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 4 && std::string_view(argv[1]) == "proxy") return cut_connections(argv[2], argv[3]);
  return chaos::run<engine>(argc, argv);
}
