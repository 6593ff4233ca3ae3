// SPDX-License-Identifier: BSL-1.0
#include "inspect/delivery_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

namespace {

// The bodies that a stream has in memory at once, unless one is larger.
constexpr std::size_t max_bytes_at_once = inspected_delivery::max_body_bytes;

}  // namespace

class delivery_log::stream final : public http_stream {
 public:
  stream(std::shared_ptr<delivery_log> of, std::string first, std::uint64_t last)
      : log_(std::move(of)), first_(std::move(first)), last_(last) {}

  ~stream() override {
    const std::lock_guard lock(log_->guard_);
    std::erase(log_->streams_, this);
  }
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;

  void begin(std::function<void()> wake) override {
    const std::lock_guard lock(log_->guard_);
    wake_ = std::move(wake);
  }

  std::string next(bool is_idle) override {
    std::string text = std::exchange(first_, {});
    if (!text.empty()) return text;
    const news found = log_->after(last_, *this);
    const auto out = std::back_inserter(text);
    if (found.skipped != 0) {
      fmt::format_to(out, "event: skipped\ndata: {{\"count\":{}}}\n\n", found.skipped);
    }
    for (const auto& one : found.deliveries) {
      // JSON has no line feed outside of strings, and in those it is escaped.
      fmt::format_to(out, "id: {}\nevent: delivery\ndata: {}\n\n", one->number, to_json(*one));
      last_ = one->number;
    }
    if (text.empty() && is_idle) text = ":\n\n";  // a comment, which shows whether anybody is there
    return text;
  }

 private:
  friend class delivery_log;

  const std::shared_ptr<delivery_log> log_;
  std::string first_;
  std::uint64_t last_;
  std::function<void()> wake_;
  bool is_asleep_ = false;
};

void delivery_log::push(inspected_delivery one) {
  const std::lock_guard lock(guard_);
  one.number = ++last_;
  bytes_ += one.bytes();
  kept_.push_back(std::make_shared<const inspected_delivery>(std::move(one)));
  while (kept_.size() > max_deliveries || bytes_ > max_bytes) {
    bytes_ -= kept_.front()->bytes();
    kept_.pop_front();
  }
  wake_all();
}

std::shared_ptr<const inspected_delivery> delivery_log::find(std::uint64_t number) const {
  const std::lock_guard lock(guard_);
  const auto at = std::find_if(kept_.begin(), kept_.end(),
                               [number](const auto& one) { return one->number == number; });
  return at == kept_.end() ? nullptr : *at;
}

std::shared_ptr<http_stream> delivery_log::open_stream(std::string first, std::uint64_t last) {
  const std::lock_guard lock(guard_);
  if (streams_.size() >= max_streams) return nullptr;
  auto made =
      std::make_shared<stream>(shared_from_this(), std::move(first), last > last_ ? 0 : last);
  streams_.push_back(made.get());
  return made;
}

delivery_log::news delivery_log::after(std::uint64_t last, stream& asking) {
  const std::lock_guard lock(guard_);
  news found;
  std::size_t size = 0;
  for (const auto& one : kept_) {
    if (one->number <= last) continue;
    size += one->body.size();
    if (!found.deliveries.empty() && size > max_bytes_at_once) break;
    found.deliveries.push_back(one);
  }
  asking.is_asleep_ = found.deliveries.empty();
  if (!found.deliveries.empty()) found.skipped = found.deliveries.front()->number - last - 1;
  return found;
}

void delivery_log::wake_all() {
  for (stream* const one : streams_) {
    if (std::exchange(one->is_asleep_, false)) one->wake_();
  }
}
