// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "inbox/inbox_address.hpp"
#include <signhook/event.hpp>
#include <signhook/inbox/queue.hpp>
#include <signhook/timestamp/time_point.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct inbox_settings {
  // For a lock that another connection has.
  std::chrono::milliseconds lock_timeout = std::chrono::seconds(2);
  signhook::queue_options queue = {};
  bool create = true;  // the file and the tables, where there are none
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
  [[nodiscard]] virtual bool requeue(const signhook::event_id& id, signhook::time_point now) = 0;
  [[nodiscard]] virtual std::size_t prune(signhook::time_point older_than, std::size_t at_most) = 0;

  // Returns the error of the latest call in one line, empty if there was none.
  [[nodiscard]] virtual std::string last_error() const = 0;
};

// Throws std::runtime_error if the address is not one of its database, or the program is built without its library.
[[nodiscard]] std::unique_ptr<inbox_connection> make_inbox_connection(
    const inbox_address& address, const inbox_settings& settings = {});
