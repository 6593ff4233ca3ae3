// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/inbox/postgresql_connection.hpp>
#include <signhook/detail/inbox/postgresql_sql.hpp>
#include <signhook/detail/text/utf8.hpp>
#include <signhook/event.hpp>
#include <signhook/inbox/postgresql_error.hpp>
#include <signhook/inbox/queue.hpp>
#include <signhook/timestamp/time_point.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

// The steps of a worker that are a transaction of their own, and those within the transaction of an effect.

namespace signhook::inline SIGNHOOK_ABI::detail {

// A longer reason is cut.
inline constexpr std::size_t pg_max_reason = 1024;

[[nodiscard]] inline std::int64_t milliseconds_of(time_point time) noexcept {
  return time.time_since_epoch().count();
}

[[nodiscard]] inline queue_lease lease_of(const pg_result& taken, int row) noexcept {
  return {.id = taken.id(row, 0),
          .attempt = static_cast<std::uint32_t>(taken.integer(row, 1)),
          .received = time_point(std::chrono::milliseconds(taken.integer(row, 2)))};
}

// Takes events in transactions of 64, and calls `each(lease, body)` for each. Returns false with an error in the
// connection; what was taken before has been passed on.
template <class Each>
[[nodiscard]] bool take_postgresql_in_order(pg_connection& connection, const queue_options& options,
                                            time_point now, std::size_t at_most, Each each) {
  constexpr std::size_t batch = 64;
  // Events that are put off are read once, however many there are: then the others are looked at by the next call.
  constexpr int most_rounds = 64;
  std::size_t looked_at = (std::min)(batch, at_most);
  for (int round = 0; at_most > 0 && round < most_rounds; ++round) {
    const std::size_t wanted = (std::min)(batch, at_most);
    const pg_result taken =
        connection.run_both(statement::find_in_order,
                            pg_parameters()
                                .add(milliseconds_of(now))
                                .add(static_cast<std::int64_t>((std::max)(wanted, looked_at))),
                            statement::take_in_order,
                            pg_parameters()
                                .add(milliseconds_of(now))
                                .add(milliseconds_of(now + options.lease))
                                .add(static_cast<std::int64_t>(wanted)));
    if (!taken.is_ok()) return false;
    std::size_t count = 0;
    for (int row = 0; row < taken.rows(); ++row) {
      if (taken.bytes(row, 0).empty()) continue;  // only the number of those that are put off
      each(lease_of(taken, row), taken.bytes(row, 3));
      ++count;
    }
    at_most -= count;
    if (count < wanted && taken.integer(0, 4) == 0) break;
    looked_at = batch;
  }
  return true;
}

// The same in the order that the options have. Without one, all are taken by one statement.
template <class Each>
[[nodiscard]] bool take_postgresql_events(pg_connection& connection, const queue_options& options,
                                          time_point now, std::size_t at_most, Each each) {
  if (options.order == queue_order::dossier) {
    return take_postgresql_in_order(connection, options, now, at_most, each);
  }
  const pg_result taken =
      connection.run(statement::take, pg_parameters()
                                          .add(milliseconds_of(now))
                                          .add(milliseconds_of(now + options.lease))
                                          .add(static_cast<std::int64_t>(at_most)));
  for (int row = 0; row < taken.rows(); ++row) each(lease_of(taken, row), taken.bytes(row, 3));
  return taken.is_ok();
}

[[nodiscard]] inline bool bury_postgresql_event(pg_connection& connection,
                                                const queue_options& options,
                                                const queue_lease& lease,
                                                std::string_view reason) noexcept {
  const pg_result done = connection.run(
      statement::bury, pg_parameters()
                           .add(lease.id)
                           .add(std::int64_t{lease.attempt})
                           .add(utf8_prefix(reason, pg_max_reason))
                           .add(std::int64_t{(std::min)(lease.attempt, options.max_attempts)}));
  if (!done.is_ok()) return false;
  return done.affected() == 1 || connection.fail(postgresql_errc::lost_lease);
}

[[nodiscard]] inline retry_outcome retry_postgresql_event(pg_connection& connection,
                                                          const queue_options& options,
                                                          const queue_lease& lease, time_point now,
                                                          time_point not_before) noexcept {
  if (lease.attempt >= options.max_attempts) {
    return bury_postgresql_event(connection, options, lease, "the last attempt failed")
               ? retry_outcome::dead_lettered
               : retry_outcome::unrecorded;
  }
  const time_point due =
      (std::max)(now + retry_delay(options, lease.id, lease.attempt), not_before);
  const pg_result done = connection.run(
      statement::schedule,
      pg_parameters().add(lease.id).add(std::int64_t{lease.attempt}).add(milliseconds_of(due)));
  if (!done.is_ok()) return retry_outcome::unrecorded;
  if (done.affected() == 1) return retry_outcome::scheduled;
  connection.fail(postgresql_errc::lost_lease);
  return retry_outcome::unrecorded;
}

[[nodiscard]] inline bool requeue_postgresql_event(pg_connection& connection, const event_id& id,
                                                   time_point now) noexcept {
  const pg_result done =
      connection.run(statement::requeue, pg_parameters().add(id).add(milliseconds_of(now)));
  if (!done.is_ok()) return false;
  return done.affected() == 1 || connection.fail(postgresql_errc::not_found);
}

// Each 64 are a transaction of their own.
[[nodiscard]] inline bool acknowledge_postgresql_events(
    pg_connection& connection, std::span<const queue_lease> leases,
    std::span<acknowledge_outcome> outcomes) noexcept {
  outcomes = outcomes.first(leases.size());
  std::fill(outcomes.begin(), outcomes.end(), acknowledge_outcome::unavailable);
  constexpr std::size_t batch = 64;
  constexpr std::size_t header = 20;
  while (!leases.empty()) {
    const auto some = leases.first((std::min)(batch, leases.size()));
    pg_array<header + batch * 20> ids(pg_uuid, some.size());
    pg_array<header + batch * 12> attempts(pg_int8, some.size());
    for (const queue_lease& one : some) {
      ids.add(one.id.value);
      attempts.add(std::int64_t{one.attempt});
    }
    const pg_result removed = connection.run(statement::acknowledge,
                                             pg_parameters().add(ids.view()).add(attempts.view()));
    if (!removed.is_ok()) return false;
    std::fill_n(outcomes.begin(), some.size(), acknowledge_outcome::lost);
    for (int row = 0; row < removed.rows(); ++row) {
      outcomes[static_cast<std::size_t>(removed.integer(row, 0) - 1)] =
          acknowledge_outcome::acknowledged;
    }
    leases = leases.subspan(some.size());
    outcomes = outcomes.subspan(some.size());
  }
  return true;
}

// Within the open transaction.
[[nodiscard]] inline bool remove_postgresql_events(pg_connection& connection,
                                                   std::span<const queue_lease> leases) noexcept {
  for (const queue_lease& one : leases) {
    const pg_result removed = connection.execute(
        statement::finish, pg_parameters().add(one.id).add(std::int64_t{one.attempt}));
    if (!removed.is_ok()) return connection.fail(removed);
    if (removed.affected() != 1) return connection.fail(postgresql_errc::lost_lease);
  }
  return true;
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail
