// SPDX-License-Identifier: BSL-1.0
#include "listen/group_committer.hpp"

#include "system/report.hpp"

#include <algorithm>
#include <iterator>

namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds least_pause{50};
constexpr std::chrono::milliseconds most_pause{1000};

// How often a connection that has nothing to store looks whether it could.
constexpr std::chrono::milliseconds probe_interval{1000};

// Larger batches gain nothing: of 512 events the commit is a hundredth of the time.
constexpr std::size_t max_batch = 512;
constexpr std::size_t max_batch_bytes = std::size_t{8} << 20U;

// SQLite has one writer. In PostgreSQL one connection's commit goes to the disk while another one's statement runs.
std::size_t connections_to(inbox_engine engine) { return engine == inbox_engine::sqlite ? 1 : 2; }

inbox_settings settings_of(const group_committer_options& options) {
  inbox_settings made;
  // A request that another session stores is answered in time, too.
  made.lock_timeout = options.answer_time / 2;
  return made;
}

store_outcome outcome_of(signhook::begin_outcome of) {
  switch (of) {
    case signhook::begin_outcome::acquired: return store_outcome::stored;
    case signhook::begin_outcome::duplicate: return store_outcome::duplicate;
    case signhook::begin_outcome::conflict: return store_outcome::conflict;
    case signhook::begin_outcome::in_progress:
    case signhook::begin_outcome::unavailable: break;
  }
  return store_outcome::unavailable;
}

}  // namespace

group_committer::group_committer(const group_committer_options& options)
    : answer_time_(options.answer_time) {
  for (std::size_t i = 0; i < connections_to(options.address.engine); ++i) {
    lanes_.push_back(std::make_unique<lane>());
    lanes_.back()->connection = make_inbox_connection(options.address, settings_of(options));
  }
  for (const auto& one : lanes_) {
    one->thread = std::thread([this, to = one.get()] { run(*to); });
  }
  watcher_ = std::thread([this] { watch(); });
}

group_committer::~group_committer() {
  {
    const std::lock_guard lock(guard_);
    is_ending_ = true;
  }
  more_.notify_all();
  ending_.notify_all();
  for (const auto& one : lanes_) one->thread.join();
  watcher_.join();
  for (const auto& one : waiting_) one->end(store_outcome::unavailable);
}

void group_committer::submit(std::shared_ptr<submission> one) {
  {
    const std::lock_guard lock(guard_);
    if (is_any_working()) {
      waiting_.push_back(std::move(one));
      more_.notify_one();
      return;
    }
  }
  one->end(store_outcome::unavailable);
}

bool group_committer::is_ready() const {
  const std::lock_guard lock(guard_);
  return is_any_working();
}

bool group_committer::is_any_working() const {
  return std::any_of(lanes_.begin(), lanes_.end(), [](const auto& one) { return one->is_working; });
}

group_committer::counts group_committer::counted() const {
  const std::lock_guard lock(guard_);
  counts made = counts_;
  made.waiting = waiting_.size();
  return made;
}

void group_committer::run(lane& on) {
  std::chrono::milliseconds pause = least_pause;
  for (;;) {
    if (!probe(on)) {
      std::unique_lock lock(guard_);
      if (ending_.wait_for(lock, pause, [this] { return is_ending_; })) return;
      pause = std::min(pause * 2, most_pause);
      continue;
    }
    pause = least_pause;
    for (bool is_well = true; is_well;) {
      std::unique_lock lock(guard_);
      if (!take(lock, on)) {
        if (is_ending_) return;
        break;  // it has been idle
      }
      lock.unlock();
      is_well = store(on);
    }
  }
}

// Connects where that is needed, and finds out whether the inbox takes events.
bool group_committer::probe(lane& on) {
  {
    const std::lock_guard lock(guard_);
    on.begin = clock::now();
  }
  const bool is_connected = on.connection->connect();
  const std::string why = is_connected ? on.connection->write_error() : on.connection->last_error();
  set_working(on, why.empty(), why);
  return why.empty();
}

void group_committer::set_working(lane& on, bool is_working, const std::string& why) {
  std::deque<std::shared_ptr<submission>> lost;
  bool is_news = false;
  {
    const std::lock_guard lock(guard_);
    on.begin.reset();
    const bool was = is_any_working();
    if (is_working && !on.is_working) ++counts_.connects;
    on.is_working = is_working;
    const bool is = is_any_working();
    is_news = was != is || (!is && why != last_reported_);
    last_reported_ = why;
    if (!is) lost.swap(waiting_);
  }
  for (const auto& one : lost) one->end(store_outcome::unavailable);
  if (!is_news) return;
  if (is_working) {
    report("{} takes requests", on.connection->name());
  } else {
    report("{} takes no requests, which are answered 503: {}", on.connection->name(), why);
  }
}

// Waits for requests and moves them to the lane. Returns false if none has come for a while.
bool group_committer::take(std::unique_lock<std::mutex>& lock, lane& on) {
  more_.wait_for(lock, probe_interval, [this] { return is_ending_ || !waiting_.empty(); });
  std::size_t bytes = 0;
  while (!waiting_.empty() && on.batch.size() < max_batch && bytes < max_batch_bytes) {
    bytes += waiting_.front()->body().size();
    on.batch.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  if (on.batch.empty()) return false;
  on.begin = clock::now();
  return true;
}

// Stores the lane's requests. Returns whether the lane may go on.
bool group_committer::store(lane& on) {
  std::vector<signhook::inbox_entry> entries;
  for (const auto& one : on.batch) {
    if (one->event) entries.push_back(*one->event);
  }
  std::vector<signhook::begin_outcome> got(entries.size());
  const auto begin = clock::now();
  const bool is_stored = entries.empty() || on.connection->enqueue_batch(entries, got);
  const auto time = clock::now() - begin;
  std::string why = is_stored ? std::string() : on.connection->last_error();
  std::vector<store_outcome> outcomes(on.batch.size(), store_outcome::unavailable);
  std::uint64_t events = 0;
  for (std::size_t i = 0, next = 0; i < on.batch.size(); ++i) {
    if (!on.batch[i]->event) continue;
    outcomes[i] = outcome_of(got[next++]);
    events += outcomes[i] == store_outcome::stored ? 1U : 0U;
  }
  // A row that was rejected is no reason to store no other.
  const bool is_any_stored =
      entries.empty() || std::any_of(got.begin(), got.end(), [](signhook::begin_outcome one) {
        return one != signhook::begin_outcome::unavailable;
      });
  bool is_well = is_any_stored;
  if (is_well && !store_others(on, outcomes)) {
    is_well = false;
    why = on.connection->last_error();
  }
  std::vector<std::shared_ptr<submission>> batch;
  {
    const std::lock_guard lock(guard_);
    batch.swap(on.batch);
    on.begin.reset();
    if (is_well) on.is_working = true;  // also if it was late
    ++counts_.commits;
    counts_.requests += batch.size();
    counts_.events += events;
    counts_.failures += is_stored ? 0 : 1;
    counts_.committing.add(time);
  }
  for (std::size_t i = 0; i < batch.size(); ++i) batch[i]->end(outcomes[i]);
  if (!is_well) set_working(on, false, why);
  return is_well;
}

// Keeps what is no event, and events in conflict, one by one: they are few.
bool group_committer::store_others(lane& on, std::vector<store_outcome>& outcomes) {
  bool is_well = true;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const submission& one = *on.batch[i];
    const bool is_conflict = outcomes[i] == store_outcome::conflict;
    if (one.event && !is_conflict) continue;
    signhook::quarantine_entry entry = one.other;
    if (is_conflict) {
      entry = {one.event->body, one.event->received, "conflict", std::nullopt, one.event->id};
    }
    is_well = is_well && on.connection->quarantine(entry);
    if (!is_well) {
      outcomes[i] = store_outcome::unavailable;
    } else if (!is_conflict) {
      outcomes[i] = store_outcome::quarantined;
    }
  }
  return is_well;
}

// Answers what the database has not answered in time, and ends the calls that wait for it.
void group_committer::watch() {
  constexpr std::chrono::milliseconds interval{50};
  std::unique_lock lock(guard_);
  const auto is_over = [this] {
    return is_ending_ && waiting_.empty() &&
           std::none_of(lanes_.begin(), lanes_.end(), [](const auto& one) { return one->begin; });
  };
  while (!is_over()) {
    ending_.wait_for(lock, interval);
    const auto last = clock::now() - answer_time_;
    std::vector<std::shared_ptr<submission>> late;
    while (!waiting_.empty() && waiting_.front()->begin() < last) {
      late.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    std::vector<inbox_connection*> stuck;
    for (const auto& one : lanes_) {
      if (!one->begin || *one->begin >= last) continue;
      std::copy(one->batch.begin(), one->batch.end(), std::back_inserter(late));
      one->is_working = false;
      stuck.push_back(one->connection.get());
    }
    lock.unlock();
    std::uint64_t timeouts = 0;
    for (const auto& one : late) timeouts += one->end(store_outcome::unavailable) ? 1U : 0U;
    for (inbox_connection* const one : stuck) one->interrupt();
    lock.lock();
    counts_.timeouts += timeouts;
  }
}
