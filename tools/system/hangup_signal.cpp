// SPDX-License-Identifier: BSL-1.0
#include "system/hangup_signal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

namespace {

std::array<int, 2> hangup_ends{-1, -1};  // a pipe, to which a signal handler may write

constexpr char hung_up = 1;
constexpr char ended = 0;

void send_to_hangup(char what) { static_cast<void>(::write(hangup_ends[1], &what, 1) == 1); }

void handle_hangup(int) {
  const int kept = errno;
  send_to_hangup(hung_up);
  errno = kept;
}

void set_hangup(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(SIGHUP, &action, nullptr);
}

}  // namespace

hangup_signal::hangup_signal(std::function<void()> each) {
  if (pipe2(hangup_ends.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe");
  }
  waiting_ = std::thread([each = std::move(each)] {
    char what = ended;
    for (;;) {
      const ssize_t size = ::read(hangup_ends[0], &what, 1);
      if (size < 0 && errno == EINTR) continue;
      if (size != 1 || what == ended) return;
      each();
    }
  });
  set_hangup(handle_hangup);
}

hangup_signal::~hangup_signal() {
  set_hangup(SIG_DFL);
  send_to_hangup(ended);
  waiting_.join();
  for (const int end : hangup_ends) ::close(end);
}
