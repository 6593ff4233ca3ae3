// SPDX-License-Identifier: BSL-1.0
#include "listen/request_store.hpp"

#include <signhook/decoder.hpp>
#include <signhook/detail/text/enumerators.hpp>
#include <signhook/receiver.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

namespace {

signhook::memory_inbox_options ids_of(const request_store_options& options) {
  signhook::memory_inbox_options made;
  made.capacity = options.remembered;
  made.window = request_store::window;
  return made;
}

}  // namespace

// The inbox of one request: the ids of all requests. What it has to keep is kept afterwards, when all is known.
class request_store::inbox {
 public:
  explicit inbox(request_store& to) : to_(to) {}

  signhook::begin_outcome begin(const signhook::inbox_entry& entry) noexcept {
    event = entry.event;
    id = entry.id;
    ended_before = to_.ended_;
    return to_.ids_.begin(entry);
  }

  bool commit(const signhook::inbox_entry& entry) noexcept {
    next = to_.end_claim(entry, true);
    return true;
  }

  void release(const signhook::inbox_entry& entry) noexcept { next = to_.end_claim(entry, false); }

  // Every event can be archived.
  bool dead_letter(const signhook::inbox_entry& entry, std::string_view) noexcept {
    release(entry);
    return false;
  }

  bool quarantine(const signhook::quarantine_entry&) noexcept {
    is_to_keep = true;
    return true;
  }

  std::size_t prune(signhook::time_point older_than, std::size_t at_most) noexcept {
    return to_.ids_.prune(older_than, at_most);
  }

  std::optional<signhook::event> event;
  signhook::event_id id{};
  std::uint64_t ended_before = 0;  // claims of any request
  bool is_to_keep = false;
  deliveries next;  // which waited for the end of the claim

 private:
  request_store& to_;
};

// A request until it is kept.
class request_store::delivery : public std::enable_shared_from_this<delivery> {
 public:
  delivery(request_store& to, archive_entry request, std::function<void(const received&)> done)
      : to_(to),
        receiver_(to.secrets().get()),
        inbox_(to),
        request_(std::move(request)),
        done_(std::move(done)) {}

  ~delivery() { end_claim(); }
  delivery(const delivery&) = delete;
  delivery& operator=(const delivery&) = delete;

  void start() {
    thread_local signhook::decoder decoder;
    const auto begin = std::chrono::steady_clock::now();
    auto claimed = signhook::try_claim(
        *receiver_, decoder, inbox_,
        {.method = request_.method, .headers = request_.headers, .body = request_.body},
        in_milliseconds(request_.received));
    made_.decoding += std::chrono::steady_clock::now() - begin;
    if (claimed) {
      claim_.emplace(std::move(*claimed));
      return keep(request_verdict::accepted, signhook::fault::none, policy().accepted);
    }
    made_.result = std::move(claimed).error();
    if (made_.result.outcome == signhook::process_outcome::in_progress) return wait();
    if (!inbox_.is_to_keep) return finish();
    keep_fault(made_.result.fault);
  }

  // Keeps a request that is not an event.
  void keep_fault(signhook::fault fault) {
    made_.result.fault = fault;
    made_.result.status = policy().of(fault);
    if (made_.result.outcome != signhook::process_outcome::conflict) {
      made_.result.outcome = signhook::process_outcome::quarantined;
    }
    keep(verdict_of(made_.result), fault, made_.result.status);
  }

  [[nodiscard]] const signhook::event_id& id() const { return inbox_.id; }

 private:
  [[nodiscard]] const signhook::answer_policy& policy() const { return receiver_->policy(); }

  // Starts again after the end of the claim that another delivery has on the event.
  void wait() {
    {
      const std::lock_guard lock(to_.guard_);
      to_.waiting_.push_back(shared_from_this());
      ++to_.waiting_count_;
      if (to_.ended_ == inbox_.ended_before) return;
      // A claim has ended meanwhile, maybe that one, and did not see this delivery.
      to_.waiting_.pop_back();
      --to_.waiting_count_;
    }
    start();
  }

  void keep(request_verdict verdict, signhook::fault fault, int status) {
    request_.verdict = verdict;
    request_.fault = fault;
    request_.status = status;
    if (!to_.archive_) return end(true);
    // The receiver needed the secret, and the archive must not have it.
    to_.secrets().remove_secrets(request_.headers);
    to_.archive_->append(to_line(request_),
                         [self = shared_from_this()](bool is_kept) { self->end(is_kept); });
  }

  void end(bool is_kept) {
    using signhook::handled;
    if (claim_) {
      made_.result = std::move(*claim_).finish(is_kept ? handled::done : handled::retry);
    } else if (!is_kept) {
      made_.result.outcome = signhook::process_outcome::not_kept;
      made_.result.status = policy().failed;
    }
    finish();
  }

  // Releases a claim that an exception has left, and starts the deliveries that waited for it.
  void end_claim() {
    claim_.reset();
    for (const auto& one : std::exchange(inbox_.next, {})) one->start();
  }

  void finish() {
    made_.verdict = verdict_of(made_.result);
    made_.event = inbox_.event;
    made_.body = request_.body;
    done_(made_);
    end_claim();
  }

  request_store& to_;
  const std::shared_ptr<const signhook::receiver> receiver_;
  inbox inbox_;
  archive_entry request_;
  std::function<void(const received&)> done_;
  received made_;
  std::optional<signhook::claim<inbox>> claim_;
};

// The events of an archive's last lines, which are read from the last to the first.
class request_store::history {
 public:
  explicit history(std::size_t capacity) : capacity_(capacity) {}

  // Returns whether the line before may have an event that can come again. Lines are written in order, but the
  // clock may have been set back meanwhile: one line that is too old says nothing about those before it, and
  // `max_older` bytes of such lines in a row do.
  bool read(std::string_view line) {
    constexpr std::size_t max_older = std::size_t{8} << 20U;
    const auto entry = from_line(line);
    if (!entry) {
      ++found_.damaged;
      return true;
    }
    older_ = entry->received < oldest_ ? older_ + line.size() + 1 : 0;
    if (entry->verdict == request_verdict::accepted) {
      add(*entry);
    } else {
      ++found_.others;
    }
    found_.is_full = events_.size() >= capacity_;
    return older_ < max_older && !found_.is_full;
  }

  found remember_in(signhook::memory_inbox& ids) && {
    std::reverse(events_.begin(), events_.end());  // the inbox wants the oldest first
    for (const event& one : events_) ids.remember(one.id, one.received, one.fingerprint);
    std::sort(events_.begin(), events_.end(),
              [](const event& a, const event& b) { return a.id < b.id; });
    for (std::size_t i = 1; i < events_.size(); ++i) {
      if (events_[i].id == events_[i - 1].id) ++found_.doubled;
    }
    return found_;
  }

 private:
  struct event {
    signhook::event_id id;
    std::uint64_t fingerprint;
    signhook::time_point received;
  };

  void add(const archive_entry& entry) {
    const auto decoded = decoder_.decode(std::string_view(entry.body));
    if (!decoded) {
      ++found_.damaged;
      return;
    }
    ++found_.events;
    if (older_ != 0) return;
    const auto one =
        signhook::inbox_entry::from(*decoded, entry.body, in_milliseconds(entry.received));
    events_.push_back({one.id, one.fingerprint, one.received});
  }

  const std::size_t capacity_;
  const std::chrono::system_clock::time_point oldest_ = std::chrono::system_clock::now() - window;
  signhook::decoder decoder_;
  std::size_t older_ = 0;  // bytes of lines in a row that are too old
  std::vector<event> events_;
  found found_;
};

request_store::request_store(const request_store_options& options)
    : delivery_store(options.secret_header, options.secrets, options.policy),
      ids_(ids_of(options)) {
  if (options.archive.empty()) return;
  history before(options.remembered);
  rotation rotate = options.rotate;
  rotate.needed = window;
  archive_ = std::make_unique<archive>(
      options.archive, options.keep, [&](std::string_view line) { return before.read(line); },
      rotate);
  found_ = std::move(before).remember_in(ids_);
}

std::string_view request_store::trouble() const {
  return !archive_ || archive_->is_working() ? "" : "the archive cannot be written";
}

void request_store::receive(archive_entry request, signhook::fault found_before,
                            std::function<void(const received&)> done) {
  const bool is_fault =
      found_before != signhook::fault::none && secrets().is_authenticated(request.headers);
  const auto one = std::make_shared<delivery>(*this, std::move(request), std::move(done));
  if (is_fault) {
    one->keep_fault(found_before);
  } else {
    one->start();
  }
}

request_store::deliveries request_store::end_claim(const signhook::inbox_entry& entry,
                                                   bool is_committed) noexcept {
  if (is_committed) {
    static_cast<void>(ids_.commit(entry));
  } else {
    ids_.release(entry);
  }
  // In this order: who finds the claim taken and begins to wait sees that it has ended, or is seen here.
  ++ended_;
  deliveries next;
  if (waiting_count_ == 0) return next;
  const std::lock_guard lock(guard_);
  const auto others = std::stable_partition(waiting_.begin(), waiting_.end(),
                                            [&](const auto& one) { return one->id() != entry.id; });
  std::move(others, waiting_.end(), std::back_inserter(next));
  waiting_.erase(others, waiting_.end());
  waiting_count_ = waiting_.size();
  return next;
}
