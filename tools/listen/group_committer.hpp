// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "inbox/inbox_address.hpp"
#include "inbox/inbox_connection.hpp"
#include "text/histogram.hpp"
#include <signhook/inbox.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

// The fate of a request that an inbox was to store.
enum class store_outcome : std::uint8_t {
  unavailable,  // it is not known to be stored
  stored,       // a new event
  duplicate,    // an event that was stored before
  conflict,     // another event with the id of one that was, in the quarantine
  quarantined,  // no event, in the quarantine
};

// A request on its way into an inbox.
class submission {
 public:
  using callback = std::function<void(store_outcome)>;

  submission(std::string body, callback done) : body_(std::move(body)), done_(std::move(done)) {}

  [[nodiscard]] const std::string& body() const { return body_; }

  // One of them is set before it is submitted, with a view of the body.
  std::optional<signhook::inbox_entry> event;
  signhook::quarantine_entry other;

  // Calls `done` the first time, and returns whether it was. Thread-safe.
  bool end(store_outcome how) {
    const bool is_first = !is_over_.exchange(true);
    if (is_first) done_(how);
    return is_first;
  }

  [[nodiscard]] std::chrono::steady_clock::time_point begin() const { return begin_; }

 private:
  const std::string body_;
  const callback done_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::atomic<bool> is_over_ = false;
};

struct group_committer_options {
  inbox_address address;
  // From a request's arrival to its answer, whatever the database does.
  std::chrono::milliseconds answer_time = std::chrono::seconds(5);
};

// Stores requests in an inbox, all that wait in one transaction. Nobody waits for the database: `submit` queues, and
// threads with a connection each call back. While no connection can write, requests end at once as unavailable, and the
// threads try until one can.
class group_committer {
 public:
  // Throws std::runtime_error if the address cannot be used. The database may be down.
  explicit group_committer(const group_committer_options& options);
  ~group_committer();
  group_committer(const group_committer&) = delete;
  group_committer& operator=(const group_committer&) = delete;

  // Thread-safe. `end` of the submission is called once, by any thread.
  void submit(std::shared_ptr<submission> one);

  // Returns whether the inbox takes requests. Thread-safe.
  [[nodiscard]] bool is_ready() const;

  struct counts {
    // Upper bounds in microseconds.
    static constexpr histogram<10>::bounds time_bounds() {
      using us = std::chrono::microseconds;
      return {us(500),   us(1000),   us(2500),   us(5000),    us(10000),
              us(25000), us(100000), us(250000), us(1000000), us(5000000)};
    }
    std::uint64_t commits = 0;   // transactions with one request or more
    std::uint64_t requests = 0;  // in them
    std::size_t waiting = 0;     // requests
    std::uint64_t events = 0;    // that they stored
    std::uint64_t failures = 0;  // transactions that stored nothing, or not all
    std::uint64_t timeouts = 0;  // requests that were answered before the database did
    std::uint64_t connects = 0;
    histogram<10> committing{time_bounds()};
  };
  [[nodiscard]] counts counted() const;

 private:
  // A connection, and the thread that uses it.
  struct lane {
    std::unique_ptr<inbox_connection> connection;
    std::thread thread;
    bool is_working = false;
    std::vector<std::shared_ptr<submission>> batch;
    std::optional<std::chrono::steady_clock::time_point> begin;  // of what it asks the database
  };

  void run(lane& on);
  [[nodiscard]] bool probe(lane& on);
  void set_working(lane& on, bool is_working, const std::string& why);
  [[nodiscard]] bool take(std::unique_lock<std::mutex>& lock, lane& on);
  [[nodiscard]] bool store(lane& on);
  [[nodiscard]] bool store_others(lane& on, std::vector<store_outcome>& outcomes);
  void watch();
  [[nodiscard]] bool is_any_working() const;

  const std::chrono::milliseconds answer_time_;
  mutable std::mutex guard_;  // of what follows
  std::condition_variable more_;
  std::condition_variable ending_;
  std::deque<std::shared_ptr<submission>> waiting_;
  std::vector<std::unique_ptr<lane>> lanes_;
  counts counts_;
  std::string last_reported_;
  bool is_ending_ = false;
  std::thread watcher_;
};
