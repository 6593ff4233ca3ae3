// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/inbox/postgresql_sql.hpp>
#include <signhook/detail/text/utf8.hpp>
#include <signhook/event.hpp>
#include <signhook/inbox/postgresql_error.hpp>
#include <signhook/uuid.hpp>

#include <libpq-fe.h>

#if !defined(LIBPQ_HAS_PIPELINING)
#error "signhook/inbox/postgresql.hpp needs libpq 14 or later; the server may be older"
#endif

#include <algorithm>
#include <array>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <string_view>
#include <tuple>
#include <utility>

// libpq's connection and its results, as `postgresql_inbox` needs them: statements prepared once for
// each session, parameters in binary, a transaction that is known to be open or not, and errors that
// are kept without an allocation.

namespace signhook::inline SIGNHOOK_ABI::detail {

struct pg_result_deleter {
  void operator()(PGresult* of) const noexcept { PQclear(of); }
};

// A result; null where libpq has none because the connection broke.
class pg_result {
 public:
  explicit pg_result(PGresult* of) noexcept : result_(of) {}

  [[nodiscard]] const PGresult* get() const noexcept { return result_.get(); }

  [[nodiscard]] bool is_ok() const noexcept {
    const ExecStatusType status = PQresultStatus(result_.get());
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
  }

  // The five characters of SQLSTATE; empty without an error from the server.
  [[nodiscard]] std::string_view state() const noexcept {
    const char* const text = PQresultErrorField(result_.get(), PG_DIAG_SQLSTATE);
    return text == nullptr ? std::string_view() : std::string_view(text);
  }

  // The command tag: `COMMIT`, say.
  [[nodiscard]] std::string_view command() const noexcept {
    const char* const text = PQcmdStatus(result_.get());
    return text == nullptr ? std::string_view() : std::string_view(text);
  }

  [[nodiscard]] int rows() const noexcept { return PQntuples(result_.get()); }

  [[nodiscard]] std::uint64_t affected() const noexcept {
    std::uint64_t count = 0;
    for (const char* p = PQcmdTuples(result_.get()); *p >= '0' && *p <= '9'; ++p)
      count = count * 10 + static_cast<std::uint64_t>(*p - '0');
    return count;
  }

  // A value in binary.
  [[nodiscard]] std::string_view bytes(int row, int column) const noexcept {
    return {PQgetvalue(result_.get(), row, column),
            static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
  }

  // A value of the type uuid.
  [[nodiscard]] event_id id(int row, int column) const noexcept {
    event_id made;
    const std::string_view value = bytes(row, column).substr(0, made.value.bytes.size());
    std::copy(value.begin(), value.end(), made.value.bytes.begin());
    return made;
  }

  // A value of the type int8.
  [[nodiscard]] std::int64_t integer(int row, int column) const noexcept {
    std::uint64_t value = 0;
    for (const char byte : bytes(row, column).substr(0, 8))
      value = value << 8U | static_cast<unsigned char>(byte);
    return static_cast<std::int64_t>(value);
  }

 private:
  std::unique_ptr<PGresult, pg_result_deleter> result_;
};

// The binary form of an array of values of one type and size (src/backend/utils/adt/arrayfuncs.c, array_recv).
template <std::size_t MaxBytes>
class pg_array {
 public:
  pg_array(unsigned type, std::size_t count) noexcept {
    for (const std::size_t one :
         {std::size_t{1}, std::size_t{0}, std::size_t{type}, count, std::size_t{1}}) {
      add_int4(one);  // dimensions, nulls, type; size and first index of the only dimension
    }
  }

  void add(const uuid& id) noexcept {
    add_int4(id.bytes.size());
    for (const std::uint8_t byte : id.bytes) add_byte(byte);
  }
  void add(std::int64_t value) noexcept {
    add_int4(8);
    const auto bits = static_cast<std::uint64_t>(value);
    for (unsigned shift = 64; shift != 0; shift -= 8) add_byte(bits >> (shift - 8));
  }
  [[nodiscard]] std::string_view view() const noexcept { return {bytes_.data(), size_}; }

 private:
  void add_byte(std::uint64_t bits) noexcept { bytes_[size_++] = static_cast<char>(bits & 0xffU); }
  void add_int4(std::size_t value) noexcept {
    for (unsigned shift = 32; shift != 0; shift -= 8) add_byte(value >> (shift - 8));
  }

  std::array<char, MaxBytes> bytes_{};
  std::size_t size_ = 0;
};

// The parameters of one statement.
// *Lifetime*: views into what was added, and into itself.
class pg_parameters {
 public:
  pg_parameters() noexcept = default;
  pg_parameters(const pg_parameters&) = delete;
  pg_parameters& operator=(const pg_parameters&) = delete;

  pg_parameters& add(const uuid& id) noexcept {
    return add_bytes(reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size());
  }
  template <class Tag>
  pg_parameters& add(const tagged_id<Tag>& id) noexcept {
    return add(id.value);
  }
  pg_parameters& add(std::int64_t value) noexcept {
    auto& bytes = integers_[size_];
    for (std::size_t i = 0; i < 8; ++i)
      bytes[i] = static_cast<char>(static_cast<std::uint64_t>(value) >> (56 - 8 * i));
    return add_bytes(bytes.data(), bytes.size());
  }
  // Text too: in binary it is its bytes. A null pointer would be SQL's null.
  pg_parameters& add(std::string_view bytes) noexcept {
    return add_bytes(bytes.empty() ? "" : bytes.data(), bytes.size());
  }
  pg_parameters& add_null() noexcept { return add_bytes(nullptr, 0); }

  // libpq counts in int, and the server takes no more than 1 GiB.
  [[nodiscard]] bool is_too_large() const noexcept { return is_too_large_; }

 private:
  friend class pg_connection;
  static constexpr std::size_t capacity = std::tuple_size_v<decltype(statement_text::types)>;

  pg_parameters& add_bytes(const char* data, std::size_t size) noexcept {
    is_too_large_ = is_too_large_ || size > INT_MAX;
    values_[size_] = data;
    lengths_[size_] = static_cast<int>(size);
    ++size_;
    return *this;
  }

  std::size_t size_ = 0;
  bool is_too_large_ = false;
  std::array<const char*, capacity> values_{};
  std::array<int, capacity> lengths_{};
  std::array<std::array<char, 8>, capacity> integers_{};
};

class pg_connection {
 public:
  explicit pg_connection(PGconn* connection) noexcept : connection_(connection) {}

  [[nodiscard]] PGconn* get() const noexcept { return connection_; }
  [[nodiscard]] const postgresql_error& error() const noexcept { return error_; }

  void forget_error() noexcept {
    error_.code = postgresql_errc::none;
    error_.sqlstate = {};
    error_.message = {};
  }

  // Each keeps the error, and returns false, to be returned.
  bool fail(postgresql_errc why) noexcept {
    keep(why, describe(why));
    return false;
  }
  bool fail(const pg_result& result) noexcept {
    const std::string_view state = result.state();
    const std::string_view message = PQresultErrorMessage(result.get());
    const bool is_broken = PQstatus(connection_) != CONNECTION_OK;
    keep(is_broken                 ? postgresql_errc::connection
         : result.get() == nullptr ? postgresql_errc::running_statement  // see `execute_all`
         : state == "42P01"        ? postgresql_errc::no_schema
                                   : postgresql_errc::database,
         message.empty() ? PQerrorMessage(connection_) : message);
    error_.sqlstate = inline_text<5>::from(state).value_or(inline_text<5>());
    return false;
  }
  bool fail(const postgresql_error& why) noexcept {
    error_ = why;
    return false;
  }
  // The message of libpq about the connection.
  bool fail_connection() noexcept {
    keep(postgresql_errc::connection, PQerrorMessage(connection_));
    return false;
  }

  [[nodiscard]] bool is_idle() const noexcept {
    return PQtransactionStatus(connection_) == PQTRANS_IDLE;
  }

  // Connects again if the connection is known to be broken. False with an open transaction, which is
  // not this inbox's.
  [[nodiscard]] bool connect() noexcept {
    if (PQstatus(connection_) != CONNECTION_OK) {
      PQreset(connection_);
      session_ = 0;
    }
    if (PQstatus(connection_) != CONNECTION_OK) return fail_connection();
    return is_idle() || fail(postgresql_errc::open_transaction);
  }

  // Connects, and prepares the statements of a session that does not have them.
  [[nodiscard]] bool make_ready() noexcept {
    if (!connect()) return false;
    const int session = PQbackendPID(connection_);
    if (session == session_) return true;
    for (const statement_text& one : statements) {
      if (!one.is_planned_each_time && !prepare(one)) return false;
    }
    session_ = session;
    return true;
  }

  // Runs a step that is a transaction of its own: once more where the session lacks a statement, and once
  // more where the connection is lost. In the second case it may have been done before.
  template <class Step>
  [[nodiscard]] pg_result run(Step step) noexcept {
    for (int attempt = 0;; ++attempt) {
      if (!make_ready()) return pg_result(nullptr);
      pg_result done = step();
      if (done.is_ok()) {
        forget_error();
        return done;
      }
      fail(done);
      const bool is_forgotten = done.state() == "26000";  // after DISCARD ALL, say
      if (is_forgotten) session_ = 0;
      if (!is_idle()) roll_back();
      const bool is_lost = PQstatus(connection_) != CONNECTION_OK;
      if (attempt != 0 || (!is_forgotten && !is_lost)) return done;
    }
  }

  // Runs a statement that is a transaction of its own, likewise.
  [[nodiscard]] pg_result run(statement which, const pg_parameters& with) noexcept {
    if (with.is_too_large()) {
      fail(postgresql_errc::too_large);
      return pg_result(nullptr);
    }
    return run([&] { return execute(which, with); });
  }

  // Runs a statement that is a transaction of its own, and not again where the connection is lost.
  [[nodiscard]] pg_result run_once(statement which, const pg_parameters& with) noexcept {
    if (with.is_too_large()) {
      fail(postgresql_errc::too_large);
      return pg_result(nullptr);
    }
    if (!make_ready()) return pg_result(nullptr);
    pg_result done = execute(which, with);
    if (done.is_ok()) return done;
    fail(done);
    if (done.state() == "26000") session_ = 0;
    if (!is_idle()) roll_back();
    return done;
  }

  // Opens a transaction and runs a first statement in it, in one round trip, and as `run` once more. If
  // that fails no transaction is open.
  [[nodiscard]] pg_result begin_with(statement which, const pg_parameters& with) noexcept {
    return run([&] { return execute_all({{statement::begin, pg_parameters()}, {which, with}}); });
  }

  // The same with a time-out for every lock, on a table too, until the statement restores the session's.
  [[nodiscard]] pg_result begin_bounded(std::string_view timeout, statement which,
                                        const pg_parameters& with) noexcept {
    pg_parameters bound;
    bound.add(timeout);
    return run([&] {
      return execute_all(
          {{statement::begin, pg_parameters()}, {statement::bound, bound}, {which, with}});
    });
  }

  // Runs two statements in one transaction, whose second one sees all that was committed before the first one was done, in
  // one round trip, and as `run` once more. Returns the answer of the second one.
  [[nodiscard]] pg_result run_both(statement first, const pg_parameters& first_with,
                                   statement second, const pg_parameters& second_with) noexcept {
    const pg_parameters none;
    return run([&] {
      return execute_all({{statement::begin_read_committed, none},
                          {first, first_with},
                          {second, second_with},
                          {statement::commit, none}},
                         2);
    });
  }

  // Commits, if the open transaction has this number. In one round trip.
  [[nodiscard]] pg_result commit(std::int64_t transaction) noexcept {
    pg_parameters number;
    number.add(transaction);
    return execute_all({{statement::check, number}, {statement::commit, pg_parameters()}});
  }

  // Afterwards no transaction is open on this connection. A handler may have left it in the middle of a
  // COPY, in pipeline mode or with results that nobody read: then another connection takes its place,
  // and the server rolls back when it sees that this one is gone.
  void roll_back() noexcept {
    if (PQstatus(connection_) != CONNECTION_OK || is_idle()) return;
    const PGTransactionStatusType status = PQtransactionStatus(connection_);
    if (status == PQTRANS_INTRANS || status == PQTRANS_INERROR)
      const pg_result done(PQexec(connection_, "rollback"));
    if (is_idle() || PQstatus(connection_) != CONNECTION_OK) return;
    PQreset(connection_);
    session_ = 0;
  }

  // Runs statements that have no parameters and no answer.
  [[nodiscard]] bool execute_simple(const char* sql) noexcept {
    const pg_result done(PQexec(connection_, sql));
    return done.is_ok() || fail(done);
  }

  [[nodiscard]] pg_result execute(statement which, const pg_parameters& with) noexcept {
    const statement_text& one = statements[static_cast<std::size_t>(which)];
    const auto count = static_cast<int>(with.size_);
    if (one.is_planned_each_time) {
      return pg_result(PQexecParams(connection_, one.sql, count, one.types.data(),
                                    with.values_.data(), with.lengths_.data(), binary.data(), 1));
    }
    return pg_result(PQexecPrepared(connection_, one.name, count, with.values_.data(),
                                    with.lengths_.data(), binary.data(), 1));
  }

 private:
  static constexpr std::array<int, pg_parameters::capacity> binary = {1, 1, 1, 1, 1, 1, 1, 1};

  [[nodiscard]] bool send(statement which, const pg_parameters& with) noexcept {
    const statement_text& one = statements[static_cast<std::size_t>(which)];
    const auto count = static_cast<int>(with.size_);
    if (one.is_planned_each_time) {
      return PQsendQueryParams(connection_, one.sql, count, one.types.data(), with.values_.data(),
                               with.lengths_.data(), binary.data(), 1) == 1;
    }
    return PQsendQueryPrepared(connection_, one.name, count, with.values_.data(),
                               with.lengths_.data(), binary.data(), 1) == 1;
  }

  void keep(postgresql_errc why, std::string_view message) noexcept {
    while (!message.empty() && message.back() == '\n') message.remove_suffix(1);
    error_.code = why;
    error_.sqlstate = {};
    using text = decltype(error_.message);
    // A server may speak another encoding.
    if (message.empty() || !is_utf8(message)) message = describe(why);
    error_.message = text::from(utf8_prefix(message, text::capacity)).value_or(text());
  }

  // The result of one statement of a pipeline, and the null that ends it.
  [[nodiscard]] pg_result receive() noexcept {
    pg_result one(PQgetResult(connection_));
    if (one.get() != nullptr) const pg_result end(PQgetResult(connection_));
    return one;
  }

  struct pipelined {
    statement which;
    const pg_parameters& with;
  };

  // Runs them in a pipeline, each only if those before it are done. Returns the result of the one that
  // failed, or the last one's.
  [[nodiscard]] pg_result execute_all(std::initializer_list<pipelined> steps) noexcept {
    return execute_all(steps, steps.size() - 1);
  }
  // The same with the result of another one.
  [[nodiscard]] pg_result execute_all(std::initializer_list<pipelined> steps,
                                      std::size_t answer) noexcept {
    if (PQenterPipelineMode(connection_) != 1) return pg_result(nullptr);
    bool is_sent = true;
    for (const pipelined& one : steps) is_sent = is_sent && send(one.which, one.with);
    pg_result done(nullptr);
    if (is_sent && PQpipelineSync(connection_) == 1) {
      bool is_ok = true;
      for (std::size_t i = 0; i < steps.size(); ++i) {
        pg_result next = receive();
        if (!is_ok) continue;
        is_ok = next.is_ok();
        if (i <= answer || !is_ok) done = std::move(next);
      }
      const pg_result sync(PQgetResult(connection_));
    }
    // Fails only where the connection is lost or something was left in it: then it is of no use.
    if (PQexitPipelineMode(connection_) != 1 && PQstatus(connection_) == CONNECTION_OK) {
      PQreset(connection_);
      session_ = 0;
      return pg_result(nullptr);
    }
    return done;
  }

  // Replaces a statement of this name, which another version of this library may have prepared.
  [[nodiscard]] bool prepare(const statement_text& one) noexcept {
    const auto count = std::find(one.types.begin(), one.types.end(), 0U) - one.types.begin();
    for (int attempt = 0;; ++attempt) {
      const pg_result done(
          PQprepare(connection_, one.name, one.sql, static_cast<int>(count), one.types.data()));
      if (done.is_ok()) return true;
      if (attempt != 0 || done.state() != "42P05") return fail(done);
      std::array<char, 64> text{};
      constexpr std::string_view command = "deallocate ";
      command.copy(text.data(), command.size());
      std::string_view(one.name).copy(text.data() + command.size(),
                                      text.size() - command.size() - 1);
      const pg_result gone(PQexec(connection_, text.data()));
    }
  }

  PGconn* connection_;
  int session_ = 0;  // the process that serves it, and for which the statements are prepared
  postgresql_error error_{};
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
