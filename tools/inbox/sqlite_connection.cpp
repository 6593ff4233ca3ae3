// SPDX-License-Identifier: BSL-1.0
#include "inbox/engines.hpp"
#include "inbox/library_connection.hpp"
#include "inbox/row_query.hpp"
#include <signhook/inbox/sqlite.hpp>

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace {

struct sqlite_closer {
  void operator()(sqlite3* of) const { sqlite3_close_v2(of); }
};

class sqlite_file final : public library_connection<signhook::sqlite_inbox> {
 public:
  sqlite_file(std::string path, const inbox_settings& settings)
      : path_(std::move(path)),
        options_{.lock_timeout = settings.lock_timeout, .queue = settings.queue},
        create_(settings.create),
        migrate_(settings.migrate) {}

  // SQLite closes a connection once its statements are gone.
  ~sqlite_file() override { inbox_.reset(); }
  sqlite_file(const sqlite_file&) = delete;
  sqlite_file& operator=(const sqlite_file&) = delete;

  [[nodiscard]] std::string name() const override { return "sqlite:" + path_; }

  void interrupt() override {
    const std::lock_guard lock(guard_);
    if (connection_) sqlite3_interrupt(connection_.get());
  }

  [[nodiscard]] bool connect() override {
    forget_error();
    if (inbox_) return true;
    if (!open_file()) return false;
    if (migrate_) {
      if (const auto wrong = signhook::sqlite_inbox::migrate(connection_.get(), options_)) {
        return fail_with(*wrong);
      }
    } else if (create_) {
      if (const auto wrong = signhook::sqlite_inbox::create(connection_.get(), options_)) {
        return fail_with(*wrong);
      }
    }
    auto made = signhook::sqlite_inbox::make(connection_.get(), options_);
    if (!made) return fail_with(made.error());
    inbox_.emplace(std::move(*made));
    return true;
  }

  [[nodiscard]] std::optional<inbox_status> status(signhook::time_point now) override {
    inbox_status made;
    std::optional<std::int64_t> oldest;
    const std::int64_t time = now.time_since_epoch().count();
    const bool is_done =
        count("signhook_queue", made.queued) && count("signhook_dead_letters", made.dead_letters) &&
        count("signhook_quarantine", made.quarantined) && count("signhook_inbox", made.known) &&
        ask("select min(due) from signhook_queue where due <= ?1", time, oldest);
    if (oldest) made.oldest = signhook::time_point(std::chrono::milliseconds(*oldest));
    if (is_done) return made;
    static_cast<void>(fail(sqlite3_errmsg(connection_.get())));
    return std::nullopt;
  }

  [[nodiscard]] bool list(inbox_table table, const std::optional<signhook::event_id>& id,
                          std::size_t at_most, const each_row& each) override {
    forget_error();
    const std::string sql = row_query(table, id.has_value(), "?1", "?2");
    sqlite3_stmt* made = nullptr;
    int code = sqlite3_prepare_v2(connection_.get(), sql.c_str(), -1, &made, nullptr);
    if (code == SQLITE_OK && id) {
      code = sqlite3_bind_blob(made, 1, id->value.bytes.data(), 16, SQLITE_STATIC);
    }
    if (code == SQLITE_OK) code = sqlite3_bind_int64(made, 2, static_cast<std::int64_t>(at_most));
    if (code == SQLITE_OK) code = sqlite3_step(made);
    for (; code == SQLITE_ROW; code = sqlite3_step(made)) each(row_of(made, table));
    if (code != SQLITE_DONE) static_cast<void>(fail(sqlite3_errmsg(connection_.get())));
    sqlite3_finalize(made);
    return code == SQLITE_DONE;
  }

 private:
  [[nodiscard]] static stored_row row_of(sqlite3_stmt* from, inbox_table table) {
    const auto is_null = [from](int column) {
      return sqlite3_column_type(from, column) == SQLITE_NULL;
    };
    const auto bytes = [from](int column) {
      const auto* const data = static_cast<const char*>(sqlite3_column_blob(from, column));
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(from, column));
      return std::string(data == nullptr ? "" : data, size);
    };
    const auto time = [from](int column) {
      return signhook::time_point(std::chrono::milliseconds(sqlite3_column_int64(from, column)));
    };
    stored_row made;
    made.table = table;
    if (!is_null(0)) {
      made.id.emplace();
      const std::string id = bytes(0);
      std::copy_n(id.begin(), std::min<std::size_t>(id.size(), 16), made.id->value.bytes.begin());
    }
    made.received = time(1);
    if (!is_null(2)) made.attempts = static_cast<std::uint64_t>(sqlite3_column_int64(from, 2));
    if (!is_null(3)) made.due = time(3);
    made.reason = bytes(4);
    made.body = bytes(5);
    return made;
  }

  // Asks for one number, which may be null.
  [[nodiscard]] bool ask(const std::string& sql, std::int64_t value,
                         std::optional<std::int64_t>& answer) {
    sqlite3_stmt* made = nullptr;
    int code = sqlite3_prepare_v2(connection_.get(), sql.c_str(), -1, &made, nullptr);
    if (code == SQLITE_OK) code = sqlite3_bind_int64(made, 1, value);
    if (code == SQLITE_OK) code = sqlite3_step(made);
    if (code == SQLITE_ROW && sqlite3_column_type(made, 0) != SQLITE_NULL) {
      answer = sqlite3_column_int64(made, 0);
    }
    sqlite3_finalize(made);
    return code == SQLITE_ROW;
  }

  // Beyond what is counted the number is a bound: SQLite keeps no estimate.
  [[nodiscard]] bool count(const std::string& table, row_count& into) {
    std::optional<std::int64_t> rows;
    if (!ask("select count(*) from (select 1 from " + table + " limit ?1)",
             static_cast<std::int64_t>(row_count::exact) + 1, rows)) {
      return false;
    }
    into.rows = static_cast<std::uint64_t>(rows.value_or(0));
    return true;
  }

  [[nodiscard]] bool open_file() {
    // SQLite would let others read the file, and gives the files beside it the same mode. A file that is there is not
    // opened: to close it would release the locks that other connections of this process have on it, and another process
    // would then remove the write-ahead log that they write to (https://sqlite.org/howtocorrupt.html, section 2.2).
    if (create_) {
      const int file = ::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
      if (file >= 0) ::close(file);
    }
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(path_.c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
    {
      const std::lock_guard lock(guard_);
      connection_.reset(opened);
    }
    return code == SQLITE_OK || fail(sqlite3_errmsg(opened));
  }

  const std::string path_;
  const signhook::sqlite_options options_;
  const bool create_;
  const bool migrate_;
  std::mutex guard_;  // of the pointer, for `interrupt`
  std::unique_ptr<sqlite3, sqlite_closer> connection_;
};

}  // namespace

std::unique_ptr<inbox_connection> make_sqlite_connection(const std::string& path,
                                                         const inbox_settings& settings) {
  return std::make_unique<sqlite_file>(path, settings);
}
