// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/inbox/postgresql_connection.hpp>
#include <signhook/event.hpp>
#include <signhook/inbox/postgresql_error.hpp>
#include <signhook/inbox/postgresql_schema.hpp>

#include <libpq-fe.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

// The steps done once for a connection.

namespace signhook::inline SIGNHOOK_ABI::detail {

[[nodiscard]] inline inline_text<20> decimal_text(std::int64_t number) noexcept {
  std::array<char, 20> text{};
  const auto* const end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return inline_text<20>::from({text.data(), static_cast<std::size_t>(end - text.data())})
      .value_or(inline_text<20>());
}

// The version of the tables, or nothing where they are missing or cannot be read.
[[nodiscard]] inline std::optional<std::int64_t> find_postgresql_version(
    pg_connection& connection) noexcept {
  const pg_result found(PQexecParams(connection.get(),
                                     "select max(version)::bigint from signhook_schema", 0, nullptr,
                                     nullptr, nullptr, nullptr, 1));
  if (found.is_ok()) return found.integer(0, 0);
  connection.fail(found);
  return std::nullopt;
}

[[nodiscard]] inline bool check_postgresql_version(pg_connection& connection) noexcept {
  const auto version = find_postgresql_version(connection);
  if (!version) return false;
  return *version == postgresql_schema_version || connection.fail(postgresql_errc::other_schema);
}

// Runs the schema in one transaction, so that no other session sees some of the tables. `lock_timeout` in milliseconds
// bounds each wait for a lock; "0" is no bound.
[[nodiscard]] inline bool run_postgresql_schema(pg_connection& connection,
                                                std::string_view lock_timeout) noexcept {
  // CREATE TABLE IF NOT EXISTS fails in one of two sessions at once, so they wait. The number is any.
  const char* const value = lock_timeout.data();
  const int size = static_cast<int>(lock_timeout.size());
  const int is_binary = 1;
  const auto bound = [&] {
    const pg_result done(PQexecParams(connection.get(),
                                      "select set_config('lock_timeout', $1, true)", 1, &pg_text,
                                      &value, &size, &is_binary, 1));
    return done.is_ok() || connection.fail(done);
  };
  if (connection.execute_simple("begin; set local client_min_messages = warning") && bound() &&
      connection.execute_simple("select pg_advisory_xact_lock(7305807301938146379)") &&
      connection.execute_simple(postgresql_schema.data()) && connection.execute_simple("commit")) {
    return check_postgresql_version(connection);
  }
  connection.roll_back();
  return false;
}

// Makes the tables where they are missing.
[[nodiscard]] inline bool create_postgresql_tables(pg_connection& connection) noexcept {
  // A restart needs no lock, and may lack the right to create anything.
  if (!connection.connect()) return false;
  if (check_postgresql_version(connection)) return true;
  if (connection.error().code != postgresql_errc::no_schema) return false;
  return run_postgresql_schema(connection, "0");
}

// Brings the tables of an older version to this one, or makes them.
[[nodiscard]] inline bool migrate_postgresql_tables(pg_connection& connection,
                                                    std::string_view lock_timeout) noexcept {
  if (!connection.connect()) return false;
  const auto version = find_postgresql_version(connection);
  if (!version && connection.error().code != postgresql_errc::no_schema) return false;
  if (version && *version == postgresql_schema_version) return true;
  if (version && *version > postgresql_schema_version) {
    return connection.fail(postgresql_errc::other_schema);
  }
  return run_postgresql_schema(connection, lock_timeout);
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail
