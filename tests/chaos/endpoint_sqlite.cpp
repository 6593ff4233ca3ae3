// SPDX-License-Identifier: BSL-1.0
#include "endpoint.hpp"
#include <signhook/inbox/sqlite.hpp>

#include <sqlite3.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

namespace {

constexpr signhook::sqlite_options options = {.lock_timeout = std::chrono::seconds(2),
                                              .queue = chaos::queue};

struct closer {
  void operator()(sqlite3* of) const noexcept { sqlite3_close_v2(of); }
};
using connection = std::unique_ptr<sqlite3, closer>;

connection open(const std::string& database) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open(database.c_str(), &opened);
  connection made(opened);
  if (code != SQLITE_OK) throw std::runtime_error("the database cannot be opened");
  return made;
}

signhook::sqlite_inbox make_inbox(sqlite3* over) {
  auto made = signhook::sqlite_inbox::make(over, options);
  if (!made) throw std::runtime_error(std::string(made.error().message.view()));
  return std::move(*made);
}

class engine {
 public:
  static bool create(const std::string& database) {
    const connection made = open(database);
    if (signhook::sqlite_inbox::create(made.get(), options)) return false;
    return sqlite3_exec(made.get(), "create table if not exists effects(event blob not null)",
                        nullptr, nullptr, nullptr) == SQLITE_OK;
  }

  explicit engine(const std::string& database)
      : connection_(open(database)), inbox_(make_inbox(connection_.get())) {}

  signhook::sqlite_inbox& inbox() { return inbox_; }

  [[nodiscard]] bool write_effect(const signhook::event_id& id) const {
    sqlite3_stmt* insert = nullptr;
    sqlite3_prepare_v2(connection_.get(), "insert into effects values(?)", -1, &insert, nullptr);
    sqlite3_bind_blob(insert, 1, id.value.bytes.data(), 16, nullptr);
    const bool is_done = sqlite3_step(insert) == SQLITE_DONE;
    sqlite3_finalize(insert);
    return is_done;
  }
  [[nodiscard]] bool write_effect_alone(const signhook::event_id& id) const {
    return write_effect(id);
  }

 private:
  connection connection_;
  signhook::sqlite_inbox inbox_;
};

}  // namespace

int main(int argc, char** argv) { return chaos::run<engine>(argc, argv); }
