// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/delivery.hpp>
#include <signhook/detail/inbox/sqlite_connection.hpp>
#include <signhook/detail/inbox/sqlite_queue.hpp>
#include <signhook/detail/inbox/sqlite_setup.hpp>
#include <signhook/detail/inbox/sqlite_statements.hpp>
#include <signhook/error.hpp>
#include <signhook/inbox.hpp>
#include <signhook/inbox/queue.hpp>
#include <signhook/inbox/sqlite_error.hpp>
#include <signhook/inbox/sqlite_schema.hpp>
#include <signhook/result.hpp>
#include <signhook/timestamp/time_point.hpp>
#include <signhook/uuid.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace signhook::inline SIGNHOOK_ABI {

/// Settings of an inbox over SQLite.
struct sqlite_options {
  /// The longest time that `begin` waits for another connection's transaction before it is `unavailable`. It becomes
  /// the connection's busy time-out. Shorter than the sender waits for an answer.
  std::chrono::milliseconds lock_timeout = std::chrono::seconds(5);

  queue_options queue = {};  ///< for events that are stored first

  /// True if the time-out is at least 0 and at most an hour, and the queue's options are valid.
  [[nodiscard]] constexpr bool is_valid() const noexcept {
    return lock_timeout >= std::chrono::milliseconds(0) && lock_timeout <= std::chrono::hours(1) &&
           queue.is_valid();
  }
};

/// An inbox in an SQLite database: an event's id and its effect are one transaction, so that the event is
/// handled once, whichever process dies when. It models `inbox`, of a connection, and `delivery_queue`.
///
///     sqlite3* connection = ...;  // sqlite3_open
///     if (const auto wrong = signhook::sqlite_inbox::create(connection)) return log(*wrong);
///     auto inbox = signhook::sqlite_inbox::make(connection);
///
/// - The connection is the caller's. The effect is written through it, between `begin` and the end of
///   the claim; whatever else it writes in that time is rolled back with the effect.
/// - A handler must not end the transaction, and must look at the result of each statement: after some
///   errors (`SQLITE_FULL`, `SQLITE_IOERR`) SQLite has rolled back all of the transaction, and what
///   follows is outside of it. `commit` is then false. Savepoints are the handler's to use.
/// - `begin` is `unavailable`, and leaves the transaction alone, if the caller has one open. It is never
///   `in_progress`: a claim holds the database's only write lock, and who waits for it in vain cannot
///   know which event it is for. Duplicates are recognised without the lock.
/// - The database is in WAL mode, and `make` sets `synchronous` to full, so that a commit survives the
///   loss of power if the disk keeps its promises. Leave both as they are. One machine: WAL does not
///   work over a network file system.
/// - Statements that a handler has left running are reset if they hinder `begin` or `commit`.
///
/// *Threads*: one at a time; give each its own connection and inbox.
/// *Lifetime*: destroy it before its connection is closed.
/// *Allocation*: `make` prepares all statements; later only SQLite allocates.
class sqlite_inbox {
 public:
  /// Makes the tables where they are missing, and sets WAL mode. Any number of processes may call it
  /// at any time. Returns what went wrong, if anything.
  [[nodiscard]] static std::optional<sqlite_error> create(
      sqlite3* connection, const sqlite_options& options = {}) noexcept {
    if (!options.is_valid()) return detail::to_error(sqlite_errc::invalid_options);
    if (sqlite3_get_autocommit(connection) == 0) {
      return detail::to_error(sqlite_errc::open_transaction);
    }
    sqlite3_busy_timeout(connection, static_cast<int>(options.lock_timeout.count()));
    if (const auto wrong = detail::enter_sqlite_wal_mode(connection, options.lock_timeout)) {
      return wrong;
    }
    // A restart needs no lock, for which others may make it wait.
    const auto found = detail::check_sqlite_version(connection);
    if (!found || found->code != sqlite_errc::no_schema) return found;
    if (const auto wrong = detail::create_sqlite_tables(connection)) return wrong;
    return detail::check_sqlite_version(connection);
  }

  /// Brings the tables of an older version to this one, in one transaction, or makes them where they are missing.
  /// An inbox of the older version that is at work can go on, but makes events wait that are in the order of a
  /// dossier. Returns what went wrong, if anything.
  [[nodiscard]] static std::optional<sqlite_error> migrate(
      sqlite3* connection, const sqlite_options& options = {}) noexcept {
    const auto found = create(connection, options);
    if (!found || found->code != sqlite_errc::other_schema) return found;
    if (const auto wrong = detail::migrate_sqlite_tables(connection)) return wrong;
    return detail::check_sqlite_version(connection);
  }

  /// Makes an inbox over the connection. The tables must be there.
  [[nodiscard]] static result<sqlite_inbox, sqlite_error> make(
      sqlite3* connection, const sqlite_options& options = {}) noexcept {
    if (!options.is_valid()) return unexpected(detail::to_error(sqlite_errc::invalid_options));
    sqlite3_busy_timeout(connection, static_cast<int>(options.lock_timeout.count()));
    if (const auto wrong = detail::check_sqlite_version(connection)) return unexpected(*wrong);
    if (const auto wrong = detail::make_sqlite_durable(connection)) return unexpected(*wrong);
    sqlite_inbox made(connection, options);
    if (!made.connection_.prepare()) return unexpected(made.last_error());
    return made;
  }

  /// See `inbox`.
  [[nodiscard]] begin_outcome begin(const inbox_entry& entry) noexcept {
    start();
    if (connection_.has_transaction()) {
      connection_.fail(sqlite_errc::open_transaction);
      return begin_outcome::unavailable;
    }
    // Without the lock: most deliveries that are not first are recognised here, whoever writes.
    if (const auto found = find(entry)) return *found;
    if (!connection_.open()) {
      // The holder of the lock may have committed this very event.
      const auto found = find(entry);
      if (found && *found != begin_outcome::unavailable) connection_.forget_error();
      return found.value_or(begin_outcome::unavailable);
    }
    if (const auto found = insert(entry)) {
      connection_.roll_back();
      return *found;
    }
    if (!connection_.mark()) {
      connection_.roll_back();
      return begin_outcome::unavailable;
    }
    is_claimed_ = true;
    return begin_outcome::acquired;
  }

  /// See `inbox`.
  [[nodiscard]] bool commit(const inbox_entry&) noexcept {
    start();
    return end_claim() && connection_.commit_marked();
  }

  /// See `inbox`.
  void release(const inbox_entry&) noexcept {
    start();
    if (end_claim()) connection_.roll_back();
  }

  /// See `inbox`. The reason is cut to 1,024 bytes, and NUL in it becomes U+2400.
  [[nodiscard]] bool dead_letter(const inbox_entry& entry, std::string_view reason) noexcept {
    start();
    if (!end_claim()) return false;
    // The lock is kept, so that no other delivery can come between.
    if (connection_.has_transaction() && connection_.run(sqlite_sql::rollback_to_savepoint)) {
      return record_dead_letter(entry, reason) && connection_.commit_marked();
    }
    // The handler or an error has ended the transaction: all of it again, if nobody else was faster.
    connection_.forget_error();
    connection_.roll_back();
    if (!connection_.open()) return false;
    if (const auto found = insert(entry)) {
      connection_.roll_back();
      return *found == begin_outcome::duplicate;
    }
    return record_dead_letter(entry, reason) && connection_.commit();
  }

  /// See `inbox`. Ids, paths and offsets have columns of their own.
  [[nodiscard]] bool quarantine(const quarantine_entry& request) noexcept {
    start();
    if (!connection_.open()) return false;
    const auto& error = request.error;
    const bool is_recorded =
        error ? quarantine(request, error->path, std::int64_t{error->offset})
              : quarantine(request, detail::sqlite_null{}, detail::sqlite_null{});
    return ended(is_recorded);
  }

  /// See `inbox`. Each 256 are a transaction of their own, so that others need not wait for all.
  std::size_t prune(any_time_point older_than, std::size_t at_most) noexcept {
    constexpr std::size_t batch = 256;
    start();
    std::size_t pruned = 0;
    while (pruned < at_most) {
      const std::size_t wanted = (std::min)(batch, at_most - pruned);
      if (!connection_.open()) break;
      const bool is_done =
          connection_.run(sqlite_sql::prune, older_than, static_cast<std::int64_t>(wanted));
      const std::size_t count = is_done ? connection_.changes() : 0;
      if (!ended(is_done)) break;
      pruned += count;
      if (count < wanted) break;
    }
    return pruned;
  }

  /// See `inbox_queue`.
  [[nodiscard]] bool enqueue(const inbox_entry& entry) noexcept {
    start();
    if (!is_claimed_) return connection_.fail(sqlite_errc::no_claim);
    if (!connection_.has_transaction()) return connection_.fail(sqlite_errc::lost_transaction);
    return connection_.run(sqlite_sql::enqueue, entry.id, entry.received,
                           detail::sqlite_bytes{entry.body}, detail::dossier_key(entry));
  }

  /// Stores many events in one transaction. Returns whether nothing failed; `outcomes`, of the same size, says of
  /// each what `begin` would, and `acquired` is stored durably. An event that is rejected is `unavailable` by itself
  /// and keeps no other from being stored.
  [[nodiscard]] bool enqueue_batch(std::span<const inbox_entry> entries,
                                   std::span<begin_outcome> outcomes) noexcept {
    start();
    std::fill_n(outcomes.begin(), entries.size(), begin_outcome::unavailable);
    if (!connection_.open()) return false;
    bool is_done = true;
    for (std::size_t i = 0; i < entries.size() && connection_.has_transaction(); ++i) {
      outcomes[i] = store(entries[i]);
      is_done = is_done && outcomes[i] != begin_outcome::unavailable;
    }
    if (connection_.has_transaction() && connection_.commit()) return is_done;
    // SQLite has rolled back all of it, after an error such as SQLITE_FULL.
    std::fill_n(outcomes.begin(), entries.size(), begin_outcome::unavailable);
    return false;
  }

  /// See `inbox_queue`. The lock is held for as long as counting the attempt takes, and not at all while
  /// no event is due.
  [[nodiscard]] take_result take(any_time_point now) noexcept {
    take_result taken;
    const std::optional<std::size_t> count = take_some(now, std::span(&taken, 1));
    if (!count) return {};
    return *count == 1 ? taken : take_result{take_outcome::idle, {}};
  }

  /// See `delivery_queue`. At most 64 events are one transaction.
  template <std::invocable<const take_result&, std::string_view> Each>
  [[nodiscard]] bool take_each(any_time_point now, std::size_t at_most, Each each) {
    std::array<take_result, 64> taken{};
    while (at_most > 0) {
      const std::size_t wanted = (std::min)(taken.size(), at_most);
      const std::optional<std::size_t> count = take_some(now, std::span(taken).first(wanted));
      if (!count) return false;
      for (const take_result& one : std::span(taken).first(*count)) {
        if (one.outcome == take_outcome::dead_lettered) {
          each(one, std::string_view());
        } else if (const auto body = stored_body(one.lease)) {
          each(one, *body);
        } else if (last_error().code != sqlite_errc::lost_lease) {
          return false;  // the others are due when their leases end
        }
      }
      if (*count < wanted) break;
      at_most -= wanted;
    }
    return true;
  }

  /// See `delivery_queue`. All are one transaction.
  [[nodiscard]] bool acknowledge(std::span<const queue_lease> leases,
                                 std::span<acknowledge_outcome> outcomes) noexcept {
    start();
    const auto made = outcomes.first(leases.size());
    std::fill(made.begin(), made.end(), acknowledge_outcome::unavailable);
    if (!connection_.open()) return false;
    bool is_done = true;
    for (std::size_t i = 0; is_done && i < leases.size(); ++i) {
      is_done = connection_.run(sqlite_sql::finish, leases[i].id, std::int64_t{leases[i].attempt});
      made[i] =
          connection_.changes() > 0 ? acknowledge_outcome::acknowledged : acknowledge_outcome::lost;
    }
    if (ended(is_done)) return true;
    std::fill(made.begin(), made.end(), acknowledge_outcome::unavailable);
    return false;
  }

  /// See `inbox_queue`.
  [[nodiscard]] bool open(const queue_lease& lease) noexcept {
    start();
    if (!connection_.open()) return false;
    {
      const detail::sqlite_execution found(connection_[sqlite_sql::find_lease], lease.id,
                                           std::int64_t{lease.attempt});
      if (!found.is_row()) {
        if (found.is_done()) {
          connection_.fail(sqlite_errc::lost_lease);
        } else {
          connection_.fail();
        }
        connection_.roll_back();
        return false;
      }
    }
    if (!connection_.mark()) {
      connection_.roll_back();
      return false;
    }
    is_claimed_ = true;
    return true;
  }

  /// See `inbox_queue`.
  [[nodiscard]] std::optional<std::string_view> stored_body(const queue_lease& lease) noexcept {
    start();
    body_.emplace(connection_[sqlite_sql::find_lease], lease.id, std::int64_t{lease.attempt});
    if (body_->is_row()) return body_->bytes(0);
    if (body_->is_done()) {
      connection_.fail(sqlite_errc::lost_lease);
    } else {
      connection_.fail();
    }
    body_.reset();
    return std::nullopt;
  }

  /// See `inbox_queue`.
  [[nodiscard]] bool finish(const queue_lease& lease) noexcept {
    start();
    if (!end_claim()) return false;
    if (!connection_.has_transaction()) return connection_.fail(sqlite_errc::lost_transaction);
    if (!detail::change_leased(connection_, sqlite_sql::finish, lease)) {
      connection_.roll_back();
      return false;
    }
    return connection_.commit_marked();
  }

  /// See `inbox_queue`.
  [[nodiscard]] retry_outcome retry(const queue_lease& lease, any_time_point now) noexcept {
    return retry(lease, now, now);
  }
  /// See `delivery_queue`.
  [[nodiscard]] retry_outcome retry(const queue_lease& lease, any_time_point now,
                                    any_time_point not_before) noexcept {
    start();
    if (std::exchange(is_claimed_, false)) connection_.roll_back();
    if (!connection_.open()) return retry_outcome::unrecorded;
    const bool is_last = lease.attempt >= options_.queue.max_attempts;
    const time_point due =
        (std::max)(time_point(now) + retry_delay(options_.queue, lease.id, lease.attempt),
                   time_point(not_before));
    const bool is_recorded =
        is_last ? detail::bury_sqlite_event(connection_, lease, "the last attempt failed")
                : detail::change_leased(connection_, sqlite_sql::schedule, lease, due);
    if (!ended(is_recorded)) return retry_outcome::unrecorded;
    return is_last ? retry_outcome::dead_lettered : retry_outcome::scheduled;
  }

  /// See `inbox_queue`. The reason is cut as above.
  [[nodiscard]] bool dead_letter(const queue_lease& lease, std::string_view reason) noexcept {
    start();
    if (std::exchange(is_claimed_, false)) connection_.roll_back();
    return connection_.open() &&
           ended(detail::bury_sqlite_event(connection_, lease, detail::sqlite_text(reason).view()));
  }

  /// See `inbox_queue`. It takes dead letters of requests too; a worker then handles them.
  [[nodiscard]] bool requeue(const event_id& id, any_time_point now) noexcept {
    start();
    if (!connection_.open()) return false;
    bool is_done = connection_.run(sqlite_sql::requeue, id, now);
    if (is_done && connection_.changes() == 0) is_done = connection_.fail(sqlite_errc::not_found);
    return ended(is_done && connection_.run(sqlite_sql::remove_dead_letter, id));
  }

  /// The connection, for the effect.
  [[nodiscard]] sqlite3* connection() const noexcept { return connection_.get(); }

  /// The error of the latest call; `sqlite_errc::none` if it could do as asked. That an event is a
  /// duplicate, or none is due, is no error.
  /// *Lifetime*: a view into this object.
  [[nodiscard]] const sqlite_error& last_error() const& noexcept SIGNHOOK_LIFETIMEBOUND {
    return connection_.error();
  }
  void last_error() const&& = delete;

  /// True while a claim, or a lease that was opened, has its transaction: the handler's way to see that
  /// an error of SQLite has ended it.
  [[nodiscard]] bool has_transaction() const noexcept {
    return is_claimed_ && connection_.has_transaction();
  }

  /// The settings that were given.
  [[nodiscard]] const sqlite_options& options() const& noexcept SIGNHOOK_LIFETIMEBOUND {
    return options_;
  }
  void options() const&& = delete;

 private:
  using sqlite_sql = detail::sqlite_sql;

  sqlite_inbox(sqlite3* connection, const sqlite_options& options) noexcept
      : connection_(connection), options_(options) {}

  // Every public function begins so: nothing of the call before is left.
  void start() noexcept {
    body_.reset();
    connection_.forget_error();
  }

  // False without a claim.
  [[nodiscard]] bool end_claim() noexcept {
    if (std::exchange(is_claimed_, false)) return true;
    return connection_.fail(sqlite_errc::no_claim);
  }

  // Commits an own transaction without a mark if all went well, and leaves none open.
  [[nodiscard]] bool ended(bool is_well) noexcept {
    if (is_well) return connection_.commit();
    connection_.roll_back();
    return false;
  }

  // The outcome for an event that is known, and `unavailable` where the database cannot say.
  [[nodiscard]] std::optional<begin_outcome> find(const inbox_entry& entry) noexcept {
    const detail::sqlite_execution found(connection_[sqlite_sql::find], entry.id);
    if (found.is_done()) return std::nullopt;
    if (!found.is_row()) {
      connection_.fail();
      return begin_outcome::unavailable;
    }
    const bool is_same = std::bit_cast<std::uint64_t>(found.integer(0)) == entry.fingerprint;
    return is_same ? begin_outcome::duplicate : begin_outcome::conflict;
  }

  // Inserts the id, within a transaction; else the outcome.
  [[nodiscard]] std::optional<begin_outcome> insert(const inbox_entry& entry) noexcept {
    if (!connection_.run(sqlite_sql::insert, entry.id,
                         std::bit_cast<std::int64_t>(entry.fingerprint), entry.received)) {
      return begin_outcome::unavailable;
    }
    if (connection_.changes() > 0) return std::nullopt;
    return find(entry).value_or(begin_outcome::unavailable);
  }

  // Inserts the id and the event within a transaction, or neither.
  [[nodiscard]] begin_outcome store(const inbox_entry& entry) noexcept {
    if (!connection_.mark()) return begin_outcome::unavailable;
    auto outcome = insert(entry).value_or(begin_outcome::acquired);
    if (outcome == begin_outcome::acquired &&
        !connection_.run(sqlite_sql::enqueue, entry.id, entry.received,
                         detail::sqlite_bytes{entry.body}, detail::dossier_key(entry))) {
      outcome = begin_outcome::unavailable;
      if (!connection_.undo_to_mark()) return outcome;
    }
    return connection_.remove_mark() ? outcome : begin_outcome::unavailable;
  }

  [[nodiscard]] bool record_dead_letter(const inbox_entry& entry,
                                        std::string_view reason) noexcept {
    const detail::sqlite_text text(reason);
    if (connection_.run(sqlite_sql::insert_dead_letter, entry.id, entry.received, text.view(),
                        detail::sqlite_bytes{entry.body}, detail::dossier_key(entry))) {
      return true;
    }
    connection_.roll_back();
    return false;
  }

  template <class Path, class Offset>
  [[nodiscard]] bool quarantine(const quarantine_entry& request, const Path& path,
                                const Offset& offset) noexcept {
    const detail::sqlite_bytes body{request.body};
    return request.id ? connection_.run(sqlite_sql::quarantine, request.received, request.reason,
                                        path, offset, *request.id, body)
                      : connection_.run(sqlite_sql::quarantine, request.received, request.reason,
                                        path, offset, detail::sqlite_null{}, body);
  }

  [[nodiscard]] std::optional<std::size_t> take_some(time_point now,
                                                     std::span<take_result> into) noexcept {
    start();
    return detail::take_sqlite_events(connection_, options_.queue, now, into);
  }

  detail::sqlite_connection connection_;
  sqlite_options options_;
  bool is_claimed_ = false;
  std::optional<detail::sqlite_execution> body_{};
};

static_assert(delivery_queue<sqlite_inbox>);

}  // namespace signhook::inline SIGNHOOK_ABI
