// SPDX-License-Identifier: BSL-1.0
#include "system/stop_signal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

namespace {

std::array<int, 2> ends{-1, -1};  // a pipe, to which a signal handler may write

constexpr char signalled = 1;
constexpr char cancelled = 0;

void notify(char what) { static_cast<void>(::write(ends[1], &what, 1) == 1); }

void handle(int) {
  const int kept = errno;
  notify(signalled);
  errno = kept;
}

void set(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
}

}  // namespace

stop_signal::stop_signal(std::function<void()> stop) {
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe");
  }
  waiting_ = std::thread([stop = std::move(stop)] {
    char what = cancelled;
    while (::read(ends[0], &what, 1) < 0 && errno == EINTR) {
    }
    if (what == signalled) stop();
  });
  set(handle);
}

stop_signal::~stop_signal() {
  set(SIG_DFL);
  notify(cancelled);
  waiting_.join();
  for (const int end : ends) ::close(end);
}
