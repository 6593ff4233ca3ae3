// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/delivery.hpp>
#include <signhook/detail/inbox/postgresql_connection.hpp>
#include <signhook/detail/inbox/postgresql_sql.hpp>
#include <signhook/error.hpp>
#include <signhook/inbox.hpp>

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace signhook::inline SIGNHOOK_ABI {

/// How a `postgresql_inbox` behaves.
struct postgresql_options {
  /// How long `begin` waits for another delivery of the same event that is being handled, before it
  /// returns `in_progress`; and how long `dead_letter` waits. The handler's own statements keep the
  /// session's `lock_timeout`.
  std::chrono::milliseconds lock_timeout = std::chrono::seconds(2);
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
      : connection_(connection) {
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
  [[nodiscard]] begin_outcome claim(const inbox_entry& entry) noexcept;
  [[nodiscard]] begin_outcome find(const inbox_entry& entry) noexcept;
  [[nodiscard]] bool commit_claim() noexcept;
  void end_claim() noexcept {
    transaction_ = 0;
    connection_.roll_back();
  }

  detail::pg_connection connection_;
  std::int64_t transaction_ = 0;  // the claim's, by the server's number for it; 0 for none
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
  for (int attempt = 0;; ++attempt) {
    if (!connection_.begin()) return begin_outcome::unavailable;
    const begin_outcome outcome = claim(entry);
    if (outcome == begin_outcome::acquired) return outcome;
    connection_.roll_back();
    // 26000 is a session that has lost its prepared statements.
    if (attempt != 0 || outcome != begin_outcome::unavailable ||
        connection_.last_state() != "26000") {
      return outcome;
    }
    connection_.forget_session();
    connection_.clear_error();
  }
}

inline begin_outcome postgresql_inbox::claim(const inbox_entry& entry) noexcept {
  const detail::pg_result claimed = connection_.execute(
      detail::statement::claim, detail::pg_parameters()
                                    .add(entry.id)
                                    .add(static_cast<std::int64_t>(entry.fingerprint))
                                    .add(milliseconds(entry.received))
                                    .add(lock_timeout()));
  if (!claimed.is_ok()) {
    connection_.fail(claimed);
    // A lock that was not got in time, a deadlock, or a row that a serializable transaction cannot see:
    // there is another claim, and the retry tells.
    const std::string_view state = claimed.state();
    return state == "55P03" || state == "40P01" || state == "40001" ? begin_outcome::in_progress
                                                                    : begin_outcome::unavailable;
  }
  if (claimed.rows() == 0) return find(entry);
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
  // A handler that ended the transaction and began another one divides by zero: what follows the
  // failed statement is not run, and one round trip does for both.
  constexpr std::string_view before = "select 1/(txid_current_if_assigned() is not distinct from ";
  constexpr std::string_view after = ")::int; commit";
  std::array<char, before.size() + 20 + after.size() + 1> text{};
  char* end = std::copy(before.begin(), before.end(), text.data());
  end = std::to_chars(end, end + 20, transaction_).ptr;
  std::copy(after.begin(), after.end(), end);

  const detail::pg_result done(PQexec(connection(), text.data()));
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

static_assert(inbox<postgresql_inbox>);

}  // namespace signhook::inline SIGNHOOK_ABI
