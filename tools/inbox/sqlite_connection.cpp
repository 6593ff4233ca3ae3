// SPDX-License-Identifier: BSL-1.0
#include "inbox/engines.hpp"
#include "inbox/library_connection.hpp"
#include <signhook/inbox/sqlite.hpp>

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <memory>
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
        create_(settings.create) {}

  // SQLite closes a connection once its statements are gone.
  ~sqlite_file() override { inbox_.reset(); }
  sqlite_file(const sqlite_file&) = delete;
  sqlite_file& operator=(const sqlite_file&) = delete;

  [[nodiscard]] std::string name() const override { return "sqlite:" + path_; }

  [[nodiscard]] bool connect() override {
    if (inbox_) return true;
    if (!open_file()) return false;
    if (create_) {
      if (const auto wrong = signhook::sqlite_inbox::create(connection_.get(), options_)) {
        return fail_with(*wrong);
      }
    }
    auto made = signhook::sqlite_inbox::make(connection_.get(), options_);
    if (!made) return fail_with(made.error());
    inbox_.emplace(std::move(*made));
    return true;
  }

 private:
  [[nodiscard]] bool open_file() {
    // SQLite would let others read the file, and gives the files beside it the same mode.
    if (create_) {
      const int file = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
      if (file >= 0) ::close(file);
    }
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(path_.c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
    connection_.reset(opened);
    return code == SQLITE_OK || fail_to_connect(sqlite3_errmsg(opened));
  }

  const std::string path_;
  const signhook::sqlite_options options_;
  const bool create_;
  std::unique_ptr<sqlite3, sqlite_closer> connection_;
};

}  // namespace

std::unique_ptr<inbox_connection> make_sqlite_connection(const std::string& path,
                                                         const inbox_settings& settings) {
  return std::make_unique<sqlite_file>(path, settings);
}
