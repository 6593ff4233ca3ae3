// SPDX-License-Identifier: BSL-1.0
#include "http/worker.hpp"

#include "http/date_names.hpp"

#include <fmt/format.h>

namespace {

// The limits on times are exceeded by this much at most.
constexpr std::chrono::milliseconds check_interval{100};

}  // namespace

worker::worker(server_state& state)
    : state_(state), work_(context_.get_executor()), timer_(context_) {}

void worker::run() {
  check_times();
  context_.run();
}

void worker::stop() {
  is_stopping_ = true;
  stops_at_ = clock::now() + state_.limits.grace;
  const std::vector<place> all = connections_;  // stopping one removes it
  for (const place& at : all) at.one->stop();
  end_if_done();
}

void worker::add(connection& one, clock::time_point ends_at) {
  one.place_ = connections_.size();
  connections_.push_back({&one, ends_at});
}

void worker::remove(connection& one) {
  connections_.back().one->place_ = one.place_;
  connections_[one.place_] = connections_.back();
  connections_.pop_back();
  end_if_done();
}

std::string_view worker::date() {
  const std::time_t now = std::time(nullptr);
  if (now != dated_) {
    dated_ = now;
    std::tm at{};
    gmtime_r(&now, &at);
    date_ = fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
                        short_days[static_cast<std::size_t>(at.tm_wday)], at.tm_mday,
                        short_months[static_cast<std::size_t>(at.tm_mon)], at.tm_year + 1900,
                        at.tm_hour, at.tm_min, at.tm_sec);
  }
  return date_;
}

void worker::check_times() {
  const auto now = clock::now();
  // From the last to the first: one that ends is replaced by the last.
  for (std::size_t i = connections_.size(); i-- > 0;) {
    if (i >= connections_.size()) continue;
    const place& at = connections_[i];
    if (now >= at.ends_at || is_grace_over(now)) at.one->end_time(now);
  }
  if (is_stopping_ && connections_.empty()) return;
  timer_.expires_after(check_interval);
  timer_.async_wait([this](const boost::system::error_code& failed) {
    if (!failed) check_times();
  });
}

void worker::end_if_done() {
  if (!is_stopping_ || !connections_.empty()) return;
  work_.reset();
  timer_.cancel();
}
