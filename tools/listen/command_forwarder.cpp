// SPDX-License-Identifier: BSL-1.0
#include "listen/command_forwarder.hpp"

#include <signhook/encoder.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <iterator>
#include <system_error>
#include <thread>
#include <utility>

// NOLINTNEXTLINE(readability-redundant-declaration): only some systems declare it
extern "C" char** environ;

namespace {

// Starts the shell with this standard input and no signal ignored or blocked: this program ignores SIGPIPE, and a
// command may rely on it.
pid_t start_shell(const std::string& command, int input) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::string shell = "sh";
  std::string option = "-c";
  std::string text = command;
  const std::array<char*, 4> arguments{shell.data(), option.data(), text.data(), nullptr};
  pid_t child = -1;
  const int failed = posix_spawn(&child, "/bin/sh", &files, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  errno = failed;
  return failed == 0 ? child : -1;
}

}  // namespace

command_forwarder::command_forwarder(const std::string& command) {
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe");
  }
  child_ = start_shell(command, ends[0]);
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
