// SPDX-License-Identifier: BSL-1.0
// The program's connection to an inbox: addresses, and errors without a password.
#include "inbox/inbox_connection.hpp"

#include "catch.hpp"
#include "inbox/inbox_address.hpp"

#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace {

std::string error_of(const std::string& address) {
  try {
    return make_inbox_connection(inbox_address::parse(address))->name();
  } catch (const std::runtime_error& error) {
    return std::string("!") + error.what();
  }
}

bool is_missing(const std::string& engine) {
  return error_of(engine).find("built without") != std::string::npos;
}

}  // namespace

TEST_CASE("an address of an inbox names its database, and its name has no password") {
  struct row {
    std::string address;
    std::string expected;
  };
  const std::string wrong = "!expected an inbox as sqlite:FILE or postgresql://...";
  const std::string rejected = "!libpq does not take this address of an inbox";
  for (const auto& [address, expected] : {
           row{"", wrong},
           row{"events.db", wrong},
           row{"sqlite:", wrong},
           row{"mysql://me:secret@host/db", wrong},
           row{"sqlite:events.db", "sqlite:events.db"},
           row{"postgresql://", "postgresql:///"},
           row{"postgres://me:secret@db.example:5433/signs", "postgresql://db.example:5433/signs"},
           row{"postgresql://me@a:1,b:2/signs?password=secret", "postgresql://a,b:1,2/signs"},
           row{"postgresql:///signs?host=/run/postgresql", "postgresql:///run/postgresql/signs"},
           row{"postgresql://me:secret@host:1/signs?secret", rejected},
           row{"postgresql://me:secret@[host/signs", rejected},
           row{"postgresql://host/signs?passwort=secret", rejected},
       }) {
    const std::string got = error_of(address);
    if (got.find("built without") != std::string::npos) continue;
    INFO(address);
    CHECK(got == expected);
  }
}

TEST_CASE("a file is created for its owner alone, and only where it is to be") {
  const auto path = std::filesystem::temp_directory_path() / "signhook_inbox_connection.db";
  const std::string address = "sqlite:" + path.string();
  if (is_missing(address)) return;
  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path.string() + end);
  {
    const auto missing = make_inbox_connection(inbox_address::parse(address), {.create = false});
    CHECK_FALSE(missing->connect());
    CHECK(missing->last_error() == "unable to open database file");
    CHECK_FALSE(std::filesystem::exists(path));
  }
  const auto made = make_inbox_connection(inbox_address::parse(address));
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  CHECK(made->take(now).outcome == signhook::take_outcome::unavailable);
  CHECK(made->last_error() == "not connected");
  REQUIRE(made->connect());
  CHECK(made->take(now).outcome == signhook::take_outcome::idle);
  CHECK(made->last_error().empty());
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777U) == 0600U);
}

TEST_CASE("a server that does not answer is an error in one line, without the password") {
  const std::string address = "postgresql://me:secret@127.0.0.1:1/signs";
  if (is_missing(address)) return;
  const auto made = make_inbox_connection(inbox_address::parse(address));
  for (int attempt = 0; attempt < 2; ++attempt) {
    CHECK_FALSE(made->connect());
    CHECK(made->last_error().find("refused") != std::string::npos);
    CHECK(made->last_error().find('\n') == std::string::npos);
    CHECK(made->last_error().find("secret") == std::string::npos);
  }
}
