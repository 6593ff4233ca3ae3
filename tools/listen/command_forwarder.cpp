// SPDX-License-Identifier: BSL-1.0
#include "listen/command_forwarder.hpp"

#include "system/shell.hpp"
#include <signhook/encoder.hpp>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <iterator>
#include <system_error>
#include <thread>
#include <utility>

command_forwarder::command_forwarder(const std::string& command) {
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe");
  }
  child_ = start_shell(command, {.input = ends[0]});
  const int why = errno;
  ::close(ends[0]);
  pipe_ = ends[1];
  if (child_ < 0) {
    ::close(pipe_);
    throw std::system_error(why, std::generic_category(), command);
  }
  to_.emplace(pipe_, max_bytes);
}

command_forwarder::~command_forwarder() {
  static_cast<void>(end_by(std::chrono::steady_clock::now()));
}

void command_forwarder::push(const signhook::event& event, std::string_view) {
  std::string line;
  signhook::encode_to(event, std::back_inserter(line));
  to_->push(line);
}

std::string_view command_forwarder::trouble() const {
  const line_writer::counts now = to_->counted();
  if (now.error != 0) return "the command has ended";
  return now.blocked >= blocked_after ? "the command does not read" : std::string_view();
}

forward_counts command_forwarder::counted() const {
  const line_writer::counts now = to_->counted();
  return {now.written, now.lost,    now.error != 0 ? 1U : 0U,
          now.waiting, now.blocked, now.error != 0};
}

bool command_forwarder::finish(std::chrono::steady_clock::time_point last) { return end_by(last); }

bool command_forwarder::end_by(std::chrono::steady_clock::time_point last) {
  if (pipe_ < 0) return true;
  to_->end_by(last);
  const bool is_taken = to_->finish();
  ::close(std::exchange(pipe_, -1));
  return wait_for_exit(last) && is_taken;
}

bool command_forwarder::wait_for_exit(std::chrono::steady_clock::time_point last) const {
  for (;;) {
    int status = 0;
    const pid_t ended = waitpid(child_, &status, WNOHANG);
    if (ended == child_) return WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (ended < 0 && errno != EINTR) return false;
    if (std::chrono::steady_clock::now() >= last) {
      kill(child_, SIGTERM);
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}
