// SPDX-License-Identifier: BSL-1.0
#include "system/signal_thread.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <system_error>
#include <utility>

namespace {

constexpr char arrived = 1;
constexpr char ended = 0;

// The end to write to, for each signal that an object takes.
std::array<std::atomic<int>, NSIG> write_ends;
static_assert(std::atomic<int>::is_always_lock_free);

void send_to(int end, char what) { static_cast<void>(::write(end, &what, 1) == 1); }

void handle(int signal) {
  const int kept = errno;
  send_to(write_ends[static_cast<std::size_t>(signal)], arrived);
  errno = kept;
}

void set_handler(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(signal, &action, nullptr);
}

}  // namespace

signal_thread::signal_thread(std::vector<int> signals, std::function<void()> each)
    : signals_(std::move(signals)) {
  if (pipe2(ends_.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe");
  }
  waiting_ = std::thread([each = std::move(each), end = ends_[0]] {
    char what = ended;
    for (;;) {
      const ssize_t size = ::read(end, &what, 1);
      if (size < 0 && errno == EINTR) continue;
      if (size != 1 || what == ended) return;
      each();
    }
  });
  for (const int signal : signals_) {
    write_ends[static_cast<std::size_t>(signal)] = ends_[1];
    set_handler(signal, handle);
  }
}

signal_thread::~signal_thread() {
  for (const int signal : signals_) set_handler(signal, SIG_DFL);
  send_to(ends_[1], ended);
  waiting_.join();
  for (const int end : ends_) ::close(end);
}
