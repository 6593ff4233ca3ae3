// SPDX-License-Identifier: BSL-1.0
#include "send/sender.hpp"

#include "system/signal_thread.hpp"
#include "text/json_text.hpp"
#include <signhook/format.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <exception>
#include <future>
#include <system_error>
#include <utility>

namespace {

using clock_type = std::chrono::steady_clock;
using signhook::delivery_outcome;

// An attempt to deliver a body.
struct due {
  clock_type::time_point time;
  std::size_t which;
  int attempt;
  clock_type::time_point first;  // when the first attempt was made

  friend bool operator<(const due& a, const due& b) {
    return a.time != b.time ? a.time > b.time : a.which > b.which;  // the earliest is the greatest
  }
};

// A file of one line for each attempt, each written at once.
class attempt_log {
 public:
  // No file if the path is empty. Throws std::system_error.
  explicit attempt_log(const std::string& path) {
    if (path.empty()) return;
    file_.reset(std::fopen(path.c_str(), "we"));
    if (!file_) throw std::system_error(errno, std::generic_category(), "cannot open " + path);
  }

  [[nodiscard]] bool is_open() const { return file_ != nullptr; }
  [[nodiscard]] const std::string& failure() const { return failure_; }

  void line(std::string text) {
    text += '\n';
    if (!file_) return;
    if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size() ||
        std::fflush(file_.get()) != 0) {
      fail();
    }
  }

  // Some file systems report only now that a line was not written.
  void close() {
    if (file_ && std::fclose(file_.release()) != 0) fail();
  }

 private:
  struct closer {
    void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
  };

  void fail() {
    failure_ = std::generic_category().message(errno);
    file_.reset();
  }

  std::unique_ptr<std::FILE, closer> file_;
  std::string failure_;
};

class sender {
 public:
  sender(std::vector<outgoing> all, const sending_options& options)
      : all_(std::move(all)),
        options_(options),
        attempts_(options.attempts),
        left_(all_.size()),
        bar_(options.draw_progress, all_.size(), progress_unit::deliveries) {
    for (std::size_t i = 0; i < all_.size(); ++i) {
      const auto after = options.rate > 0 ? seconds(static_cast<double>(i) / options.rate)
                                          : clock_type::duration(0);
      waiting_.push({begin_ + after, i, 1, {}});
    }
    report_.deliveries = all_.size();
  }

  sending_report run() {
    {
      const signal_thread on_stop({SIGTERM, SIGINT}, [this] { stop(); });
      std::vector<std::future<void>> workers;
      for (std::size_t i = 0; i < options_.connections; ++i) {
        workers.push_back(std::async(std::launch::async, [this] { work_or_stop(); }));
      }
      for (auto& one : workers) one.get();
    }
    bar_.clear();
    if (failure_) std::rethrow_exception(failure_);
    attempts_.close();
    finish();
    return report_;
  }

 private:
  // At most thirty years, so that no time overflows.
  static clock_type::duration seconds(double count) {
    return std::chrono::duration_cast<clock_type::duration>(
        std::chrono::duration<double>(std::min(count, 1e9)));
  }

  // Returns the time on the scaled clock.
  [[nodiscard]] signhook::time_point sender_time(clock_type::time_point now) const {
    const std::chrono::duration<double, std::milli> passed = now - begin_;
    return begin_time_ + std::chrono::milliseconds(
                             static_cast<std::int64_t>(passed.count() * options_.time_scale));
  }

  void stop() {
    const std::lock_guard lock(guard_);
    is_stopping_ = true;
    changed_.notify_all();
  }

  // A failure of one worker ends all of them: they would wait for its delivery for ever.
  void work_or_stop() {
    try {
      work();
    } catch (...) {
      const std::lock_guard lock(guard_);
      if (!failure_) failure_ = std::current_exception();
      is_stopping_ = true;
      changed_.notify_all();
    }
  }

  void work() {
    http_client_options client_options = options_.client;
    client_options.keep_answers = false;
    client_options.is_stopping = &is_stopping_;
    http_client client(options_.to, client_options, options_.headers);
    std::unique_lock lock(guard_);
    while (left_ != 0 && !is_stopping_) {
      if (waiting_.empty()) {
        changed_.wait(lock);
        continue;
      }
      due next = waiting_.top();
      if (next.time > clock_type::now()) {
        changed_.wait_until(lock, next.time);
        continue;
      }
      waiting_.pop();
      lock.unlock();
      const auto begin = clock_type::now();
      const http_answer answer = client.send("POST", options_.to.target, all_[next.which].body);
      const auto end = clock_type::now();
      lock.lock();
      if (next.attempt == 1) next.first = begin;
      settle(next, answer, begin, end);
      changed_.notify_all();
    }
  }

  void settle(const due& of, const http_answer& answer, clock_type::time_point begin,
              clock_type::time_point end) {
    const int status = answer.status;
    ++report_.by_status[status];
    if (status == 0) {
      unanswered& same = report_.by_error[answer.error];
      if (same.count++ == 0) same.detail = answer.detail;
    }
    if (answer.error == transport_error::interrupted) {
      note(of, answer, delivery_outcome::unknown);  // and it stays undone
      return;
    }
    if (status != 0) times_.push_back(std::chrono::duration<float>(end - begin).count());
    health_.record(sender_time(end), status);
    delivery_outcome became = signhook::outcome_of(status, of.attempt).value;
    if (became == delivery_outcome::unknown && options_.retry_undocumented) {
      became = of.attempt > signhook::max_retries.value ? delivery_outcome::dropped
                                                        : delivery_outcome::retried;
    }
    if (became == delivery_outcome::retried && !options_.schedule)
      became = delivery_outcome::dropped;
    note(of, answer, became);
    switch (became) {
      case delivery_outcome::retried: retry(of); return;
      case delivery_outcome::delivered: ++report_.delivered; break;
      case delivery_outcome::dropped: ++report_.dropped; break;
      case delivery_outcome::unknown: ++report_.unknown; break;
    }
    --left_;
    bar_.advance(1);
  }

  void retry(const due& of) {
    ++report_.retries;
    const auto times = options_.schedule->times(signhook::time_point());
    const auto after = times[static_cast<std::size_t>(of.attempt)].time_since_epoch();
    const std::chrono::duration<double> passed = after;
    waiting_.push({of.first + seconds(passed.count() / options_.time_scale), of.which,
                   of.attempt + 1, of.first});
  }

  void note(const due& of, const http_answer& answer, delivery_outcome became) {
    if (!attempts_.is_open()) return;
    const auto& id = all_[of.which].id;
    attempts_.line(json_object([&](json_text_writer& to) {
      to.key("id");
      if (id) {
        to.string(fmt::format("{}", *id));
      } else {
        to.null();
      }
      to.member("attempt", of.attempt);
      to.member("status", answer.status);
      to.member("fate", fmt::format("{}", became));
      if (answer.error != transport_error::none) {
        to.member("error", name(answer.error));
        to.member("detail", answer.detail);
      }
    }));
    if (!attempts_.is_open()) is_stopping_ = true;
  }

  void finish() {
    report_.undone = left_;
    report_.attempts_failure = attempts_.failure();
    const auto now = clock_type::now();
    report_.seconds = std::chrono::duration<double>(now - begin_).count();
    std::sort(times_.begin(), times_.end());
    if (!times_.empty()) {
      report_.median = static_cast<double>(times_[times_.size() / 2]);
      report_.slowest_in_hundred = static_cast<double>(times_[times_.size() * 99 / 100]);
    }
    const auto then = sender_time(now);
    report_.health = health_.state(then);
    report_.failures = health_.failures(then);
    if (report_.health != signhook::health::working) {
      report_.disabled_from = health_.earliest_disabling(then);
    }
  }

  const std::vector<outgoing> all_;
  const sending_options& options_;
  const clock_type::time_point begin_ = clock_type::now();
  const signhook::time_point begin_time_ =
      std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());

  std::mutex guard_;
  std::condition_variable changed_;
  std::priority_queue<due> waiting_;
  attempt_log attempts_;
  std::size_t left_;
  std::atomic<bool> is_stopping_ = false;  // written with the lock
  std::exception_ptr failure_;
  sending_report report_;
  std::vector<float> times_;
  signhook::endpoint_health health_;
  progress bar_;
};

}  // namespace

sending_report send_all(std::vector<outgoing> all, const sending_options& options) {
  return sender(std::move(all), options).run();
}
