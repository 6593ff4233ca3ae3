// SPDX-License-Identifier: BSL-1.0
#include "../postgresql/database.hpp"
#include "../postgresql/proxy.hpp"
#include "endpoint.hpp"
#include <signhook/inbox/postgresql.hpp>

#include <libpq-fe.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <functional>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace {

const signhook::postgresql_options options = {.lock_timeout = std::chrono::milliseconds(500),
                                              .queue = chaos::queue};

// The server may be starting: it has 20 seconds.
bool within_20_seconds(const std::function<bool()>& step) {
  for (int attempt = 0; attempt < 400; ++attempt) {
    if (step()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

postgresql::unique_connection connect(const std::string& database) {
  postgresql::unique_connection made(PQconnectdb((database + " connect_timeout=2").c_str()));
  // libpq prints what a killed server says last.
  PQsetNoticeProcessor(
      made.get(), [](void*, const char*) {}, nullptr);
  return made;
}

signhook::postgresql_inbox make_inbox(PGconn* over) {
  std::optional<signhook::postgresql_inbox> inbox;
  const bool is_made = within_20_seconds([&] {
    auto made = signhook::postgresql_inbox::make(over, options);
    if (made) inbox.emplace(std::move(*made));
    return made.has_value();
  });
  if (!is_made) throw std::runtime_error("the inbox cannot be made");
  return std::move(*inbox);
}

class engine {
 public:
  static bool create(const std::string& database) {
    const postgresql::unique_connection made = connect(database);
    return within_20_seconds([&] {
      return !signhook::postgresql_inbox::create(made.get(), options) &&
             postgresql::ask(made.get(), "create table if not exists effects(event uuid not null)")
                 .empty();
    });
  }

  // A connection that breaks later is made again by the inbox.
  explicit engine(const std::string& database)
      : connection_(connect(database)), inbox_(make_inbox(connection_.get())) {}

  signhook::postgresql_inbox& inbox() { return inbox_; }

  [[nodiscard]] bool write_effect(const signhook::event_id& id) const {
    std::string text(signhook::uuid::text_size, ' ');
    id.write_to(text.data());
    return postgresql::ask(connection_.get(), "insert into effects values ('" + text + "')")
        .empty();
  }
  [[nodiscard]] bool write_effect_alone(const signhook::event_id& id) const {
    if (PQstatus(connection_.get()) != CONNECTION_OK) PQreset(connection_.get());
    return write_effect(id);
  }

 private:
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
