// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "catch.hpp"
#include "postgresql/database.hpp"
#include <signhook/inbox/postgresql.hpp>
#include <signhook/schema.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace postgresql_test {

using namespace std::chrono_literals;
using postgresql::ask;
using signhook::begin_outcome;
using signhook::inbox_entry;
using signhook::postgresql_errc;
using signhook::postgresql_inbox;
using signhook::postgresql_options;

// One for all tests; it starts with the first one that needs it.
inline postgresql::server& server() {
  static postgresql::server one("fsync=on recovery_init_sync_method=syncfs max_connections=60");
  return one;
}

inline constexpr std::string_view body = R"({"a":"\u0000"})";

inline inbox_entry entry(std::uint8_t number, std::uint64_t fingerprint = 7) {
  inbox_entry made = inbox_entry::from(signhook::samples[0], body,
                                       signhook::time_point(std::chrono::milliseconds(1000)));
  made.id = {};
  made.id.value.bytes[0] = 0xff;
  made.id.value.bytes[15] = number;
  made.fingerprint = fingerprint;
  return made;
}

inline signhook::quarantine_entry request(std::string_view of, std::string_view reason) {
  return {of, {}, reason, std::nullopt, std::nullopt};
}

inline std::string uuid_text(const inbox_entry& of) {
  std::string text(36, ' ');
  of.id.write_to(text.data());
  return "'" + text + "'";
}

inline postgresql_inbox make(PGconn* over, const postgresql_options& options = {}) {
  auto made = postgresql_inbox::make(over, options);
  REQUIRE(made);
  return std::move(*made);
}

inline std::string_view sqlstate(const postgresql_inbox& of) {
  return of.last_error().sqlstate.view();
}

// A schema of the test's own in the one database.
class place {
 public:
  place() {
    static int count = 0;
    name_ = "test" + std::to_string(++count);
    connection_ = server().connect();
    REQUIRE(ask(connection_.get(), "create schema " + name_) == "");
    use(connection_.get());
    REQUIRE(ask(connection_.get(), "create table effect (id uuid)") == "");
    REQUIRE_FALSE(postgresql_inbox::create(connection_.get()));
  }
  // With the schema in the connection string, so that it is there after PQreset too.
  [[nodiscard]] postgresql::unique_connection connect(const std::string& more = "") const {
    return server().connect(options() + more);
  }
  [[nodiscard]] std::string options() const {
    return " options='-c search_path=" + name_ + " -c client_min_messages=error'";
  }
  void use(PGconn* connection) const { ask(connection, "set search_path to " + name_); }
  [[nodiscard]] std::string ask_outside(const std::string& sql) const {
    return ask(connection_.get(), sql);
  }
  [[nodiscard]] std::string effects(const inbox_entry& of) const {
    return ask_outside("select count(*) from effect where id = " + uuid_text(of));
  }
  // As an administrator does, or a server that restarts.
  void end_session(PGconn* of) const {
    REQUIRE(ask_outside("select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity where "
                        "pid = " +
                        std::to_string(PQbackendPID(of))) == "1");
  }

 private:
  std::string name_;
  postgresql::unique_connection connection_;
};

inline bool write_effect(postgresql_inbox& inbox, const inbox_entry& of) {
  return ask(inbox.connection(), "insert into effect values (" + uuid_text(of) + ")") == "";
}

inline void handle(postgresql_inbox& inbox, const inbox_entry& of) {
  REQUIRE(inbox.begin(of) == begin_outcome::acquired);
  REQUIRE(write_effect(inbox, of));
  REQUIRE(inbox.commit(of));
}

// The outcome of another session's `begin` for the event, which is over afterwards.
inline begin_outcome outcome_elsewhere(const place& at, const inbox_entry& of) {
  const auto other = at.connect();
  auto inbox = make(other.get(), {.lock_timeout = 50ms});
  const auto outcome = inbox.begin(of);
  if (outcome == begin_outcome::acquired) inbox.release(of);
  return outcome;
}

}  // namespace postgresql_test
