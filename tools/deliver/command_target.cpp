// SPDX-License-Identifier: BSL-1.0
#include "deliver/command_target.hpp"

#include "system/shell.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <system_error>
#include <thread>

namespace {

using clock_type = std::chrono::steady_clock;
using std::chrono::milliseconds;

std::string text_of_error(int error) { return std::generic_category().message(error); }

// A running command. What it has started is killed with it, unless it has left its process group.
class child_process {
 public:
  child_process(pid_t id, int input) : group_(id), id_(id), input_(input) {}
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;
  ~child_process() {
    close_input();
    if (id_ > 0) end(SIGKILL);
    while (id_ > 0 && waitpid(id_, nullptr, 0) < 0 && errno == EINTR) continue;
  }

  // Writes a part of the text, or waits for a moment; it closes the input after the text, and when the command has
  // closed its own end, as one may that needs no body.
  void feed(std::string_view& text, milliseconds pause) {
    if (input_ < 0) {
      std::this_thread::sleep_for(pause);
      return;
    }
    pollfd one{input_, POLLOUT, 0};
    if (poll(&one, 1, static_cast<int>(pause.count())) <= 0) return;
    const ssize_t written = ::write(input_, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EAGAIN && errno != EINTR) {
      text = {};
    }
    if (text.empty()) close_input();
  }

  // Returns true once it has ended.
  [[nodiscard]] bool has_ended(int& status) {
    const pid_t ended = waitpid(id_, &status, WNOHANG);
    if (ended != id_) return false;
    id_ = -1;
    return true;
  }

  // Also after it has ended, for what it has left behind.
  void end(int signal) const { kill(-group_, signal); }

 private:
  void close_input() {
    if (input_ >= 0) ::close(input_);
    input_ = -1;
  }

  const pid_t group_;
  pid_t id_;
  int input_;
};

delivery_report report_of(int status) {
  delivery_report made;
  if (WIFSIGNALED(status)) {
    made.reason = fmt::format("the command was ended by signal {}", WTERMSIG(status));
    return made;
  }
  made.status = WEXITSTATUS(status);
  if (made.status == 0) {
    made.outcome = delivery_result::delivered;
    return made;
  }
  if (made.status == EX_DATAERR) made.outcome = delivery_result::rejected;
  made.reason = fmt::format("the command ended with {}", made.status);
  return made;
}

}  // namespace

delivery_report command_target::deliver(const delivery& one) {
  constexpr milliseconds longest_pause{10};
  constexpr milliseconds grace{500};  // between SIGTERM and SIGKILL
  delivery_report failed;
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    failed.reason = fmt::format("pipe: {}", text_of_error(errno));
    return failed;
  }
  const pid_t id =
      start_shell(command_, {.input = ends[0],
                             .is_own_group = true,
                             .prints_to_error = true,
                             .environment = {"SIGNHOOK_EVENT_ID=" + one.id,
                                             fmt::format("SIGNHOOK_ATTEMPT={}", one.attempt),
                                             "TRACEPARENT=" + one.traceparent}});
  const int why = errno;
  ::close(ends[0]);
  if (id < 0) {
    ::close(ends[1]);
    failed.reason = fmt::format("the shell cannot be started: {}", text_of_error(why));
    return failed;
  }
  fcntl(ends[1], F_SETFL, O_NONBLOCK);
  child_process child(id, ends[1]);
  std::string_view rest = one.body;
  auto last = clock_type::now() + timeout_;
  bool is_ending = false;
  int status = 0;
  for (milliseconds pause{1};; pause = std::min(2 * pause, longest_pause)) {
    child.feed(rest, pause);
    if (child.has_ended(status)) {
      if (!is_ending) return report_of(status);
      child.end(SIGKILL);
      return failed;
    }
    const bool is_late = clock_type::now() >= last;
    if (is_ending && is_late) return failed;
    if (!is_ending && (is_late || is_stopping_)) {
      failed.outcome = is_late ? delivery_result::failed : delivery_result::interrupted;
      failed.reason = is_late ? "the command timed out" : "interrupted";
      child.end(SIGTERM);
      is_ending = true;
      last = clock_type::now() + grace;
    }
  }
}
