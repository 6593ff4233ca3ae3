// SPDX-License-Identifier: BSL-1.0
#include "inbox/engines.hpp"
#include "inbox/library_connection.hpp"
#include <signhook/inbox/postgresql.hpp>

#include <fmt/format.h>
#include <libpq-fe.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace {

struct connection_closer {
  void operator()(PGconn* of) const { PQfinish(of); }
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
        create_(settings.create) {}

  ~postgresql_session() override { inbox_.reset(); }
  postgresql_session(const postgresql_session&) = delete;
  postgresql_session& operator=(const postgresql_session&) = delete;

  [[nodiscard]] std::string name() const override { return name_; }

  [[nodiscard]] bool connect() override {
    if (inbox_ && PQstatus(connection_.get()) == CONNECTION_OK) return true;
    if (connection_) {
      PQreset(connection_.get());
    } else {
      open_session();
    }
    if (PQstatus(connection_.get()) != CONNECTION_OK) {
      inbox_.reset();
      return fail_to_connect(PQerrorMessage(connection_.get()));
    }
    return inbox_ || make_inbox();
  }

 private:
  void open_session() {
    // What the URI says of these comes after them and counts. Without a bound a server that is gone would hold a
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
    if (create_) {
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
  std::unique_ptr<PGconn, connection_closer> connection_;
};

}  // namespace

std::unique_ptr<inbox_connection> make_postgresql_connection(const std::string& uri,
                                                             const inbox_settings& settings) {
  return std::make_unique<postgresql_session>(uri, settings);
}
