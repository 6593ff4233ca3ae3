// SPDX-License-Identifier: BSL-1.0
// The table of docs/receiving.md for PostgreSQL.
#include "postgresql/database.hpp"
#include "receiving.hpp"
#include <signhook/inbox/postgresql.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace receiving {

// One for all tests; it starts with the first one that needs it.
inline postgresql::server& cluster() {
  static postgresql::server one("fsync=off max_connections=60");
  return one;
}

// A schema of the test's own in the one database.
template <bool StoresFirst>
class postgresql_place {
 public:
  static constexpr bool outlives_process = true;
  static constexpr bool stores_first = StoresFirst;

  postgresql_place() {
    static int count = 0;
    name_ = (StoresFirst ? "stored" : "place") + std::to_string(++count);
    ask("create schema " + name_);
    connection_ = connect();
    REQUIRE_FALSE(signhook::postgresql_inbox::create(connection_.get()));
    ask("create table effects (id uuid)");
  }

  class node {
   public:
    node(postgresql_place& at, const node*)
        : connection_(at.connect()), inbox_(make(connection_.get())) {}
    [[nodiscard]] signhook::postgresql_inbox& inbox() { return inbox_; }
    [[nodiscard]] bool write(const signhook::event_id& of) {
      return postgresql::ask(connection_.get(), "insert into effects values (" + text(of) + ")")
          .empty();
    }

   private:
    static signhook::postgresql_inbox make(PGconn* over) {
      auto made = signhook::postgresql_inbox::make(over, {.queue = queue});
      REQUIRE(made);
      return std::move(*made);
    }

    postgresql::unique_connection connection_;
    signhook::postgresql_inbox inbox_;
  };

  [[nodiscard]] int effects(const signhook::event_id& of) const {
    return std::stoi(ask("select count(*) from effects where id = " + text(of)));
  }
  [[nodiscard]] std::vector<std::string> quarantined() const { return bodies("quarantine"); }
  [[nodiscard]] std::vector<std::string> dead_letters() const { return bodies("dead_letters"); }

 private:
  static std::string text(const signhook::event_id& of) {
    std::string written(signhook::uuid::text_size, ' ');
    of.write_to(written.data());
    return "'" + written + "'";
  }
  [[nodiscard]] postgresql::unique_connection connect() const {
    return cluster().connect("options='-c search_path=" + name_ + "'");
  }
  std::string ask(const std::string& sql) const {
    if (connection_ != nullptr) return postgresql::ask(connection_.get(), sql);
    return postgresql::ask(cluster().connect().get(), sql);
  }
  // They have no NUL: it is escaped in JSON.
  [[nodiscard]] std::vector<std::string> bodies(const std::string& table) const {
    const postgresql::unique_result found(PQexec(
        connection_.get(), ("select convert_from(body, 'UTF8') from signhook_" + table).c_str()));
    std::vector<std::string> all;
    for (int i = 0; i != PQntuples(found.get()); ++i)
      all.emplace_back(PQgetvalue(found.get(), i, 0));
    return all;
  }

  std::string name_;
  postgresql::unique_connection connection_;
};

using postgresql_request = postgresql_place<false>;
using postgresql_stored = postgresql_place<true>;

}  // namespace receiving

#define RECEIVING_PLACES postgresql_request, postgresql_stored
#include "receiving_rows.hpp"
