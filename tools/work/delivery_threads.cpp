// SPDX-License-Identifier: BSL-1.0
#include "work/delivery_threads.hpp"

#include "deliver/trace_context.hpp"
#include <signhook/decoder.hpp>
#include <signhook/error/message.hpp>
#include <signhook/format.hpp>

#include <fmt/format.h>

#include <exception>
#include <utility>

namespace {

attempt deliver(signhook::decoder& decoder, target& to, const taken_event& one) {
  attempt made;
  made.lease = one.lease;
  made.id = fmt::format("{}", one.lease.id);
  made.begin = std::chrono::system_clock::now();
  const auto begin = std::chrono::steady_clock::now();
  try {
    const auto decoded = decoder.decode(std::string_view(one.body));
    if (decoded) {
      made.type = signhook::type_of(*decoded);
      if (const auto* const about = signhook::dossier_of(*decoded)) {
        made.dossier = fmt::format("{}", about->id);
      }
      made.traceparent = make_traceparent(one.lease.id);
      made.report = to.deliver({*decoded, one.body, made.id, one.lease.attempt, made.traceparent});
    } else {
      // Only another decoder can have taken it for an event.
      made.report.outcome = delivery_result::rejected;
      made.report.reason = name(decoded.error().code);
    }
  } catch (const std::exception& error) {
    made.report.reason = error.what();
  }
  made.duration = std::chrono::steady_clock::now() - begin;
  return made;
}

}  // namespace

delivery_threads::delivery_threads(const target_options& to, std::size_t count)
    : targets_(make_targets(to, count, is_stopping_)) {
  for (const auto& one : targets_) {
    threads_.emplace_back([this, to_one = one.get()] { run(*to_one); });
  }
}

delivery_threads::~delivery_threads() {
  {
    const std::lock_guard lock(guard_);
    is_over_ = true;
    is_stopping_ = true;
  }
  more_.notify_all();
  for (std::thread& one : threads_) one.join();
}

void delivery_threads::push(taken_event one) {
  {
    const std::lock_guard lock(guard_);
    waiting_.push_back(std::move(one));
  }
  more_.notify_one();
}

std::vector<attempt> delivery_threads::wait_until(std::chrono::steady_clock::time_point last) {
  std::unique_lock lock(guard_);
  ended_.wait_until(lock, last, [this] { return is_woken_ || !done_.empty(); });
  is_woken_ = false;
  return std::exchange(done_, {});
}

void delivery_threads::wake() {
  {
    const std::lock_guard lock(guard_);
    is_woken_ = true;
  }
  ended_.notify_one();
}

void delivery_threads::run(target& to) {
  signhook::decoder decoder;
  std::unique_lock lock(guard_);
  for (;;) {
    more_.wait(lock, [this] { return is_over_ || !waiting_.empty(); });
    if (is_over_) return;
    const taken_event one = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    attempt done = deliver(decoder, to, one);
    lock.lock();
    done_.push_back(std::move(done));
    ended_.notify_one();
  }
}
