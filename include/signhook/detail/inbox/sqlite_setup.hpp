// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/inbox/sqlite_connection.hpp>
#include <signhook/event.hpp>
#include <signhook/inbox/sqlite_error.hpp>
#include <signhook/inbox/sqlite_schema.hpp>

#include <sqlite3.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

// The steps done once for a connection.

namespace signhook::inline SIGNHOOK_ABI::detail {

[[nodiscard]] inline bool sqlite_execute(sqlite3* connection, const char* sql) noexcept {
  return sqlite3_exec(connection, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
}

// The first column of the first row, as text; empty without a row, none after an error.
[[nodiscard]] inline std::optional<inline_text<31>> sqlite_query(sqlite3* connection,
                                                                 const char* sql) noexcept {
  sqlite3_stmt* made = nullptr;
  std::optional<inline_text<31>> answer;
  if (sqlite3_prepare_v2(connection, sql, -1, &made, nullptr) == SQLITE_OK) {
    const int code = sqlite3_step(made);
    if (code == SQLITE_DONE) answer.emplace();
    if (code == SQLITE_ROW) {
      const auto* const text = sqlite3_column_text(made, 0);
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(made, 0));
      answer = text == nullptr ? inline_text<31>()
                               : inline_text<31>::from({reinterpret_cast<const char*>(text), size});
    }
  }
  sqlite3_finalize(made);
  return answer;
}

[[nodiscard]] inline std::optional<sqlite_error> check_sqlite_version(
    sqlite3* connection) noexcept {
  const auto tables =
      sqlite_query(connection, "select count(*) from sqlite_master where name = 'signhook_schema'");
  if (!tables) return sqlite_connection::error_of(connection);
  if (tables->view() == "0") return to_error(sqlite_errc::no_schema);
  const auto version = sqlite_query(connection, "select version from signhook_schema");
  if (!version) return sqlite_connection::error_of(connection);
  static_assert(sqlite_schema_version == 2);
  if (version->view() != "2") return to_error(sqlite_errc::other_schema);
  return std::nullopt;
}

// The busy handler is not asked while the mode changes, so that this waits by itself.
[[nodiscard]] inline std::optional<sqlite_error> enter_sqlite_wal_mode(
    sqlite3* connection, std::chrono::milliseconds timeout) noexcept {
  constexpr int pause = 10;
  for (auto waited = std::chrono::milliseconds(0);; waited += std::chrono::milliseconds(pause)) {
    const auto mode = sqlite_query(connection, "pragma journal_mode = wal");
    if (mode && mode->view() == "wal") return std::nullopt;
    if (mode) return to_error(sqlite_errc::not_wal);  // in memory, say
    const sqlite_error why = sqlite_connection::error_of(connection);
    if ((why.sqlite_code & 0xff) != SQLITE_BUSY || waited >= timeout) return why;
    sqlite3_sleep(pause);
  }
}

// Makes the tables in one transaction, so that no other process sees some of them.
[[nodiscard]] inline std::optional<sqlite_error> create_sqlite_tables(
    sqlite3* connection) noexcept {
  if (sqlite_execute(connection, "begin immediate") &&
      sqlite_execute(connection, sqlite_schema.data()) && sqlite_execute(connection, "commit")) {
    return std::nullopt;
  }
  const sqlite_error why = sqlite_connection::error_of(connection);
  if (sqlite3_get_autocommit(connection) == 0) (void)sqlite_execute(connection, "rollback");
  return why;
}

// Brings the tables of version 1 to this version, in one transaction; those of another version are left as they are.
[[nodiscard]] inline std::optional<sqlite_error> migrate_sqlite_tables(
    sqlite3* connection) noexcept {
  const auto version_is = [&](std::string_view expected) {
    const auto found = sqlite_query(connection, "select version from signhook_schema");
    return found && found->view() == expected;
  };
  if (!version_is("1")) return std::nullopt;
  if (sqlite_execute(connection, "begin immediate") &&
      (!version_is("1") || sqlite_execute(connection, sqlite_migration)) &&
      sqlite_execute(connection, "commit")) {
    return std::nullopt;
  }
  const sqlite_error why = sqlite_connection::error_of(connection);
  if (sqlite3_get_autocommit(connection) == 0) (void)sqlite_execute(connection, "rollback");
  return why;
}

// Makes every commit durable. fullfsync: where fsync does not reach the disk (macOS). 3 is `extra`,
// which the caller may want.
[[nodiscard]] inline std::optional<sqlite_error> make_sqlite_durable(sqlite3* connection) noexcept {
  const auto mode = sqlite_query(connection, "pragma journal_mode");
  if (mode && mode->view() != "wal") return to_error(sqlite_errc::not_wal);
  const auto synchronous = sqlite_query(connection, "pragma synchronous");
  if (mode && synchronous && sqlite_execute(connection, "pragma fullfsync = on") &&
      (synchronous->view() == "3" || sqlite_execute(connection, "pragma synchronous = full"))) {
    return std::nullopt;
  }
  return sqlite_connection::error_of(connection);
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail
