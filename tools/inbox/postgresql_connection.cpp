// SPDX-License-Identifier: BSL-1.0
#include "inbox/engines.hpp"
#include "inbox/library_connection.hpp"
#include "inbox/row_query.hpp"
#include <signhook/format.hpp>
#include <signhook/inbox/postgresql.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace {

struct connection_closer {
  void operator()(PGconn* of) const { PQfinish(of); }
};

struct result_clearer {
  void operator()(PGresult* of) const { PQclear(of); }
};

struct options_freer {
  void operator()(PQconninfoOption* of) const { PQconninfoFree(of); }
};

// Returns the host, the port and the database that are in the URI. Nothing else of it is for other eyes, nor what
// libpq says of a URI that it cannot parse: that may quote all of it.
std::string name_of(const std::string& uri) {
  const std::unique_ptr<PQconninfoOption, options_freer> options(
      PQconninfoParse(uri.c_str(), nullptr));
  if (!options) throw std::runtime_error("libpq does not take this address of an inbox");
  const auto value = [&](std::string_view keyword) -> std::string_view {
    for (const PQconninfoOption* one = options.get(); one->keyword != nullptr; ++one) {
      if (one->keyword == keyword) return one->val == nullptr ? "" : one->val;
    }
    return {};
  };
  const std::string_view port = value("port");
  return fmt::format("postgresql://{}{}{}/{}", value("host"), port.empty() ? "" : ":", port,
                     value("dbname"));
}

class postgresql_session final : public library_connection<signhook::postgresql_inbox> {
 public:
  postgresql_session(const std::string& uri, const inbox_settings& settings)
      : uri_(uri),
        name_(name_of(uri)),
        options_{.lock_timeout = settings.lock_timeout, .queue = settings.queue},
        create_(settings.create),
        migrate_(settings.migrate) {}

  ~postgresql_session() override {
    inbox_.reset();
    keep_socket(-1);
  }
  postgresql_session(const postgresql_session&) = delete;
  postgresql_session& operator=(const postgresql_session&) = delete;

  [[nodiscard]] std::string name() const override { return name_; }

  // A wait of libpq for its socket ends once the socket is shut down. The descriptor is a copy of our own: libpq may
  // close its one meanwhile, and the system may give its number to another file.
  void interrupt() override {
    const std::lock_guard lock(guard_);
    if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
  }

  [[nodiscard]] bool connect() override {
    forget_error();
    if (inbox_ && PQstatus(connection_.get()) == CONNECTION_OK) return true;
    keep_socket(-1);
    if (connection_) {
      PQreset(connection_.get());
    } else {
      open_session();
    }
    if (PQstatus(connection_.get()) != CONNECTION_OK) {
      inbox_.reset();
      return fail(PQerrorMessage(connection_.get()));
    }
    keep_socket(::fcntl(PQsocket(connection_.get()), F_DUPFD_CLOEXEC, 0));
    return inbox_ || make_inbox();
  }

  [[nodiscard]] std::optional<inbox_status> status(signhook::time_point now) override {
    if (!inbox_) return std::nullopt;
    inbox_status made;
    const std::string sql = "select " + count("signhook_queue") + ", " +
                            count("signhook_dead_letters") + ", " + count("signhook_quarantine") +
                            ", " + count("signhook_inbox") +
                            ", (select min(due) from signhook_queue where due <= $1::int8)";
    const std::string time = fmt::format("{}", now.time_since_epoch().count());
    const char* const value = time.c_str();
    const std::unique_ptr<PGresult, result_clearer> found(
        PQexecParams(connection_.get(), sql.c_str(), 1, nullptr, &value, nullptr, nullptr, 0));
    if (PQresultStatus(found.get()) != PGRES_TUPLES_OK) {
      static_cast<void>(fail(PQerrorMessage(connection_.get())));
      return std::nullopt;
    }
    int column = 0;
    for (row_count* const one :
         {&made.queued, &made.dead_letters, &made.quarantined, &made.known}) {
      one->rows = std::strtoull(PQgetvalue(found.get(), 0, column++), nullptr, 10);
    }
    if (PQgetisnull(found.get(), 0, column) == 0) {
      made.oldest = signhook::time_point(
          std::chrono::milliseconds(std::strtoll(PQgetvalue(found.get(), 0, column), nullptr, 10)));
    }
    return made;
  }

  [[nodiscard]] bool list(inbox_table table, const std::optional<signhook::event_id>& id,
                          std::size_t at_most, const each_row& each) override {
    forget_error();
    const std::string limit = fmt::format("{}", at_most);
    const std::string sql = row_query(table, id.has_value(), "$1::uuid", limit);
    const std::string id_text = id ? fmt::format("{}", *id) : std::string();
    const char* const value = id_text.c_str();
    const signhook::detail::pg_result rows(PQexecParams(connection_.get(), sql.c_str(), id ? 1 : 0,
                                                        nullptr, &value, nullptr, nullptr, 1));
    if (!rows.is_ok()) return fail(PQerrorMessage(connection_.get()));
    for (int row = 0; row < rows.rows(); ++row) each(row_of(rows, row, table));
    return true;
  }

 private:
  [[nodiscard]] static stored_row row_of(const signhook::detail::pg_result& from, int row,
                                         inbox_table table) {
    const auto is_null = [&](int column) { return PQgetisnull(from.get(), row, column) != 0; };
    const auto time = [&](int column) {
      return signhook::time_point(std::chrono::milliseconds(from.integer(row, column)));
    };
    stored_row made;
    made.table = table;
    if (!is_null(0)) made.id = from.id(row, 0);
    made.received = time(1);
    if (!is_null(2)) made.attempts = static_cast<std::uint64_t>(from.integer(row, 2));
    if (!is_null(3)) made.due = time(3);
    made.reason = from.bytes(row, 4);
    made.body = from.bytes(row, 5);
    return made;
  }

  // Beyond what is counted the number is the server's estimate, if that is larger.
  [[nodiscard]] static std::string count(std::string_view table) {
    return fmt::format(
        "(select case when c <= {1} then c else greatest(c, (select reltuples::int8 from pg_class"
        " where oid = '{0}'::regclass)) end from (select count(*) as c from (select from {0} limit"
        " {2}) as few) as counted)",
        table, row_count::exact, row_count::exact + 1);
  }

  void keep_socket(int socket) {
    const std::lock_guard lock(guard_);
    if (socket_ >= 0) ::close(socket_);
    socket_ = socket;
  }

  void open_session() {
    // The settings of the URI come after these and count. Without a bound a server that is gone would hold a
    // connection for hours.
    constexpr std::array<const char*, 8> keywords{
        "application_name",    "connect_timeout",  "tcp_user_timeout", "keepalives_idle",
        "keepalives_interval", "keepalives_count", "dbname",           nullptr};
    const std::array<const char*, 8> values{"signhook", "5", "10000",      "10",
                                            "5",        "3", uri_.c_str(), nullptr};
    connection_.reset(PQconnectdbParams(keywords.data(), values.data(), 1));
    PQsetNoticeProcessor(
        connection_.get(), [](void*, const char*) {}, nullptr);
  }

  [[nodiscard]] bool make_inbox() {
    if (migrate_) {
      if (const auto wrong = signhook::postgresql_inbox::migrate(connection_.get(), options_)) {
        return fail_with(*wrong);
      }
    } else if (create_) {
      if (const auto wrong = signhook::postgresql_inbox::create(connection_.get(), options_)) {
        return fail_with(*wrong);
      }
    }
    auto made = signhook::postgresql_inbox::make(connection_.get(), options_);
    if (!made) return fail_with(made.error());
    inbox_.emplace(std::move(*made));
    return true;
  }

  const std::string uri_;
  const std::string name_;
  const signhook::postgresql_options options_;
  const bool create_;
  const bool migrate_;
  std::mutex guard_;
  int socket_ = -1;
  std::unique_ptr<PGconn, connection_closer> connection_;
};

}  // namespace

std::unique_ptr<inbox_connection> make_postgresql_connection(const std::string& uri,
                                                             const inbox_settings& settings) {
  return std::make_unique<postgresql_session>(uri, settings);
}
