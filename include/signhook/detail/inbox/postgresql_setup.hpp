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
#include <string_view>

// The steps done once for a connection.

namespace signhook::inline SIGNHOOK_ABI::detail {

[[nodiscard]] inline inline_text<20> decimal_text(std::int64_t number) noexcept {
  std::array<char, 20> text{};
  const auto* const end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return inline_text<20>::from({text.data(), static_cast<std::size_t>(end - text.data())})
      .value_or(inline_text<20>());
}

[[nodiscard]] inline bool check_postgresql_version(pg_connection& connection) noexcept {
  const pg_result found(PQexecParams(connection.get(),
                                     "select max(version)::bigint from signhook_schema", 0, nullptr,
                                     nullptr, nullptr, nullptr, 1));
  if (!found.is_ok()) return connection.fail(found);
  return found.integer(0, 0) == postgresql_schema_version ||
         connection.fail(postgresql_errc::other_schema);
}

// Makes the tables where they are missing, in one transaction, so that no other session sees some of them.
[[nodiscard]] inline bool create_postgresql_tables(pg_connection& connection) noexcept {
  // A restart needs no lock, and may lack the right to create anything.
  if (!connection.connect()) return false;
  if (check_postgresql_version(connection)) return true;
  if (connection.error().code != postgresql_errc::no_schema) return false;
  // CREATE TABLE IF NOT EXISTS fails in one of two sessions at once, so they wait. The number is any.
  if (connection.execute_simple("begin; set local client_min_messages = warning; select "
                                "pg_advisory_xact_lock(7305807301938146379)") &&
      connection.execute_simple(postgresql_schema.data()) && connection.execute_simple("commit")) {
    return check_postgresql_version(connection);
  }
  connection.roll_back();
  return false;
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail
