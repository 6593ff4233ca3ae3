// SPDX-License-Identifier: BSL-1.0
// The projection in PostgreSQL against the one in memory, in a cluster of the test's own.
//   projection_postgresql tests/postgresql/cluster
#include "hard_rows.hpp"
#include "random_histories.hpp"
#include <signhook/projection/sql.hpp>

#include <libpq-fe.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace signhook;

[[noreturn]] void fail(std::string_view why) {
  std::fprintf(stderr, "%.*s\n", static_cast<int>(why.size()), why.data());
  std::exit(1);
}

struct closer {
  void operator()(PGconn* one) const { PQfinish(one); }
  void operator()(PGresult* one) const { PQclear(one); }
};
using connection = std::unique_ptr<PGconn, closer>;
using answer = std::unique_ptr<PGresult, closer>;

// Runs a command of the cluster. Returns its exit code and what it prints.
int run_cluster(const std::string& command, std::string& printed) {
  FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) fail("popen failed");
  std::array<char, 1000> some{};
  printed.clear();
  while (std::fgets(some.data(), static_cast<int>(some.size()), pipe) != nullptr)
    printed += some.data();
  const int status = pclose(pipe);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

// A cluster that ends with the test.
class cluster {
 public:
  explicit cluster(const std::string& script) : script_(script) {
    std::string directory = "/tmp/signhook-projection-XXXXXX";
    if (mkdtemp(directory.data()) == nullptr) fail("mkdtemp failed");
    directory_ = directory;
    const int code = run_cluster(script_ + " start " + directory_ + " fsync=off", printed_);
    if (code == 77 && std::getenv("SIGNHOOK_NOTHING_SKIPPED") == nullptr) {
      remove();
      std::exit(77);
    }
    if (code != 0) {
      remove();
      fail("the cluster did not start");
    }
    if (!printed_.empty()) printed_.pop_back();
  }
  ~cluster() {
    std::string printed;
    if (run_cluster(script_ + " stop " + directory_ + " immediate", printed) != 0) {
      std::fputs("the cluster did not stop\n", stderr);
      std::_Exit(1);
    }
    remove();
  }
  cluster(const cluster&) = delete;
  cluster& operator=(const cluster&) = delete;

  [[nodiscard]] const std::string& address() const { return printed_; }

 private:
  void remove() const {
    std::string printed;
    run_cluster("rm -rf " + directory_, printed);
  }

  std::string script_;
  std::string directory_;
  std::string printed_;
};

class database {
 public:
  explicit database(const std::string& address) : connection_(PQconnectdb(address.c_str())) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) fail(PQerrorMessage(connection_.get()));
    run("set client_min_messages = warning");
    run(projection_table_postgresql);
    run(projection_table_postgresql);  // which does nothing
    for (const auto& [name, sql] :
         {std::pair("upsert", projection_upsert), std::pair("select", projection_select)}) {
      expect(answer(PQprepare(connection_.get(), name, sql, 0, nullptr)), PGRES_COMMAND_OK);
    }
  }

  void run(const char* sql) { expect(answer(PQexec(connection_.get(), sql)), PGRES_COMMAND_OK); }

  // Sends an observation of the dossier `index`, without waiting for the answer.
  void send(std::uint32_t index, const observation_row& row) {
    const std::string dossier = bytes(id_at(index, row.dossier).value);
    const std::string object = row.kind == observation_kind::dossier ? dossier : bytes(row.object);
    std::array<char, timestamp::max_text_size> written{};
    const std::string created(written.data(), row.created.write_to(written.data()));
    const std::string values[] = {
        dossier,
        std::string(name(row.kind)),
        object,
        std::string(row.value.view()),
        big_endian(static_cast<std::uint64_t>(sql_seconds(row.created)), 8),
        big_endian(static_cast<std::uint64_t>(sql_nanoseconds(row.created)), 4),
        created,
        std::string(1, row.is_transition ? '\1' : '\0'),
        bytes(row.event.value)};
    execute("upsert", values);
    ++sent_;
    if (sent_ % 500 == 0) flush();
  }

  // Waits for all answers.
  void flush() {
    if (PQpipelineSync(connection_.get()) != 1) fail(PQerrorMessage(connection_.get()));
    while (true) {
      answer one(PQgetResult(connection_.get()));
      if (!one) continue;  // the end of one answer
      if (PQresultStatus(one.get()) == PGRES_PIPELINE_SYNC) return;
      if (PQresultStatus(one.get()) == PGRES_TUPLES_OK) {
        loaded_.push_back(std::move(one));
        continue;
      }
      changed_ += std::string_view(PQcmdTuples(one.get())) == "1" ? 1U : 0U;
      expect(std::move(one), PGRES_COMMAND_OK);
    }
  }

  void begin_pipeline() {
    if (PQenterPipelineMode(connection_.get()) != 1) fail("no pipeline");
  }

  // Returns the projections of the dossiers 0 to `count`, as that with the nil id.
  std::vector<dossier_projection> load(std::uint32_t count) {
    flush();
    for (std::uint32_t i = 0; i != count; ++i) {
      const std::string values[] = {bytes(id_at(i, {}).value)};
      execute("select", values);
      if (i % 500 == 499) flush();
    }
    flush();
    std::vector<dossier_projection> projections;
    for (const answer& from : loaded_) {
      dossier_projection projection{dossier_id()};
      for (int i = 0; i != PQntuples(from.get()); ++i) {
        observation_row row;
        row.kind = kind(value(from, i, 0));
        row.object = row.kind == observation_kind::dossier ? uuid() : id(value(from, i, 1));
        fill(row, from, i, {2, 3, 4, 5});
        if (projection.apply(row) == apply_result::rejected) fail("a row was rejected");
        if (PQgetisnull(from.get(), i, 9) != 0) continue;
        if (!can_conflict(row.kind)) fail("a kind without conflicts has one");
        fill(row, from, i, {6, 7, 8, 9});
        if (projection.apply(row) == apply_result::rejected) fail("a conflict was rejected");
      }
      projections.push_back(projection);
    }
    loaded_.clear();
    return projections;
  }

  [[nodiscard]] std::size_t sent() const { return sent_; }
  [[nodiscard]] std::size_t changed() const { return changed_; }

 private:
  template <std::size_t Count>
  void execute(const char* name, const std::string (&values)[Count]) {
    std::array<const char*, Count> data{};
    std::array<int, Count> sizes{};
    std::array<int, Count> formats{};
    for (std::size_t i = 0; i != Count; ++i) {
      data[i] = values[i].data();
      sizes[i] = static_cast<int>(values[i].size());
      formats[i] = 1;
    }
    if (PQsendQueryPrepared(connection_.get(), name, static_cast<int>(Count), data.data(),
                            sizes.data(), formats.data(), 1) != 1) {
      fail(PQerrorMessage(connection_.get()));
    }
  }
  void expect(const answer& one, ExecStatusType status) {
    if (PQresultStatus(one.get()) != status) fail(PQerrorMessage(connection_.get()));
  }

  // Each history has a dossier of its own, and another for the events that do not belong to it.
  static dossier_id id_at(std::uint32_t index, dossier_id id) {
    for (std::size_t i = 0; i != 4; ++i)
      id.value.bytes[12 + i] = static_cast<std::uint8_t>(index >> (8 * i));
    return id;
  }
  static std::string bytes(const uuid& id) { return {id.bytes.begin(), id.bytes.end()}; }
  static std::string big_endian(std::uint64_t value, std::size_t size) {
    std::string written;
    for (std::size_t i = size; i != 0; --i) written += static_cast<char>(value >> (8 * (i - 1)));
    return written;
  }
  static std::string_view value(const answer& from, int row, int column) {
    return {PQgetvalue(from.get(), row, column),
            static_cast<std::size_t>(PQgetlength(from.get(), row, column))};
  }
  static uuid id(std::string_view all) {
    uuid read;
    if (all.size() != read.bytes.size()) fail("the database has an id that nobody wrote");
    std::copy(all.begin(), all.end(), read.bytes.begin());
    return read;
  }
  static observation_kind kind(std::string_view text) {
    for (unsigned i = 0;; ++i) {
      const auto one = static_cast<observation_kind>(i);
      if (name(one).empty()) fail("the database has a kind that nobody wrote");
      if (name(one) == text) return one;
    }
  }
  static void fill(observation_row& row, const answer& from, int at,
                   const std::array<int, 4>& columns) {
    const auto read = observation_row::text::from(value(from, at, columns[0]));
    const auto created = timestamp::parse(value(from, at, columns[1]));
    if (!read || !created) fail("the database has a value or a time that nobody wrote");
    row.value = *read;
    row.created = *created;
    row.is_transition = value(from, at, columns[2]) == std::string_view("\1", 1);
    row.event = event_id(id(value(from, at, columns[3])));
  }

  connection connection_;
  std::vector<answer> loaded_;
  std::size_t sent_ = 0;
  std::size_t changed_ = 0;
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) fail("usage: projection_postgresql CLUSTER");
  static const cluster server(arguments[1]);  // static, so that it also ends where `fail` exits
  database postgresql(server.address());
  constexpr std::uint32_t histories = 6'000;
  constexpr std::uint32_t hard_histories = 2'000;

  random_histories random(7, 16);
  std::mt19937 random_rows(8);
  std::vector<dossier_projection> expected;
  std::size_t changes = 0;
  postgresql.run("begin");
  postgresql.begin_pipeline();
  const auto apply = [&](std::uint32_t index, const observation_row& row, dossier_projection& to,
                         dossier_projection& other) {
    postgresql.send(index, row);
    changes += (row.dossier == dossier_id() ? to : other).apply(row) == apply_result::changed;
  };
  while (expected.size() != histories + hard_histories) {
    const auto index = static_cast<std::uint32_t>(expected.size());
    dossier_projection of_rows{dossier_id()};
    dossier_projection of_events{dossier_id()};
    dossier_id other_id;
    other_id.value.bytes[3] = 1;  // as projection_model::narrow makes it
    dossier_projection other{other_id};
    if (index < histories) {
      const std::vector<event> history = random.next();
      for (const event& one : history) of_events.apply(one);
      for (const event& one : random.disturbed(history)) {
        for_each_observation(
            one, [&](const observation_row& row) { apply(index, row, of_rows, other); });
      }
      if (of_rows != of_events) fail("the rows of a history give another projection");
    } else {
      for (const observation_row& row : hard_rows(random_rows)) apply(index, row, of_rows, other);
    }
    expected.push_back(of_rows);
  }
  const std::vector<dossier_projection> loaded = postgresql.load(histories + hard_histories);
  if (loaded.size() != expected.size()) fail("the database has another number of projections");
  std::size_t wrong = 0;
  for (std::size_t i = 0; i != loaded.size(); ++i) wrong += loaded[i] != expected[i];
  if (wrong != 0) fail(std::to_string(wrong) + " projections differ in the database");
  if (postgresql.changed() != changes)
    fail("the database changed other rows than the projection in memory");
  if (postgresql.sent() < 100'000 || changes > postgresql.sent() / 10 * 9)
    fail("the histories are too easy");
  std::printf("%u histories, %zu observations, %zu changes\n", histories + hard_histories,
              postgresql.sent(), changes);
  return 0;
}
