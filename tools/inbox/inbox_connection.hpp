// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "inbox/inbox_address.hpp"
#include <signhook/event.hpp>
#include <signhook/inbox.hpp>
#include <signhook/inbox/queue.hpp>
#include <signhook/timestamp/time_point.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct inbox_settings {
  // For a lock that another connection has.
  std::chrono::milliseconds lock_timeout = std::chrono::seconds(2);
  signhook::queue_options queue = {};
  bool create = true;    // the file and the tables, where there are none
  bool migrate = false;  // also bring the tables of an older version to this one
};

// A number of rows, which is exact up to `exact`, because to count millions of them takes seconds.
struct row_count {
  static constexpr std::uint64_t exact = 100'000;
  std::uint64_t rows = 0;
  [[nodiscard]] bool is_estimate() const { return rows > exact; }
};

struct inbox_status {
  row_count queued;        // events that are not handled yet
  row_count dead_letters;  // events that nobody tries any longer
  row_count quarantined;   // requests that are no events
  row_count known;         // ids of events
  std::optional<signhook::time_point>
      oldest;  // since then the event that waits longest could be handled
};

enum class inbox_table : std::uint8_t { queue, dead_letters, quarantine, known };

// A row for a person to look at.
struct stored_row {
  inbox_table table{};
  std::optional<signhook::event_id> id;
  signhook::time_point received{};
  std::optional<std::uint64_t> attempts;
  std::optional<signhook::time_point> due;
  std::string reason;
  std::string body;
};

// One connection to an inbox in any database: the library's `inbox_queue` behind functions that may be replaced, so
// that the program's commands know neither libpq nor SQLite. One thread at a time uses it.
class inbox_connection {
 public:
  inbox_connection() = default;
  virtual ~inbox_connection() = default;
  inbox_connection(const inbox_connection&) = delete;
  inbox_connection& operator=(const inbox_connection&) = delete;

  // Returns the place for people, without a password.
  [[nodiscard]] virtual std::string name() const = 0;

  // Connects where there is no connection or it is broken, and makes the tables as the settings say. Returns false
  // after an error. It may be called before every step; with a connection it asks the database nothing.
  [[nodiscard]] virtual bool connect() = 0;

  // Ends a call that another thread makes, with an error, as far as the database allows it. Thread-safe.
  virtual void interrupt() = 0;

  // Stores events in one transaction, and says of each what `begin` would: see `postgresql_inbox::enqueue_batch`.
  [[nodiscard]] virtual bool enqueue_batch(std::span<const signhook::inbox_entry> entries,
                                           std::span<signhook::begin_outcome> outcomes) = 0;
  [[nodiscard]] virtual bool quarantine(const signhook::quarantine_entry& entry) = 0;

  // Returns the error that storing an event has now, without leaving one; empty if there is none.
  [[nodiscard]] virtual std::string write_error() = 0;

  // Returns nothing after an error.
  [[nodiscard]] virtual std::optional<inbox_status> status(signhook::time_point now) = 0;

  // Calls `each` with the rows of a table, or with those of one event: of the queue first the one that is due first, of
  // the others the oldest. Returns false after an error.
  using each_row = std::function<void(const stored_row&)>;
  [[nodiscard]] virtual bool list(inbox_table table, const std::optional<signhook::event_id>& id,
                                  std::size_t at_most, const each_row& each) = 0;

  // These do as those of `signhook::inbox_queue`, and fail while there is no connection.
  [[nodiscard]] virtual signhook::take_result take(signhook::time_point now) = 0;
  [[nodiscard]] virtual std::size_t take_batch(signhook::time_point now,
                                               std::span<signhook::queue_lease> into) = 0;
  [[nodiscard]] virtual bool open(const signhook::queue_lease& lease) = 0;
  [[nodiscard]] virtual std::optional<std::string_view> stored_body(
      const signhook::queue_lease& lease) = 0;
  [[nodiscard]] virtual bool finish(const signhook::queue_lease& lease) = 0;
  [[nodiscard]] virtual signhook::retry_outcome retry(const signhook::queue_lease& lease,
                                                      signhook::time_point now) = 0;
  [[nodiscard]] virtual bool dead_letter(const signhook::queue_lease& lease,
                                         std::string_view reason) = 0;

  // These do as those of `signhook::delivery_queue`.
  using each_taken = std::function<void(const signhook::take_result&, std::string_view)>;
  [[nodiscard]] virtual bool take_each(signhook::time_point now, std::size_t at_most,
                                       const each_taken& each) = 0;
  [[nodiscard]] virtual bool acknowledge(std::span<const signhook::queue_lease> leases,
                                         std::span<signhook::acknowledge_outcome> outcomes) = 0;
  [[nodiscard]] virtual signhook::retry_outcome retry(const signhook::queue_lease& lease,
                                                      signhook::time_point now,
                                                      signhook::time_point not_before) = 0;

  // Returns whether the latest call failed because the event belongs to another worker by now, or is handled.
  [[nodiscard]] virtual bool has_lost_lease() const = 0;

  [[nodiscard]] virtual bool requeue(const signhook::event_id& id, signhook::time_point now) = 0;
  [[nodiscard]] virtual std::size_t prune(signhook::time_point older_than, std::size_t at_most) = 0;

  // Returns the error of the latest call in one line, empty if there was none.
  [[nodiscard]] virtual std::string last_error() const = 0;
};

// Throws std::runtime_error if the address is not one of its database, or the program is built without its library.
[[nodiscard]] std::unique_ptr<inbox_connection> make_inbox_connection(
    const inbox_address& address, const inbox_settings& settings = {});
