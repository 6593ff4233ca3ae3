// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "catch.hpp"
#include <signhook/inbox/sqlite.hpp>
#include <signhook/schema.hpp>

#include <sqlite3.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sqlite_test {

struct closer {
  void operator()(sqlite3* of) const noexcept { sqlite3_close_v2(of); }
};
using connection = std::unique_ptr<sqlite3, closer>;

// A folder of its own for a database; the effects are rows of a table of the application.
class database {
 public:
  database() {
    std::string name = (std::filesystem::temp_directory_path() / "signhook-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    folder_ = name;
  }
  database(const database&) = delete;
  database& operator=(const database&) = delete;
  ~database() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  [[nodiscard]] std::string path() const { return (folder_ / "inbox.db").string(); }

  [[nodiscard]] connection open(int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) const {
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(path().c_str(), &opened, flags, nullptr);
    connection made(opened);
    if (code != SQLITE_OK) std::abort();
    return made;
  }

  // With the tables of the inbox, and one for effects.
  [[nodiscard]] connection create() const {
    connection made = open();
    REQUIRE_FALSE(signhook::sqlite_inbox::create(made.get()));
    REQUIRE(sqlite3_exec(made.get(), "create table effects(id blob, text text)", nullptr, nullptr,
                         nullptr) == SQLITE_OK);
    return made;
  }

 private:
  std::filesystem::path folder_;
};

inline int run(const connection& on, const char* sql) {
  return sqlite3_exec(on.get(), sql, nullptr, nullptr, nullptr);
}

// The first column of all rows, as text.
inline std::vector<std::string> query(const connection& on, const std::string& sql) {
  sqlite3_stmt* made = nullptr;
  REQUIRE(sqlite3_prepare_v2(on.get(), sql.c_str(), -1, &made, nullptr) == SQLITE_OK);
  std::vector<std::string> rows;
  int code = sqlite3_step(made);
  for (; code == SQLITE_ROW; code = sqlite3_step(made)) {
    const auto* const text = static_cast<const char*>(sqlite3_column_blob(made, 0));
    rows.emplace_back(text != nullptr ? text : "",
                      static_cast<std::size_t>(sqlite3_column_bytes(made, 0)));
  }
  sqlite3_finalize(made);
  REQUIRE(code == SQLITE_DONE);
  return rows;
}

inline std::size_t count(const connection& on, const std::string& table) {
  return std::stoul(query(on, "select count(*) from " + table).at(0));
}

// A handler's effect.
inline int write_effect(const connection& on) {
  return run(on, "insert into effects values(x'01', 'effect')");
}

inline signhook::sqlite_inbox make(const connection& over,
                                   const signhook::sqlite_options& options = {}) {
  auto made = signhook::sqlite_inbox::make(over.get(), options);
  REQUIRE(made);
  return std::move(*made);
}

// A time-out that a test can wait for.
inline constexpr signhook::sqlite_options impatient = {.lock_timeout =
                                                           std::chrono::milliseconds(30)};

inline signhook::time_point at(std::int64_t milliseconds) {
  return signhook::time_point(std::chrono::milliseconds(milliseconds));
}

// Entries that differ in their ids.
inline signhook::inbox_entry entry_of(std::uint16_t number, std::string_view body = "{}") {
  auto made = signhook::inbox_entry::from(signhook::samples[0], body, at(1'000 + number));
  made.id.value.bytes[0] = static_cast<std::uint8_t>(number >> 8U);
  made.id.value.bytes[1] = static_cast<std::uint8_t>(number);
  return made;
}

}  // namespace sqlite_test
