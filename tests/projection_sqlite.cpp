// SPDX-License-Identifier: BSL-1.0
// The projection in SQLite against the one in memory.
#include "catch.hpp"
#include "hard_rows.hpp"
#include "random_histories.hpp"
#include <signhook/projection/sql.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace signhook;

class database {
 public:
  database() {
    sqlite3* opened = nullptr;
    REQUIRE(sqlite3_open(":memory:", &opened) == SQLITE_OK);
    connection_.reset(opened);
    run(projection_table_sqlite);
    run(projection_table_sqlite);  // which does nothing
    upsert_ = prepare(projection_upsert);
    select_ = prepare(projection_select);
  }

  void run(const char* sql) {
    INFO(sqlite3_errmsg(connection_.get()));
    REQUIRE(sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  }

  // Returns the number of changed rows.
  int apply(const observation_row& row) {
    sqlite3_stmt* const to = upsert_.get();
    const projection_parameters all(row);
    REQUIRE(all.bind(to, sqlite3_bind_int64, sqlite3_bind_text, sqlite3_bind_blob));
    const int result = sqlite3_step(to);
    sqlite3_reset(to);
    if (result != SQLITE_DONE) FAIL(sqlite3_errmsg(connection_.get()));
    return sqlite3_changes(connection_.get());
  }

  dossier_projection load(const dossier_id& dossier) {
    dossier_projection loaded(dossier);
    sqlite3_stmt* const from = select_.get();
    bind_bytes(from, 1, dossier.value);
    while (sqlite3_step(from) == SQLITE_ROW) {
      observation_row row;
      row.dossier = dossier;
      row.kind = kind(bytes(from, 0));
      row.object = id(from, 1);
      fill(row, from, 2);
      if (loaded.apply(row) == apply_result::rejected) FAIL("a row was rejected");
      if (sqlite3_column_type(from, 9) == SQLITE_NULL) continue;
      if (!can_conflict(row.kind)) FAIL("a kind without conflicts has one");
      fill(row, from, 6);
      if (loaded.apply(row) == apply_result::rejected) FAIL("a conflict was rejected");
    }
    sqlite3_reset(from);
    return loaded;
  }

 private:
  struct closer {
    void operator()(sqlite3* one) const { sqlite3_close(one); }
    void operator()(sqlite3_stmt* one) const { sqlite3_finalize(one); }
  };
  using statement = std::unique_ptr<sqlite3_stmt, closer>;

  statement prepare(const char* sql) {
    sqlite3_stmt* prepared = nullptr;
    const int result = sqlite3_prepare_v2(connection_.get(), sql, -1, &prepared, nullptr);
    INFO(sqlite3_errmsg(connection_.get()));
    REQUIRE(result == SQLITE_OK);
    return statement(prepared);
  }

  static void bind_bytes(sqlite3_stmt* to, int at, const uuid& id) {
    sqlite3_bind_blob(to, at, id.bytes.data(), static_cast<int>(id.bytes.size()), SQLITE_TRANSIENT);
  }
  static std::string_view bytes(sqlite3_stmt* from, int column) {
    const auto* const data = static_cast<const char*>(sqlite3_column_blob(from, column));
    if (data == nullptr) return {};
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(from, column))};
  }
  static observation_kind kind(std::string_view text) {
    const auto found = from_name<observation_kind>(text);
    if (!found) FAIL("the database has a kind that nobody wrote");
    return *found;
  }
  static uuid id(sqlite3_stmt* from, int column) {
    uuid read;
    const std::string_view all = bytes(from, column);
    REQUIRE(all.size() == read.bytes.size());
    std::copy(all.begin(), all.end(), read.bytes.begin());
    return read;
  }
  static void fill(observation_row& row, sqlite3_stmt* from, int column) {
    const auto value = observation_row::text::from(bytes(from, column));
    const auto created = timestamp::parse(bytes(from, column + 1));
    if (!value || !created) FAIL("the database has a value or a time that nobody wrote");
    row.value = *value;
    row.created = *created;
    row.is_transition = sqlite3_column_int(from, column + 2) != 0;
    row.event = event_id(id(from, column + 3));
  }

  std::unique_ptr<sqlite3, closer> connection_;
  statement upsert_;
  statement select_;
};

// Applies the rows to both; each must change the one exactly where it changes the other.
bool changes_both(database& sqlite, dossier_projection& projection, const observation_row& row) {
  return (projection.apply(row) == apply_result::changed) == (sqlite.apply(row) == 1);
}

}  // namespace

TEST_CASE("SQLite has the projection of random histories") {
  database sqlite;
  random_histories random(5, 16);
  std::size_t rows = 0;
  std::size_t conflicts = 0;
  std::size_t wrong = 0;
  for (unsigned i = 0; i != history_count; ++i) {
    sqlite.run("begin; delete from signhook_projection");
    const std::vector<event> history = random.next();
    dossier_projection expected{dossier_id()};
    for (const event& one : history) expected.apply(one);
    dossier_projection of_rows{dossier_id()};
    for (const event& one : random.disturbed(history)) {
      for_each_observation(one, [&](const observation_row& row) {
        ++rows;
        if (row.dossier == expected.id()) {
          wrong += !changes_both(sqlite, of_rows, row);
        } else {
          sqlite.apply(row);
        }
      });
    }
    wrong += of_rows != expected;
    wrong += sqlite.load(expected.id()) != expected;
    conflicts += expected.has_conflicts();
    sqlite.run("commit");
  }
  CHECK(wrong == 0);
  CHECK(rows > 10 * history_count);
  CHECK(conflicts > history_count / 10);
}

TEST_CASE("SQLite has the projection of rows with extreme times and values") {
  database sqlite;
  std::mt19937 random(6);
  std::size_t wrong = 0;
  for (unsigned i = 0; i != history_count / 5; ++i) {
    sqlite.run("begin; delete from signhook_projection");
    dossier_projection expected{dossier_id()};
    for (const observation_row& row : hard_rows(random)) {
      wrong += !changes_both(sqlite, expected, row);
    }
    wrong += sqlite.load(expected.id()) != expected;
    sqlite.run("commit");
  }
  CHECK(wrong == 0);
}
