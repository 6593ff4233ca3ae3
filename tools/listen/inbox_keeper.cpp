// SPDX-License-Identifier: BSL-1.0
#include "listen/inbox_keeper.hpp"

#include "system/report.hpp"
#include <signhook/delivery.hpp>

#include <algorithm>
#include <cstddef>
#include <string>

namespace {

// A batch takes some milliseconds, and the pause leaves the disk to the requests. It still forgets 20,000 a second.
constexpr std::size_t prune_batch = 1024;
constexpr std::chrono::milliseconds prune_pause{50};

signhook::time_point current_time() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace

inbox_keeper::inbox_keeper(const inbox_address& address)
    : connection_(make_inbox_connection(address)), thread_([this] { run(); }) {}

inbox_keeper::~inbox_keeper() {
  {
    const std::lock_guard lock(guard_);
    is_ending_ = true;
  }
  ending_.notify_all();
  connection_->interrupt();
  thread_.join();
}

inbox_keeper::report inbox_keeper::latest() const {
  const std::lock_guard lock(guard_);
  return latest_;
}

// Returns false at the end.
bool inbox_keeper::wait(std::chrono::milliseconds time) {
  std::unique_lock lock(guard_);
  return !ending_.wait_for(lock, time, [this] { return is_ending_; });
}

void inbox_keeper::run() {
  do {
    if (!connection_->connect()) continue;
    look(current_time());
    std::size_t pruned = prune_batch;
    while (pruned == prune_batch && wait(prune_pause)) {
      pruned = connection_->prune(current_time() - signhook::duplicate_window.value, prune_batch);
      const std::lock_guard lock(guard_);
      latest_.pruned += pruned;
    }
  } while (wait(interval));
}

void inbox_keeper::look(signhook::time_point at) {
  const auto found = connection_->status(at);
  const std::string why = found ? std::string() : connection_->last_error();
  if (!why.empty() && why != reported_) ::report("{}: {}", connection_->name(), why);
  reported_ = why;
  const std::lock_guard lock(guard_);
  latest_.status = found;
  latest_.oldest_age = std::chrono::seconds(0);
  if (found && found->oldest) {
    latest_.oldest_age = std::max(std::chrono::floor<std::chrono::seconds>(at - *found->oldest),
                                  std::chrono::seconds(0));
  }
}
