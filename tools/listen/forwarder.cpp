// SPDX-License-Identifier: BSL-1.0
#include "listen/forwarder.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

forwarder::forwarder(const std::string& command)
    // NOLINTNEXTLINE(cert-env33-c): a command for the shell is what the user gave
    : pipe_(popen(command.c_str(), "w")) {
  if (pipe_ == nullptr) throw std::system_error(errno, std::generic_category(), command);
  writer_ = std::thread([this] { run(); });
}

forwarder::~forwarder() { static_cast<void>(finish()); }

void forwarder::push(std::string line) {
  std::unique_lock lock(guard_);
  not_full_.wait(lock, [&] { return has_failed_ || waiting_.size() < max_waiting; });
  if (has_failed_) return;
  waiting_.push_back(std::move(line));
  not_empty_.notify_one();
}

bool forwarder::finish() {
  {
    const std::lock_guard lock(guard_);
    is_ending_ = true;
  }
  not_empty_.notify_one();
  if (writer_.joinable()) writer_.join();
  if (pipe_ != nullptr && pclose(std::exchange(pipe_, nullptr)) != 0) has_failed_ = true;
  return !has_failed_;
}

void forwarder::run() {
  std::unique_lock lock(guard_);
  for (;;) {
    not_empty_.wait(lock, [&] { return is_ending_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const std::string line = std::move(waiting_.front()) + '\n';
    waiting_.pop_front();
    lock.unlock();
    const bool is_taken =
        std::fwrite(line.data(), 1, line.size(), pipe_) == line.size() && std::fflush(pipe_) == 0;
    lock.lock();
    if (!is_taken) {
      fmt::print(stderr, "signhook: the command stopped reading events\n");
      has_failed_ = true;
      waiting_.clear();
      not_full_.notify_all();
      return;
    }
    not_full_.notify_one();
  }
}
