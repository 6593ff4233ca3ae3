// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/delivery.hpp>
#include <signhook/detail/inbox/postgresql_connection.hpp>
#include <signhook/detail/inbox/postgresql_sql.hpp>
#include <signhook/error.hpp>
#include <signhook/inbox.hpp>
#include <signhook/inbox/queue.hpp>

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

namespace signhook::inline SIGNHOOK_ABI {

/// How a `postgresql_inbox` behaves.
struct postgresql_options {
  /// How long `begin` waits for another delivery of the same event that is being handled, before it
  /// returns `in_progress`; and how long `dead_letter` waits. The handler's own statements keep the
  /// session's `lock_timeout`.
  std::chrono::milliseconds lock_timeout = std::chrono::seconds(2);

  /// For the workers of the queue; `is_valid()` or the defaults are used.
  queue_options queue = {};
};

/// An inbox in a PostgreSQL database, over a connection of the caller: an inbox *of a connection*. The
/// handler writes the event's effect through the same connection, so that one COMMIT makes the id and
/// the effect durable, and nothing else does.
///
///     PGconn* connection = PQconnectdb("dbname=orders");
///     signhook::postgresql_inbox inbox(connection);
///     if (!inbox.create()) return log(inbox.last_error());
///
/// It holds any number of processes on any number of machines together: a second delivery of an event
/// that is being handled elsewhere waits, and is then a duplicate, or acquired if the first one failed.
///
/// - A connection that breaks is made again by `begin` with `PQreset`, so the `PGconn*` stays valid. Set
///   `connect_timeout`, and `tcp_user_timeout` where the server is on another machine.
/// - If it breaks while `commit` waits for the answer, nobody knows the outcome: `commit` returns false,
///   and the sender's retry is a duplicate or acquired.
/// - A handler must not end the transaction. If it does, `commit` returns false.
/// - A handler may set its own savepoints. If a statement fails and it does not roll back to one, the
///   transaction has failed, and `commit` returns false.
/// - A session with `synchronous_commit = off` would lose what it committed when the server is killed:
///   the inbox's transactions then use `on`. With `fsync = off` nothing is durable.
/// - The tables are found by `search_path`. They hold bodies and reasons as bytea.
///
/// *Lifetime*: it uses the connection until it is destroyed, and does not close it.
class postgresql_inbox {
 public:
  /// The version of the tables; `create` writes it into `signhook_schema`.
  static constexpr int schema_version = 1;

  /// The statements that make the tables, for who keeps migrations of their own. They may run again.
  static constexpr std::string_view schema = detail::postgresql_schema;

  /// An inbox over a connection, which may be broken.
  explicit postgresql_inbox(PGconn* connection, const postgresql_options& options = {}) noexcept
      : connection_(connection),
        queue_(options.queue.is_valid() ? options.queue : queue_options{}) {
    const auto wait =
        std::clamp(options.lock_timeout, std::chrono::milliseconds(1),
                   std::chrono::milliseconds(std::numeric_limits<std::int32_t>::max()));
    const auto end = std::to_chars(lock_timeout_.data(),
                                   lock_timeout_.data() + lock_timeout_.size(), wait.count());
    lock_timeout_size_ = static_cast<std::size_t>(end.ptr - lock_timeout_.data());
  }

  postgresql_inbox(const postgresql_inbox&) = delete;
  postgresql_inbox& operator=(const postgresql_inbox&) = delete;

  /// Releases an open claim.
  ~postgresql_inbox() {
    if (transaction_ != 0) end_claim();
  }

  /// Makes the tables where they are not. Several processes may call it at once. False if the database
  /// refuses, or holds tables of another version.
  [[nodiscard]] bool create() noexcept;

  /// See `inbox`. A wait for another claim that ends with SQLSTATE 55P03 is `in_progress`.
  [[nodiscard]] begin_outcome begin(const inbox_entry& entry) noexcept;
  /// See `inbox`.
  [[nodiscard]] bool commit(const inbox_entry& entry) noexcept;
  /// See `inbox`.
  void release(const inbox_entry& entry) noexcept;
  /// See `inbox`. An event that another claim committed in the meantime needs no dead letter: true.
  [[nodiscard]] bool dead_letter(const inbox_entry& entry, std::string_view reason) noexcept;
  /// See `inbox`.
  [[nodiscard]] bool quarantine(const quarantine_entry& entry) noexcept;
  /// See `inbox`. It never waits for a lock; call it in batches of some thousands.
  [[nodiscard]] std::size_t prune(time_point older_than, std::size_t at_most) noexcept;

  /// See `inbox_queue`. The event is due at once.
  [[nodiscard]] bool enqueue(const inbox_entry& entry) noexcept;
  /// See `inbox_queue`. Workers in any number of processes and on any number of machines take from one
  /// queue; their clocks may differ by less than the lease.
  [[nodiscard]] take_result take(time_point now) noexcept;
  /// Takes as many due events as `into` has elements, in one step, and returns how many; the events
  /// have a lease each. Fewer means that no more are due, or a failure. With `open_batch` and
  /// `finish_batch` one COMMIT does for all of them.
  [[nodiscard]] std::size_t take_batch(time_point now, std::span<queue_lease> into) noexcept;
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
  [[nodiscard]] retry_outcome retry(const queue_lease& lease, time_point now) noexcept;
  /// See `inbox_queue`.
  [[nodiscard]] bool dead_letter(const queue_lease& lease, std::string_view reason) noexcept;
  /// See `inbox_queue`.
  [[nodiscard]] bool requeue(const event_id& id, time_point now) noexcept;

  /// The connection, for the effect.
  [[nodiscard]] PGconn* connection() const noexcept { return connection_.get(); }

  /// Why the last call of this object failed, as the database says it; empty if it did not.
  /// *Lifetime*: a view into this object, until its next call.
  [[nodiscard]] std::string_view last_error() const& noexcept SIGNHOOK_LIFETIMEBOUND {
    return connection_.last_error();
  }
  void last_error() const&& = delete;

  /// The SQLSTATE of that error, five characters; empty if it has none.
  /// *Lifetime*: likewise.
  [[nodiscard]] std::string_view last_sqlstate() const& noexcept SIGNHOOK_LIFETIMEBOUND {
    return connection_.last_state();
  }
  void last_sqlstate() const&& = delete;

 private:
  // A dead letter's reason is for a person to read.
  static constexpr std::size_t max_reason = 16384;

  [[nodiscard]] static std::int64_t milliseconds(time_point time) noexcept {
    return time.time_since_epoch().count();
  }
  [[nodiscard]] std::string_view lock_timeout() const noexcept {
    return {lock_timeout_.data(), lock_timeout_size_};
  }

  [[nodiscard]] bool has_schema() noexcept;
  [[nodiscard]] begin_outcome find(const inbox_entry& entry) noexcept;
  [[nodiscard]] bool commit_claim() noexcept;
  [[nodiscard]] bool find_open(const queue_lease& lease) noexcept;
  [[nodiscard]] bool bury(const queue_lease& lease, std::string_view reason) noexcept;
  void end_claim() noexcept {
    transaction_ = 0;
    opened_ = detail::pg_result(nullptr);
    connection_.roll_back();
  }

  detail::pg_connection connection_;
  queue_options queue_;
  detail::pg_result opened_{nullptr};  // what `stored_body` points into
  queue_lease opened_lease_;           // whose that is
  std::int64_t transaction_ = 0;       // the claim's, by the server's number for it; 0 for none
  std::size_t lock_timeout_size_ = 0;
  std::array<char, 20> lock_timeout_{};
};

inline bool postgresql_inbox::has_schema() noexcept {
  const detail::pg_result found(PQexecParams(
      connection(), "select version from signhook_schema order by version desc limit 1", 0, nullptr,
      nullptr, nullptr, nullptr, 1));
  if (!found.is_ok()) return connection_.fail(found);
  if (found.rows() != 1) return connection_.fail("signhook_schema names no version");
  const std::string_view version = found.bytes(0, 0);
  if (version.size() == 4 && version[3] == schema_version &&
      version.substr(0, 3) == std::string_view("\0\0\0", 3)) {
    return true;
  }
  return connection_.fail("the tables are of another version of signhook");
}

inline bool postgresql_inbox::create() noexcept {
  connection_.clear_error();
  if (!connection_.connect()) return false;
  // Whoever may not create anything may use what is there.
  if (has_schema()) return true;
  if (connection_.last_state() != "42P01") return false;
  // CREATE TABLE IF NOT EXISTS fails in one of two sessions at once. The number is any.
  if (!connection_.execute_simple("begin; set local client_min_messages = warning; select "
                                  "pg_advisory_xact_lock(7305807301938146379)") ||
      !connection_.execute_simple(schema.data()) || !connection_.execute_simple("commit")) {
    connection_.roll_back();
    return false;
  }
  connection_.clear_error();
  return has_schema();
}

inline begin_outcome postgresql_inbox::begin(const inbox_entry& entry) noexcept {
  connection_.clear_error();
  if (transaction_ != 0) end_claim();
  detail::pg_parameters parameters;
  parameters.add(entry.id)
      .add(static_cast<std::int64_t>(entry.fingerprint))
      .add(milliseconds(entry.received))
      .add(lock_timeout());
  const detail::pg_result claimed = connection_.begin_with(detail::statement::claim, parameters);
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
  connection_.clear_error();
  const bool is_durable = transaction_ != 0 ? commit_claim() : connection_.fail("no claim is open");
  end_claim();
  return is_durable;
}

inline bool postgresql_inbox::commit_claim() noexcept {
  switch (PQtransactionStatus(connection())) {
    case PQTRANS_INTRANS: break;
    case PQTRANS_INERROR: return connection_.fail("a statement in the transaction failed", "25P02");
    case PQTRANS_IDLE: return connection_.fail("the handler ended the transaction", "25P01");
    case PQTRANS_ACTIVE: return connection_.fail("the handler left a statement running");
    case PQTRANS_UNKNOWN: return connection_.fail(PQerrorMessage(connection()));
  }
  const detail::pg_result done = connection_.commit(transaction_);
  if (!done.is_ok()) {
    if (done.state() == "22012")
      return connection_.fail("the handler ended the transaction", "25P01");
    return connection_.fail(done);
  }
  // COMMIT of a failed transaction succeeds, with another tag.
  if (done.command() != "COMMIT")
    return connection_.fail("the transaction was rolled back", "25P02");
  return true;
}

inline void postgresql_inbox::release(const inbox_entry&) noexcept {
  connection_.clear_error();
  end_claim();
}

inline bool postgresql_inbox::dead_letter(const inbox_entry& entry,
                                          std::string_view reason) noexcept {
  connection_.clear_error();
  end_claim();
  detail::pg_parameters parameters;
  parameters.add(entry.id)
      .add(static_cast<std::int64_t>(entry.fingerprint))
      .add(milliseconds(entry.received))
      .add(reason.substr(0, max_reason))
      .add(entry.body)
      .add(lock_timeout());
  return connection_
      .run([&] { return connection_.execute(detail::statement::dead_letter, parameters); })
      .is_ok();
}

inline bool postgresql_inbox::quarantine(const quarantine_entry& entry) noexcept {
  connection_.clear_error();
  detail::pg_parameters parameters;
  parameters.add(milliseconds(entry.received)).add(entry.reason);
  entry.id ? parameters.add(*entry.id) : parameters.add_null();
  if (entry.error) {
    parameters.add(name(entry.error->code))
        .add(std::int64_t{entry.error->offset})
        .add(entry.error->path);
  } else {
    parameters.add_null().add_null().add_null();
  }
  parameters.add(entry.body);
  return connection_
      .run([&] { return connection_.execute(detail::statement::quarantine, parameters); })
      .is_ok();
}

inline std::size_t postgresql_inbox::prune(time_point older_than, std::size_t at_most) noexcept {
  connection_.clear_error();
  const auto limit = std::min<std::uint64_t>(at_most, std::numeric_limits<std::int64_t>::max());
  detail::pg_parameters parameters;
  parameters.add(milliseconds(older_than)).add(static_cast<std::int64_t>(limit));
  return static_cast<std::size_t>(
      connection_.run([&] { return connection_.execute(detail::statement::prune, parameters); })
          .affected());
}

inline bool postgresql_inbox::enqueue(const inbox_entry& entry) noexcept {
  connection_.clear_error();
  if (transaction_ == 0) return connection_.fail("no claim is open");
  detail::pg_parameters parameters;
  parameters.add(entry.id).add(milliseconds(entry.received)).add(entry.body);
  const detail::pg_result done = connection_.execute(detail::statement::enqueue, parameters);
  return done.is_ok() || connection_.fail(done);
}

inline std::size_t postgresql_inbox::take_batch(time_point now,
                                                std::span<queue_lease> into) noexcept {
  connection_.clear_error();
  detail::pg_parameters parameters;
  parameters.add(milliseconds(now))
      .add(milliseconds(now + queue_.lease))
      .add(static_cast<std::int64_t>(into.size()));
  const detail::pg_result taken =
      connection_.run([&] { return connection_.execute(detail::statement::take, parameters); });
  std::size_t count = 0;
  for (int row = 0; row < taken.rows(); ++row) {
    queue_lease lease;
    const std::string_view id = taken.bytes(row, 0);
    std::copy_n(id.data(), std::min(id.size(), lease.id.value.bytes.size()),
                reinterpret_cast<char*>(lease.id.value.bytes.data()));
    const auto attempt = static_cast<std::uint64_t>(taken.integer(row, 1));
    lease.attempt = static_cast<std::uint32_t>(std::min<std::uint64_t>(attempt, UINT32_MAX));
    lease.received = time_point(std::chrono::milliseconds(taken.integer(row, 2)));
    into[count++] = lease;
  }
  // The last attempt of these ended without a word: it may have ended their workers.
  const auto is_over = [&](const queue_lease& one) {
    return one.attempt > queue_.max_attempts && bury(one, "the last attempt never ended");
  };
  const auto kept = into.first(count);
  return static_cast<std::size_t>(std::remove_if(kept.begin(), kept.end(), is_over) - kept.begin());
}

inline take_result postgresql_inbox::take(time_point now) noexcept {
  take_result taken;
  if (take_batch(now, std::span(&taken.lease, 1)) == 1) {
    // Its dead letter could not be written.
    taken.outcome =
        taken.lease.attempt > queue_.max_attempts ? take_outcome::unavailable : take_outcome::taken;
  } else if (!last_error().empty()) {
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
  if (opened_.rows() == 0) return connection_.fail("the lease was lost");
  transaction_ = opened_.integer(0, 0);
  return true;
}

inline bool postgresql_inbox::open_batch(std::span<const queue_lease> leases) noexcept {
  connection_.clear_error();
  end_claim();
  for (const queue_lease& one : leases) {
    if (!find_open(one)) {
      end_claim();
      return false;
    }
  }
  return transaction_ != 0 || connection_.fail("no event is given");
}

inline std::optional<std::string_view> postgresql_inbox::stored_body(
    const queue_lease& lease) noexcept {
  connection_.clear_error();
  if (transaction_ == 0) {
    connection_.fail("no event is open");
    return std::nullopt;
  }
  if (opened_.rows() == 1 && opened_lease_ == lease) return opened_.bytes(0, 1);
  const std::int64_t transaction = transaction_;
  const bool is_found = find_open(lease);
  transaction_ = transaction;  // a handler may have ended it: `finish` is to see that
  if (!is_found) return std::nullopt;
  return opened_.bytes(0, 1);
}

inline bool postgresql_inbox::finish_batch(std::span<const queue_lease> leases) noexcept {
  connection_.clear_error();
  bool is_done = transaction_ != 0 || connection_.fail("no event is open");
  for (const queue_lease& one : leases) {
    if (!is_done) break;
    detail::pg_parameters parameters;
    parameters.add(one.id).add(std::int64_t{one.attempt});
    const detail::pg_result removed = connection_.execute(detail::statement::finish, parameters);
    is_done = removed.is_ok() ? removed.affected() == 1 || connection_.fail("the lease was lost")
                              : connection_.fail(removed);
  }
  is_done = is_done && commit_claim();
  end_claim();
  return is_done;
}

inline bool postgresql_inbox::bury(const queue_lease& lease, std::string_view reason) noexcept {
  detail::pg_parameters parameters;
  parameters.add(lease.id).add(std::int64_t{lease.attempt}).add(reason.substr(0, max_reason));
  const detail::pg_result done =
      connection_.run([&] { return connection_.execute(detail::statement::bury, parameters); });
  if (!done.is_ok()) return false;
  return done.affected() == 1 || connection_.fail("the lease was lost");
}

inline bool postgresql_inbox::dead_letter(const queue_lease& lease,
                                          std::string_view reason) noexcept {
  connection_.clear_error();
  end_claim();
  return bury(lease, reason);
}

inline retry_outcome postgresql_inbox::retry(const queue_lease& lease, time_point now) noexcept {
  connection_.clear_error();
  end_claim();
  if (lease.attempt >= queue_.max_attempts) {
    return bury(lease, "the last attempt failed") ? retry_outcome::dead_lettered
                                                  : retry_outcome::unrecorded;
  }
  detail::pg_parameters parameters;
  parameters.add(lease.id)
      .add(std::int64_t{lease.attempt})
      .add(milliseconds(now + retry_delay(queue_, lease.id, lease.attempt)));
  const detail::pg_result done =
      connection_.run([&] { return connection_.execute(detail::statement::schedule, parameters); });
  if (!done.is_ok()) return retry_outcome::unrecorded;
  if (done.affected() == 1) return retry_outcome::scheduled;
  connection_.fail("the lease was lost");
  return retry_outcome::unrecorded;
}

inline bool postgresql_inbox::requeue(const event_id& id, time_point now) noexcept {
  connection_.clear_error();
  detail::pg_parameters parameters;
  parameters.add(id).add(milliseconds(now));
  const detail::pg_result done =
      connection_.run([&] { return connection_.execute(detail::statement::requeue, parameters); });
  if (!done.is_ok()) return false;
  return done.affected() == 1 || connection_.fail("there is no such dead letter");
}

static_assert(inbox_queue<postgresql_inbox>);

}  // namespace signhook::inline SIGNHOOK_ABI
