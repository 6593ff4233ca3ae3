// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/delivery.hpp>
#include <signhook/detail/inbox/sqlite_statements.hpp>
#include <signhook/detail/text/utf8.hpp>
#include <signhook/event.hpp>
#include <signhook/inbox/sqlite_error.hpp>
#include <signhook/uuid.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

static_assert(SQLITE_VERSION_NUMBER >= 3024000, "signhook needs SQLite 3.24 or later, for upserts");

namespace signhook::inline SIGNHOOK_ABI::detail {

// Text without NUL, which SQLite's own functions take for an end, in a bounded place of its own.
class sqlite_text {
 public:
  explicit sqlite_text(std::string_view text) noexcept {
    constexpr std::string_view symbol = "\xe2\x90\x80";  // U+2400 SYMBOL FOR NULL
    for (const char c : utf8_prefix(text, bytes_.size() / symbol.size())) {
      const std::string_view piece = c == '\0' ? symbol : std::string_view(&c, 1);
      size_ += piece.copy(bytes_.data() + size_, piece.size());
    }
  }
  [[nodiscard]] std::string_view view() const noexcept { return {bytes_.data(), size_}; }

 private:
  std::array<char, std::size_t{3} * 1024> bytes_{};
  std::size_t size_ = 0;
};

struct sqlite_null {};
struct sqlite_bytes {
  std::string_view view;
};

// One execution of a prepared statement. Bindings are not copied: what they point at outlives this.
class sqlite_execution {
 public:
  template <class... Values>
  explicit sqlite_execution(sqlite3_stmt* of, const Values&... values) noexcept : statement_(of) {
    int index = 0;
    ((code_ = code_ == SQLITE_OK ? bind(++index, values) : code_), ...);
    if (code_ == SQLITE_OK) code_ = sqlite3_step(statement_);
  }
  sqlite_execution(sqlite_execution&& other) noexcept
      : statement_(std::exchange(other.statement_, nullptr)), code_(other.code_) {}
  sqlite_execution(const sqlite_execution&) = delete;
  sqlite_execution& operator=(sqlite_execution&&) = delete;
  sqlite_execution& operator=(const sqlite_execution&) = delete;
  ~sqlite_execution() {
    if (statement_ == nullptr) return;
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }

  void step() noexcept { code_ = sqlite3_step(statement_); }

  [[nodiscard]] bool is_row() const noexcept { return code_ == SQLITE_ROW; }
  [[nodiscard]] bool is_done() const noexcept { return code_ == SQLITE_DONE; }

  [[nodiscard]] std::int64_t integer(int column) const noexcept {
    return sqlite3_column_int64(statement_, column);
  }
  [[nodiscard]] std::string_view bytes(int column) const noexcept {
    const auto* const data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    return {data != nullptr ? data : "",
            static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }

 private:
  // The null pointer as a destructor is SQLITE_STATIC; as a value it would be NULL.
  int bind(int index, sqlite_null) noexcept { return sqlite3_bind_null(statement_, index); }
  int bind(int index, std::int64_t value) noexcept {
    return sqlite3_bind_int64(statement_, index, value);
  }
  int bind(int index, time_point value) noexcept {
    return bind(index, std::int64_t{value.time_since_epoch().count()});
  }
  int bind(int index, sqlite_bytes value) noexcept {
    const char* const data = value.view.data() != nullptr ? value.view.data() : "";
    return sqlite3_bind_blob64(statement_, index, data, value.view.size(), nullptr);
  }
  int bind(int index, std::string_view value) noexcept {
    const char* const data = value.data() != nullptr ? value.data() : "";
    return sqlite3_bind_text64(statement_, index, data, value.size(), nullptr, SQLITE_UTF8);
  }
  int bind(int index, const event_id& id) noexcept { return bind(index, &id.value); }
  int bind(int index, const uuid* id) noexcept {
    if (id == nullptr) return bind(index, sqlite_null());
    return sqlite3_bind_blob(statement_, index, id->bytes.data(), 16, nullptr);
  }

  sqlite3_stmt* statement_;
  int code_ = SQLITE_OK;
};

[[nodiscard]] inline sqlite_error to_error(sqlite_errc code) noexcept {
  using text = decltype(sqlite_error::message);
  return {.code = code, .message = text::from(describe(code)).value_or(text())};
}

// The caller's connection with the inbox's statements, and what is known of its transaction.
class sqlite_connection {
 public:
  explicit sqlite_connection(sqlite3* of) noexcept : connection_(of) {}
  sqlite_connection(sqlite_connection&&) noexcept = default;
  sqlite_connection& operator=(sqlite_connection&&) noexcept = default;
  sqlite_connection(const sqlite_connection&) = delete;
  sqlite_connection& operator=(const sqlite_connection&) = delete;
  ~sqlite_connection() = default;

  [[nodiscard]] bool prepare() noexcept {
    for (std::size_t i = 0; i < statements_.size(); ++i) {
      sqlite3_stmt* made = nullptr;
      const int code = sqlite3_prepare_v3(connection_, sqlite_texts[i], -1,
                                          SQLITE_PREPARE_PERSISTENT, &made, nullptr);
      statements_[i].reset(made);
      if (code != SQLITE_OK) return fail();
    }
    return true;
  }

  [[nodiscard]] sqlite3* get() const noexcept { return connection_; }

  [[nodiscard]] sqlite3_stmt* operator[](sqlite_sql which) const noexcept {
    return statements_[static_cast<std::size_t>(which)].get();
  }

  // Executes a statement without a result; on false the error is recorded.
  template <class... Values>
  [[nodiscard]] bool run(sqlite_sql which, const Values&... values) noexcept {
    const sqlite_execution executed((*this)[which], values...);
    return executed.is_done() || fail();
  }

  [[nodiscard]] bool has_transaction() const noexcept {
    return sqlite3_get_autocommit(connection_) == 0;
  }
  // Rows that the latest statement of ours has changed.
  [[nodiscard]] std::size_t changes() const noexcept {
    return static_cast<std::size_t>(sqlite3_changes(connection_));
  }

  // Opens a transaction that holds the write lock. It leaves one of the caller alone.
  [[nodiscard]] bool open() noexcept {
    if (has_transaction()) return fail(sqlite_errc::open_transaction);
    return run_again_after_reset(sqlite_sql::begin);
  }

  [[nodiscard]] bool mark() noexcept { return run(sqlite_sql::savepoint); }

  // Each leaves the recorded error as it is, and returns false where the transaction is gone.
  [[nodiscard]] bool undo_to_mark() noexcept { return step(sqlite_sql::rollback_to_savepoint); }
  [[nodiscard]] bool remove_mark() noexcept { return step(sqlite_sql::release_savepoint); }

  // Commits a marked transaction. Afterwards none is open.
  [[nodiscard]] bool commit_marked() noexcept {
    if (!has_transaction()) return fail(sqlite_errc::lost_transaction);
    if (run_again_after_reset(sqlite_sql::release_savepoint)) return commit();
    // There is no such savepoint: the handler has begun this transaction, not the claim.
    if (error_.sqlite_code == SQLITE_ERROR) error_.code = sqlite_errc::lost_transaction;
    roll_back();
    return false;
  }

  // Commits, or rolls back where that fails.
  [[nodiscard]] bool commit() noexcept {
    if (run_again_after_reset(sqlite_sql::commit)) return true;
    roll_back();
    return false;
  }

  // Leaves no transaction open, and the recorded error as it is.
  void roll_back() noexcept {
    if (!has_transaction()) return;
    const sqlite_execution executed((*this)[sqlite_sql::rollback]);
  }

  void forget_error() noexcept {
    error_.code = sqlite_errc::none;
    error_.sqlite_code = 0;
    error_.message = {};
  }
  bool fail() noexcept {
    error_ = error_of(connection_);
    return false;
  }
  bool fail(sqlite_errc why) noexcept {
    error_ = to_error(why);
    return false;
  }
  [[nodiscard]] const sqlite_error& error() const noexcept { return error_; }

  [[nodiscard]] static sqlite_error error_of(sqlite3* connection) noexcept {
    sqlite_error made{.code = sqlite_errc::database,
                      .sqlite_code = sqlite3_extended_errcode(connection),
                      .message = {}};
    const std::string_view message = sqlite3_errmsg(connection);
    made.message = inline_text<255>::from(utf8_prefix(message, 255)).value_or(inline_text<255>{});
    return made;
  }

 private:
  [[nodiscard]] bool step(sqlite_sql which) noexcept {
    return sqlite_execution((*this)[which]).is_done();
  }

  struct finalizer {
    void operator()(sqlite3_stmt* of) const noexcept { sqlite3_finalize(of); }
  };

  // A statement that a handler has stepped and not reset keeps its connection in an old snapshot, in
  // which it can never write again, and an unfinished `returning` forbids the commit. The busy handler is
  // not asked either. So both are reset once they hinder; what they have written stays.
  [[nodiscard]] bool run_again_after_reset(sqlite_sql which) noexcept {
    if (run(which)) return true;
    if ((error_.sqlite_code & 0xff) != SQLITE_BUSY || !reset_running()) return false;
    if (!run(which)) return false;
    forget_error();
    return true;
  }

  bool reset_running() noexcept {
    bool found = false;
    for (sqlite3_stmt* one = sqlite3_next_stmt(connection_, nullptr); one != nullptr;
         one = sqlite3_next_stmt(connection_, one)) {
      if (sqlite3_stmt_busy(one) == 0) continue;
      sqlite3_reset(one);
      found = true;
    }
    return found;
  }

  sqlite3* connection_;
  std::array<std::unique_ptr<sqlite3_stmt, finalizer>, sqlite_texts.size()> statements_{};
  sqlite_error error_{};
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
