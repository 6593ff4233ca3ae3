// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <libpq-fe.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>

// A PostgreSQL server of the test's own, by tests/postgresql/cluster, and plain questions to it.

namespace postgresql {

struct connection_closer {
  void operator()(PGconn* of) const noexcept { PQfinish(of); }
};
using unique_connection = std::unique_ptr<PGconn, connection_closer>;

struct result_clearer {
  void operator()(PGresult* of) const noexcept { PQclear(of); }
};
using unique_result = std::unique_ptr<PGresult, result_clearer>;

// The first value of the answer, "" where there is none, "null" for null; "!" and the SQLSTATE of an
// error.
inline std::string ask(PGconn* connection, const std::string& sql) {
  const unique_result got(PQexec(connection, sql.c_str()));
  const ExecStatusType status = PQresultStatus(got.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    const char* const state = PQresultErrorField(got.get(), PG_DIAG_SQLSTATE);
    return std::string("!") + (state == nullptr ? "" : state);
  }
  if (PQntuples(got.get()) == 0) return "";
  return PQgetisnull(got.get(), 0, 0) != 0 ? "null" : PQgetvalue(got.get(), 0, 0);
}

class server {
 public:
  // The exit code of the script where there is no PostgreSQL.
  static constexpr int not_there = 77;

  explicit server(const std::string& settings = "") : settings_(settings) {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "signhook-postgresql-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp " + pattern);
    folder_ = pattern;
    start();
  }
  server(const server&) = delete;
  server& operator=(const server&) = delete;
  ~server() {
    if (is_running_) run("stop", "immediate");
    std::error_code ignored;  // a folder that stays does not fail a test
    std::filesystem::remove_all(folder_, ignored);
  }

  void start() {
    const auto [code, output] = run("start", settings_);
    if (code != 0) throw std::system_error(code, std::generic_category(), "cluster start");
    conninfo_ = output.substr(0, output.find('\n'));
    is_running_ = true;
  }
  void stop() {
    if (run("stop", "fast").first != 0) throw std::runtime_error("cluster stop");
    is_running_ = false;
  }
  void kill() {
    if (run("kill", "").first != 0) throw std::runtime_error("cluster kill");
    is_running_ = false;
  }

  [[nodiscard]] const std::string& conninfo() const { return conninfo_; }
  [[nodiscard]] std::filesystem::path folder() const { return folder_; }
  [[nodiscard]] std::filesystem::path socket() const {
    return std::filesystem::path(folder_) / "socket" / ".s.PGSQL.5432";
  }
  [[nodiscard]] unique_connection connect(const std::string& more = "") const {
    unique_connection made(PQconnectdb((conninfo_ + " " + more).c_str()));
    if (PQstatus(made.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(made.get()));
    return made;
  }

 private:
  std::pair<int, std::string> run(const std::string& command, const std::string& arguments) {
    const std::string line =
        std::string(SIGNHOOK_CLUSTER) + " " + command + " " + folder_ + " " + arguments;
    FILE* const pipe = popen(line.c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("popen " + line);
    std::string output;
    std::array<char, 512> read{};
    while (std::fgets(read.data(), read.size(), pipe) != nullptr) output += read.data();
    return {WEXITSTATUS(pclose(pipe)), output};
  }

  std::string settings_;
  std::string folder_;
  std::string conninfo_;
  bool is_running_ = false;
};

}  // namespace postgresql
