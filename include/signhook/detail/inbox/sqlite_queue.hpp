// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/inbox/sqlite_connection.hpp>
#include <signhook/detail/inbox/sqlite_statements.hpp>
#include <signhook/inbox/queue.hpp>
#include <signhook/inbox/sqlite_error.hpp>
#include <signhook/timestamp/time_point.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

// The steps of a worker within a transaction that holds the lock, but for `take_sqlite_events`, which opens it.

namespace signhook::inline SIGNHOOK_ABI::detail {

// Changes the row of a lease, if it still has it.
template <class... Values>
[[nodiscard]] bool change_leased(sqlite_connection& connection, sqlite_sql which,
                                 const queue_lease& lease, const Values&... values) noexcept {
  if (!connection.run(which, lease.id, std::int64_t{lease.attempt}, values...)) return false;
  return connection.changes() > 0 || connection.fail(sqlite_errc::lost_lease);
}

[[nodiscard]] inline bool bury_sqlite_event(sqlite_connection& connection, const queue_lease& lease,
                                            std::string_view reason) noexcept {
  return change_leased(connection, sqlite_sql::bury, lease, reason) &&
         connection.run(sqlite_sql::remove, lease.id);
}

// A row that is due: the event as it was left, and when it is due again because of one before it.
struct sqlite_due {
  queue_lease lease{};
  time_point later{};  // `now` if it can be taken
};

[[nodiscard]] inline sqlite_due due_of(const sqlite_execution& row) noexcept {
  sqlite_due made;
  const std::string_view id = row.bytes(0);
  std::memcpy(made.lease.id.value.bytes.data(), id.data(), (std::min)(id.size(), std::size_t{16}));
  made.lease.received = time_point(std::chrono::milliseconds(row.integer(1)));
  made.lease.attempt = static_cast<std::uint32_t>(row.integer(2));
  made.later = time_point(std::chrono::milliseconds(row.integer(3)));
  return made;
}

// Leases the event, or makes it a dead letter after its last attempt.
[[nodiscard]] inline take_result lease_sqlite_event(sqlite_connection& connection,
                                                    const queue_options& options, time_point now,
                                                    queue_lease lease) noexcept {
  take_result taken{take_outcome::unavailable, lease};
  if (lease.attempt >= options.max_attempts) {
    if (bury_sqlite_event(connection, lease, "the last attempt did not end")) {
      taken.outcome = take_outcome::dead_lettered;
    }
    return taken;
  }
  ++taken.lease.attempt;
  if (connection.run(sqlite_sql::lease, lease.id, now + options.lease)) {
    taken.outcome = take_outcome::taken;
  }
  return taken;
}

// Takes as many due events as there is room for, in one transaction. Returns how many, or nothing where the
// database cannot say.
[[nodiscard]] inline std::optional<std::size_t> take_sqlite_events(
    sqlite_connection& connection, const queue_options& options, time_point now,
    std::span<take_result> into) noexcept {
  if (connection.has_transaction()) {
    connection.fail(sqlite_errc::open_transaction);
    return std::nullopt;
  }
  const sqlite_sql which =
      options.order == queue_order::dossier ? sqlite_sql::find_in_order : sqlite_sql::find_due;
  {
    // Without the lock, which most workers need not have while no event is due.
    const sqlite_execution due(connection[which], now, std::int64_t{1});
    if (due.is_done()) return 0;
    if (!due.is_row()) {
      connection.fail();
      return std::nullopt;
    }
  }
  if (!connection.open()) return std::nullopt;
  std::array<sqlite_due, 64> found{};
  std::size_t count = 0;
  // Events that are put off are read once, however many there are: then the others are looked at by the next call.
  constexpr int most_rounds = 64;
  std::size_t looked_at = (std::min)(found.size(), into.size());
  for (int round = 0; count < into.size() && round < most_rounds; ++round) {
    std::size_t size = 0;
    {
      sqlite_execution due(connection[which], now, static_cast<std::int64_t>(looked_at));
      for (; due.is_row(); due.step()) found[size++] = due_of(due);
      if (!due.is_done()) {
        connection.fail();
        connection.roll_back();
        return std::nullopt;
      }
    }
    for (const sqlite_due& one : std::span(found).first(size)) {
      bool is_done = true;
      if (one.later > now) {
        is_done = connection.run(sqlite_sql::put_off, one.lease.id, one.later);
      } else if (count < into.size()) {
        into[count] = lease_sqlite_event(connection, options, now, one.lease);
        is_done = into[count++].outcome != take_outcome::unavailable;
      }
      if (is_done) continue;
      connection.roll_back();
      return std::nullopt;
    }
    if (size < looked_at) break;
    looked_at = found.size();
  }
  if (!connection.commit()) return std::nullopt;
  return count;
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail
