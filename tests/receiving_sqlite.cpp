// SPDX-License-Identifier: BSL-1.0
// The table of docs/receiving.md for SQLite.
#include "inbox_sqlite.hpp"
#include "receiving.hpp"
#include <signhook/inbox/sqlite.hpp>

#include <string>
#include <vector>

namespace receiving {

template <bool StoresFirst>
class sqlite_place {
 public:
  static constexpr bool outlives_process = true;
  static constexpr bool stores_first = StoresFirst;

  sqlite_place() : connection_(database_.create()) {}

  class node {
   public:
    node(sqlite_place& at, const node*)
        : connection_(at.database_.open()),
          inbox_(sqlite_test::make(connection_, {.queue = queue})) {}
    [[nodiscard]] signhook::sqlite_inbox& inbox() { return inbox_; }
    [[nodiscard]] bool write(const signhook::event_id& of) {
      const std::string sql = "insert into effects values(x'" + hex(of) + "', '')";
      return sqlite_test::run(connection_, sql.c_str()) == SQLITE_OK;
    }

   private:
    sqlite_test::connection connection_;
    signhook::sqlite_inbox inbox_;
  };

  [[nodiscard]] int effects(const signhook::event_id& of) const {
    return std::stoi(sqlite_test::query(
                         connection_, "select count(*) from effects where id = x'" + hex(of) + "'")
                         .at(0));
  }
  [[nodiscard]] std::vector<std::string> quarantined() const {
    return sqlite_test::query(connection_, "select body from signhook_quarantine");
  }
  [[nodiscard]] std::vector<std::string> dead_letters() const {
    return sqlite_test::query(connection_, "select body from signhook_dead_letters");
  }

 private:
  static std::string hex(const signhook::event_id& of) {
    std::string text(signhook::uuid::text_size, ' ');
    of.write_to(text.data());
    std::erase(text, '-');
    return text;
  }

  sqlite_test::database database_;
  sqlite_test::connection connection_;
};

using sqlite_request = sqlite_place<false>;
using sqlite_stored = sqlite_place<true>;

}  // namespace receiving

#define RECEIVING_PLACES sqlite_request, sqlite_stored
#include "receiving_rows.hpp"
