// SPDX-License-Identifier: BSL-1.0
#include "system/line_writer.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

namespace {

bool is_regular(int descriptor) {
  struct stat found {};
  return fstat(descriptor, &found) == 0 && S_ISREG(found.st_mode);
}

}  // namespace

line_writer::line_writer(int descriptor, std::size_t max_bytes)
    : descriptor_(descriptor), max_bytes_(max_bytes), is_file_(is_regular(descriptor)) {
  writer_ = std::thread([this] { run(); });
}

line_writer::~line_writer() { static_cast<void>(finish()); }

void line_writer::push(std::string_view line, std::function<void()> done) {
  {
    const std::lock_guard lock(guard_);
    if (counts_.error == 0 && !is_ending_ && waiting_.text.size() + line.size() < max_bytes_) {
      if (waiting_.lines == 0 && in_write_ == 0) progress_ = clock::now();
      waiting_.text += line;
      waiting_.text += '\n';
      ++waiting_.lines;
      if (done) waiting_.done.push_back(std::move(done));
      done = nullptr;
    } else {
      ++counts_.lost;
    }
  }
  more_.notify_one();
  if (done) done();
}

void line_writer::end_by(clock::time_point last) {
  const std::lock_guard lock(guard_);
  last_ = std::min(last_, last);
}

bool line_writer::finish() {
  {
    const std::lock_guard lock(guard_);
    is_ending_ = true;
  }
  more_.notify_one();
  if (writer_.joinable()) writer_.join();
  return counts_.lost == 0;
}

line_writer::counts line_writer::counted() const {
  const std::lock_guard lock(guard_);
  counts made = counts_;
  made.waiting = waiting_.lines + in_write_;
  if (made.waiting != 0) {
    made.blocked = std::chrono::floor<std::chrono::seconds>(clock::now() - progress_);
  }
  return made;
}

void line_writer::run() {
  std::unique_lock lock(guard_);
  for (;;) {
    more_.wait(lock, [&] { return is_ending_ || waiting_.lines != 0; });
    if (waiting_.lines == 0) return;
    const batch next = std::exchange(waiting_, {});
    in_write_ = next.lines;
    const bool has_failed = counts_.error != 0;
    lock.unlock();
    const bool is_written = !has_failed && write(next.text);
    const int why = is_written || has_failed ? 0 : errno;
    for (const auto& done : next.done) done();
    lock.lock();
    if (why != 0) counts_.error = why;
    (is_written ? counts_.written : counts_.lost) += next.lines;
    in_write_ = 0;
    progress_ = clock::now();
  }
}

bool line_writer::write(std::string_view text) {
  while (!text.empty()) {
    if (!is_file_ && !wait_for_room()) return false;
    // A pipe with room takes so many bytes without blocking (pipe(7)).
    const std::size_t most = is_file_ ? text.size() : std::min<std::size_t>(text.size(), PIPE_BUF);
    const ssize_t written = ::write(descriptor_, text.data(), most);
    if (written < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
    const std::lock_guard lock(guard_);
    progress_ = clock::now();
  }
  return true;
}

bool line_writer::wait_for_room() {
  constexpr int interval = 100;  // milliseconds, after which it looks at the time
  for (;;) {
    pollfd one{descriptor_, POLLOUT, 0};
    const int ready = poll(&one, 1, interval);
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
    const std::lock_guard lock(guard_);
    if (clock::now() >= last_) {
      errno = ETIMEDOUT;
      return false;
    }
  }
}
