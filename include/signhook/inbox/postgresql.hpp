// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/delivery.hpp>
#include <signhook/detail/inbox/postgresql_batch.hpp>
#include <signhook/detail/inbox/postgresql_connection.hpp>
#include <signhook/detail/inbox/postgresql_queue.hpp>
#include <signhook/detail/inbox/postgresql_setup.hpp>
#include <signhook/detail/inbox/postgresql_sql.hpp>
#include <signhook/detail/text/utf8.hpp>
#include <signhook/event.hpp>
#include <signhook/inbox.hpp>
#include <signhook/inbox/postgresql_error.hpp>
#include <signhook/inbox/postgresql_schema.hpp>
#include <signhook/inbox/queue.hpp>
#include <signhook/result.hpp>
#include <signhook/timestamp/time_point.hpp>

#include <libpq-fe.h>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace signhook::inline SIGNHOOK_ABI {

/// Settings of an inbox in PostgreSQL.
struct postgresql_options {
  /// The longest time that `begin` waits for another delivery of the same event that is being handled, or for a lock on
  /// the table, before it returns `in_progress`; and how long `dead_letter` waits for another delivery.
  /// Shorter than the sender waits for an answer, and at least one millisecond. Other statements have
  /// the session's `lock_timeout`: set it too where migrations lock tables, by
  /// `options='-c lock_timeout=5s'` in the connection string.
  std::chrono::milliseconds lock_timeout = std::chrono::seconds(2);

  queue_options queue = {};  ///< for events that are stored first

  /// True if the time-out is at least 0 and at most an hour, and the queue's options are valid.
  [[nodiscard]] constexpr bool is_valid() const noexcept {
    return lock_timeout >= std::chrono::milliseconds(0) && lock_timeout <= std::chrono::hours(1) &&
           queue.is_valid();
  }
};

/// An inbox in a PostgreSQL database: an event's id and its effect are one transaction, so that the event is
/// handled once, whichever process dies when. It models `inbox`, of a connection, and `delivery_queue`.
///
///     PGconn* connection = PQconnectdb("dbname=orders");
///     if (const auto wrong = signhook::postgresql_inbox::create(connection)) return log(*wrong);
///     auto inbox = signhook::postgresql_inbox::make(connection);
///
/// It serves any number of processes on any number of machines: a second delivery of an event that is
/// being handled elsewhere waits, and is then a duplicate, or acquired if the first one failed.
///
/// - The connection is the caller's. The effect is written through it, between `begin` and the end of
///   the claim; whatever else it writes in that time is rolled back with the effect.
/// - A connection that breaks is made again by `begin` with `PQreset`, so the `PGconn*` stays valid. Set
///   `connect_timeout`, and `tcp_user_timeout` where the server is on another machine.
/// - If it breaks while `commit` waits for the answer, nobody knows the outcome: `commit` returns false,
///   and the sender's retry is a duplicate or acquired.
/// - A handler must not end the transaction. If it does, `commit` returns false. Savepoints are the
///   handler's to use. If a statement fails and it does not roll back to one, the transaction has failed,
///   and `commit` returns false.
/// - `begin` is `unavailable`, and leaves the transaction alone, if the caller has one open.
/// - A session with `synchronous_commit = off` would lose what it committed when the server is killed:
///   the inbox's transactions then use `on`. With `fsync = off` nothing is durable.
/// - The tables are found by `search_path`; name it in the connection string, so that it is there when the
///   connection is made again.
///
/// *Threads*: one at a time; give each its own connection and inbox.
/// *Lifetime*: destroy it before its connection is closed, which it does not do. An open claim is released.
/// *Allocation*: only libpq allocates.
class postgresql_inbox {
 public:
  /// Makes the tables where they are missing. Any number of processes may call it at any time, also those
  /// that may not create tables, if these are there. Returns what went wrong, if anything.
  [[nodiscard]] static std::optional<postgresql_error> create(
      PGconn* connection, const postgresql_options& options = {}) noexcept;

  /// Brings the tables of an older version to this one, in one transaction, or makes them where they are missing.
  /// Any number of processes may call it at any time, and those that use the tables go on; it waits for them no
  /// longer than `lock_timeout`, and then fails with SQLSTATE 55P03, as they would wait for it meanwhile. Returns
  /// what went wrong, if anything.
  [[nodiscard]] static std::optional<postgresql_error> migrate(
      PGconn* connection, const postgresql_options& options = {}) noexcept;

  /// Makes an inbox over the connection, which is made again if it is broken. The tables must be there.
  [[nodiscard]] static result<postgresql_inbox, postgresql_error> make(
      PGconn* connection, const postgresql_options& options = {}) noexcept;

  /// Takes over the connection, the options and an open claim of the other, which then has none.
  postgresql_inbox(postgresql_inbox&& other) noexcept
      : connection_(other.connection_),
        options_(other.options_),
        opened_(std::move(other.opened_)),
        opened_lease_(other.opened_lease_),
        transaction_(std::exchange(other.transaction_, 0)),
        lock_timeout_(other.lock_timeout_) {}
  postgresql_inbox(const postgresql_inbox&) = delete;
  postgresql_inbox& operator=(postgresql_inbox&&) = delete;
  postgresql_inbox& operator=(const postgresql_inbox&) = delete;

  ~postgresql_inbox() { end_claim(); }

  /// See `inbox`. A wait for another claim that ends with SQLSTATE 55P03 is `in_progress`.
  [[nodiscard]] begin_outcome begin(const inbox_entry& entry) noexcept;
  /// See `inbox`.
  [[nodiscard]] bool commit(const inbox_entry& entry) noexcept;
  /// See `inbox`.
  void release(const inbox_entry&) noexcept {
    connection_.forget_error();
    if (has_claim()) end_claim();
  }
  /// See `inbox`. The reason is cut to 1,024 bytes. An event that another claim committed in the meantime
  /// needs no dead letter: true.
  [[nodiscard]] bool dead_letter(const inbox_entry& entry, std::string_view reason) noexcept;
  /// See `inbox`.
  [[nodiscard]] bool quarantine(const quarantine_entry& entry) noexcept;
  /// See `inbox`. Each 1,024 are a transaction of their own. It waits for no lock.
  std::size_t prune(any_time_point older_than, std::size_t at_most) noexcept;

  /// See `inbox_queue`.
  [[nodiscard]] bool enqueue(const inbox_entry& entry) noexcept;
  /// Stores many events in one transaction: one COMMIT, and one answer of the server, does for all. Returns whether
  /// nothing failed; `outcomes`, of the same size, says of each what `begin` would, and `acquired` is stored
  /// durably. An event that the server rejects is `unavailable` by itself and keeps no other from being stored.
  /// Unlike the other functions it does not try again where the connection is lost, so that it can be bounded by closing
  /// the socket.
  /// *Allocation*: once, for all bodies.
  [[nodiscard]] bool enqueue_batch(std::span<const inbox_entry> entries,
                                   std::span<begin_outcome> outcomes) noexcept;
  /// See `inbox_queue`. Workers in any number of processes and on any number of machines take from one
  /// queue; their clocks may differ by less than the lease.
  [[nodiscard]] take_result take(any_time_point now) noexcept;
  /// Takes as many due events as `into` has elements, in one step, and returns how many; the events
  /// have a lease each. Fewer means that no more are due, or a failure. With `open_batch` and
  /// `finish_batch` one COMMIT does for all of them.
  [[nodiscard]] std::size_t take_batch(any_time_point now, std::span<queue_lease> into) noexcept;
  /// See `delivery_queue`. All are taken by one statement.
  template <std::invocable<const take_result&, std::string_view> Each>
  [[nodiscard]] bool take_each(any_time_point now, std::size_t at_most, Each each);
  /// See `delivery_queue`. Each 64 are a transaction of their own.
  [[nodiscard]] bool acknowledge(std::span<const queue_lease> leases,
                                 std::span<acknowledge_outcome> outcomes) noexcept {
    connection_.forget_error();
    return detail::acknowledge_postgresql_events(connection_, leases, outcomes);
  }
  /// See `inbox_queue`.
  [[nodiscard]] bool open(const queue_lease& lease) noexcept {
    return open_batch(std::span(&lease, 1));
  }
  /// Opens one transaction for the effects of all these events. False if one of them was lost: then
  /// handle them one by one.
  [[nodiscard]] bool open_batch(std::span<const queue_lease> leases) noexcept;
  /// See `inbox_queue`.
  /// *Lifetime*: a view into this object, until its next call.
  [[nodiscard]] std::optional<std::string_view> stored_body(const queue_lease& lease) noexcept;
  /// See `inbox_queue`.
  [[nodiscard]] bool finish(const queue_lease& lease) noexcept {
    return finish_batch(std::span(&lease, 1));
  }
  /// Removes all these events from the queue and commits. On false none is handled, or nobody knows.
  [[nodiscard]] bool finish_batch(std::span<const queue_lease> leases) noexcept;
  /// See `inbox_queue`.
  [[nodiscard]] retry_outcome retry(const queue_lease& lease, any_time_point now) noexcept {
    return retry(lease, now, now);
  }
  /// See `delivery_queue`.
  [[nodiscard]] retry_outcome retry(const queue_lease& lease, any_time_point now,
                                    any_time_point not_before) noexcept {
    connection_.forget_error();
    end_claim();
    return detail::retry_postgresql_event(connection_, options_.queue, lease, now, not_before);
  }
  /// See `inbox_queue`.
  [[nodiscard]] bool dead_letter(const queue_lease& lease, std::string_view reason) noexcept {
    connection_.forget_error();
    end_claim();
    return bury(lease, reason);
  }
  /// See `inbox_queue`.
  [[nodiscard]] bool requeue(const event_id& id, any_time_point now) noexcept {
    connection_.forget_error();
    return detail::requeue_postgresql_event(connection_, id, now);
  }

  /// The connection, for the effect.
  [[nodiscard]] PGconn* connection() const noexcept { return connection_.get(); }

  /// The error of the latest call; `postgresql_errc::none` if it could do as asked. That an event is a
  /// duplicate, or none is due, is no error. With `in_progress` it tells why.
  /// *Lifetime*: a view into this object.
  [[nodiscard]] const postgresql_error& last_error() const& noexcept SIGNHOOK_LIFETIMEBOUND {
    return connection_.error();
  }
  void last_error() const&& = delete;

  /// True while a claim, or a lease that was opened, has its transaction, and no statement in it has
  /// failed.
  [[nodiscard]] bool has_transaction() const noexcept {
    const PGTransactionStatusType status = PQtransactionStatus(connection());
    return transaction_ != 0 && (status == PQTRANS_INTRANS || status == PQTRANS_ACTIVE);
  }

  /// The settings that were given.
  [[nodiscard]] const postgresql_options& options() const& noexcept SIGNHOOK_LIFETIMEBOUND {
    return options_;
  }
  void options() const&& = delete;

 private:
  postgresql_inbox(PGconn* connection, const postgresql_options& options) noexcept
      : connection_(connection),
        options_(options),
        // 0 would be to wait for ever.
        lock_timeout_(
            detail::decimal_text(std::max<std::int64_t>(1, options.lock_timeout.count()))) {}

  // The last attempt of a lease ended without a word: it may have ended its worker.
  [[nodiscard]] bool is_over(const queue_lease& lease) const noexcept {
    return lease.attempt > options_.queue.max_attempts;
  }
  [[nodiscard]] bool bury_unended(const queue_lease& lease) noexcept {
    return bury(lease, "the last attempt did not end");
  }
  [[nodiscard]] bool bury(const queue_lease& lease, std::string_view reason) noexcept {
    return detail::bury_postgresql_event(connection_, options_.queue, lease, reason);
  }
  [[nodiscard]] begin_outcome find(const inbox_entry& entry) noexcept;
  [[nodiscard]] bool is_open() noexcept;
  [[nodiscard]] bool commit_claim() noexcept;
  [[nodiscard]] bool find_open(const queue_lease& lease) noexcept;

  [[nodiscard]] bool has_claim() noexcept {
    return transaction_ != 0 || connection_.fail(postgresql_errc::no_claim);
  }
  // Afterwards there is no claim, and what it had not committed is rolled back.
  void end_claim() noexcept {
    opened_ = detail::pg_result(nullptr);
    if (std::exchange(transaction_, 0) != 0) connection_.roll_back();
  }

  detail::pg_connection connection_;
  postgresql_options options_;
  detail::pg_result opened_{nullptr};  // what `stored_body` points into
  queue_lease opened_lease_{};         // whose that is
  std::int64_t transaction_ = 0;       // the claim's, by the server's number for it; 0 for none
  inline_text<20> lock_timeout_;
};

inline std::optional<postgresql_error> postgresql_inbox::create(
    PGconn* connection, const postgresql_options& options) noexcept {
  detail::pg_connection with(connection);
  const bool is_done = options.is_valid() ? detail::create_postgresql_tables(with)
                                          : with.fail(postgresql_errc::invalid_options);
  return is_done ? std::nullopt : std::optional(with.error());
}

inline std::optional<postgresql_error> postgresql_inbox::migrate(
    PGconn* connection, const postgresql_options& options) noexcept {
  detail::pg_connection with(connection);
  const auto bound = detail::decimal_text(std::max<std::int64_t>(1, options.lock_timeout.count()));
  const bool is_done = options.is_valid() ? detail::migrate_postgresql_tables(with, bound.view())
                                          : with.fail(postgresql_errc::invalid_options);
  return is_done ? std::nullopt : std::optional(with.error());
}

inline result<postgresql_inbox, postgresql_error> postgresql_inbox::make(
    PGconn* connection, const postgresql_options& options) noexcept {
  postgresql_inbox made(connection, options);
  detail::pg_connection& with = made.connection_;
  const bool is_done =
      options.is_valid()
          ? with.connect() && detail::check_postgresql_version(with) && with.make_ready()
          : with.fail(postgresql_errc::invalid_options);
  if (!is_done) return unexpected(with.error());
  return made;
}

inline begin_outcome postgresql_inbox::begin(const inbox_entry& entry) noexcept {
  connection_.forget_error();
  if (transaction_ != 0) {
    connection_.fail(postgresql_errc::open_transaction);
    return begin_outcome::unavailable;
  }
  detail::pg_parameters parameters;
  parameters.add(entry.id)
      .add(static_cast<std::int64_t>(entry.fingerprint))
      .add(detail::milliseconds_of(entry.received));
  const detail::pg_result claimed =
      connection_.begin_bounded(lock_timeout_.view(), detail::statement::claim, parameters);
  if (!claimed.is_ok()) {
    // A lock that was not got in time, a deadlock, or a row that a serializable transaction cannot see:
    // there is another claim, and the retry tells.
    const std::string_view state = claimed.state();
    return state == "55P03" || state == "40P01" || state == "40001" ? begin_outcome::in_progress
                                                                    : begin_outcome::unavailable;
  }
  if (claimed.rows() == 0) {
    const begin_outcome outcome = find(entry);
    connection_.roll_back();
    return outcome;
  }
  transaction_ = claimed.integer(0, 0);
  return begin_outcome::acquired;
}

inline begin_outcome postgresql_inbox::find(const inbox_entry& entry) noexcept {
  const detail::pg_result found =
      connection_.execute(detail::statement::find, detail::pg_parameters().add(entry.id));
  if (!found.is_ok()) {
    connection_.fail(found);
    return begin_outcome::unavailable;
  }
  if (found.rows() == 0) return begin_outcome::in_progress;  // pruned just now
  return static_cast<std::uint64_t>(found.integer(0, 0)) == entry.fingerprint
             ? begin_outcome::duplicate
             : begin_outcome::conflict;
}

inline bool postgresql_inbox::commit(const inbox_entry&) noexcept {
  connection_.forget_error();
  const bool is_durable = has_claim() && commit_claim();
  end_claim();
  return is_durable;
}

// False if the handler has ended the transaction or cannot use it, and has begun no other: a statement
// would then be a transaction of its own.
inline bool postgresql_inbox::is_open() noexcept {
  switch (PQtransactionStatus(connection())) {
    case PQTRANS_INTRANS: return true;
    case PQTRANS_INERROR: return connection_.fail(postgresql_errc::failed_transaction);
    case PQTRANS_IDLE: return connection_.fail(postgresql_errc::lost_transaction);
    case PQTRANS_ACTIVE: return connection_.fail(postgresql_errc::running_statement);
    case PQTRANS_UNKNOWN: break;
  }
  return connection_.fail_connection();
}

inline bool postgresql_inbox::commit_claim() noexcept {
  if (!is_open()) return false;
  const detail::pg_result done = connection_.commit(transaction_);
  if (!done.is_ok()) {
    // The transaction is another one: see `statement::check`.
    if (done.state() == "22012") return connection_.fail(postgresql_errc::lost_transaction);
    return connection_.fail(done);
  }
  // COMMIT of a failed transaction succeeds, with another tag.
  return done.command() == "COMMIT" || connection_.fail(postgresql_errc::failed_transaction);
}

inline bool postgresql_inbox::dead_letter(const inbox_entry& entry,
                                          std::string_view reason) noexcept {
  connection_.forget_error();
  if (!has_claim()) return false;
  end_claim();
  detail::pg_parameters parameters;
  parameters.add(entry.id)
      .add(static_cast<std::int64_t>(entry.fingerprint))
      .add(detail::milliseconds_of(entry.received))
      .add(detail::utf8_prefix(reason, detail::pg_max_reason))
      .add(entry.body)
      .add(lock_timeout_.view());
  const uuid* const dossier = detail::dossier_key(entry);
  dossier != nullptr ? parameters.add(*dossier) : parameters.add_null();
  const detail::pg_result done = connection_.run(detail::statement::dead_letter, parameters);
  if (!done.is_ok()) return false;
  return done.affected() == 1 || find(entry) == begin_outcome::duplicate;
}

inline bool postgresql_inbox::quarantine(const quarantine_entry& entry) noexcept {
  connection_.forget_error();
  detail::pg_parameters parameters;
  parameters.add(detail::milliseconds_of(entry.received)).add(entry.reason);
  if (entry.error) {
    parameters.add(entry.error->path).add(std::int64_t{entry.error->offset});
  } else {
    parameters.add_null().add_null();
  }
  entry.id ? parameters.add(*entry.id) : parameters.add_null();
  parameters.add(entry.body);
  return connection_.run(detail::statement::quarantine, parameters).is_ok();
}

inline std::size_t postgresql_inbox::prune(any_time_point older_than,
                                           std::size_t at_most) noexcept {
  connection_.forget_error();
  constexpr std::size_t batch = 1024;
  std::size_t pruned = 0;
  while (pruned < at_most) {
    const std::size_t wanted = (std::min)(batch, at_most - pruned);
    detail::pg_parameters parameters;
    parameters.add(detail::milliseconds_of(older_than)).add(static_cast<std::int64_t>(wanted));
    const auto count =
        detail::low_bits(connection_.run(detail::statement::prune, parameters).affected());
    pruned += count;
    if (count < wanted) break;
  }
  return pruned;
}

inline bool postgresql_inbox::enqueue(const inbox_entry& entry) noexcept {
  connection_.forget_error();
  if (!has_claim() || !is_open()) return false;
  detail::pg_parameters parameters;
  parameters.add(entry.id).add(detail::milliseconds_of(entry.received)).add(entry.body);
  const uuid* const dossier = detail::dossier_key(entry);
  dossier != nullptr ? parameters.add(*dossier) : parameters.add_null();
  if (parameters.is_too_large()) return connection_.fail(postgresql_errc::too_large);
  const detail::pg_result done = connection_.execute(detail::statement::enqueue, parameters);
  return done.is_ok() || connection_.fail(done);
}

inline bool postgresql_inbox::enqueue_batch(std::span<const inbox_entry> entries,
                                            std::span<begin_outcome> outcomes) noexcept {
  connection_.forget_error();
  bool is_done = detail::enqueue_postgresql_batch(connection_, lock_timeout_.view(), entries,
                                                  outcomes.first(entries.size()));
  for (std::size_t i = 0; is_done && i < entries.size(); ++i) {
    // Another session has committed it meanwhile.
    if (outcomes[i] != begin_outcome::in_progress) continue;
    outcomes[i] = find(entries[i]);
    is_done = outcomes[i] != begin_outcome::unavailable;
  }
  return is_done;
}

inline std::size_t postgresql_inbox::take_batch(any_time_point now,
                                                std::span<queue_lease> into) noexcept {
  connection_.forget_error();
  std::size_t count = 0;
  (void)detail::take_postgresql_events(
      connection_, options_.queue, now, into.size(),
      [&](const queue_lease& lease, std::string_view) { into[count++] = lease; });
  const auto is_gone = [&](const queue_lease& one) { return is_over(one) && bury_unended(one); };
  const auto kept = into.first(count);
  return static_cast<std::size_t>(std::remove_if(kept.begin(), kept.end(), is_gone) - kept.begin());
}

template <std::invocable<const take_result&, std::string_view> Each>
bool postgresql_inbox::take_each(any_time_point now, std::size_t at_most, Each each) {
  connection_.forget_error();
  bool is_each_done = true;
  const bool is_done = detail::take_postgresql_events(
      connection_, options_.queue, now, at_most,
      [&](const queue_lease& lease, std::string_view body) {
        if (!is_over(lease)) {
          each(take_result{take_outcome::taken, lease}, body);
        } else if (bury_unended(lease)) {
          each(take_result{take_outcome::dead_lettered, lease}, std::string_view());
        } else {
          is_each_done = false;
        }
      });
  return is_done && is_each_done;
}

inline take_result postgresql_inbox::take(any_time_point now) noexcept {
  take_result taken;
  if (take_batch(now, std::span(&taken.lease, 1)) == 1) {
    // Its dead letter could not be written.
    taken.outcome = is_over(taken.lease) ? take_outcome::unavailable : take_outcome::taken;
  } else if (last_error().code != postgresql_errc::none) {
    taken.outcome = take_outcome::unavailable;
  } else {
    taken.outcome = taken.lease.attempt != 0 ? take_outcome::dead_lettered : take_outcome::idle;
  }
  return taken;
}

inline bool postgresql_inbox::find_open(const queue_lease& lease) noexcept {
  detail::pg_parameters parameters;
  parameters.add(lease.id).add(std::int64_t{lease.attempt});
  opened_lease_ = lease;
  if (transaction_ == 0) {
    opened_ = connection_.begin_with(detail::statement::open, parameters);
    if (!opened_.is_ok()) return false;
  } else {
    opened_ = connection_.execute(detail::statement::open, parameters);
    if (!opened_.is_ok()) return connection_.fail(opened_);
  }
  if (opened_.rows() == 0) {
    if (transaction_ == 0) connection_.roll_back();
    return connection_.fail(postgresql_errc::lost_lease);
  }
  transaction_ = opened_.integer(0, 0);
  return true;
}

inline bool postgresql_inbox::open_batch(std::span<const queue_lease> leases) noexcept {
  connection_.forget_error();
  if (transaction_ != 0) return connection_.fail(postgresql_errc::open_transaction);
  for (const queue_lease& one : leases) {
    if (!find_open(one)) {
      end_claim();
      return false;
    }
  }
  return has_claim();
}

inline std::optional<std::string_view> postgresql_inbox::stored_body(
    const queue_lease& lease) noexcept {
  connection_.forget_error();
  if (!has_claim()) return std::nullopt;
  if (opened_.rows() == 1 && opened_lease_ == lease) return opened_.bytes(0, 1);
  const std::int64_t transaction = transaction_;
  const bool is_found = find_open(lease);
  transaction_ = transaction;  // a handler may have ended it: `finish` is to see that
  if (!is_found) return std::nullopt;
  return opened_.bytes(0, 1);
}

inline bool postgresql_inbox::finish_batch(std::span<const queue_lease> leases) noexcept {
  connection_.forget_error();
  const bool is_done = has_claim() && is_open() &&
                       detail::remove_postgresql_events(connection_, leases) && commit_claim();
  end_claim();
  return is_done;
}

static_assert(delivery_queue<postgresql_inbox>);

}  // namespace signhook::inline SIGNHOOK_ABI
