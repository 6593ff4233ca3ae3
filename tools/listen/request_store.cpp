// SPDX-License-Identifier: BSL-1.0
#include "listen/request_store.hpp"

#include <signhook/decoder.hpp>
#include <signhook/detail/http/token.hpp>
#include <signhook/detail/text/enumerators.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <utility>

namespace {

std::string_view describe(signhook::receiver_errc code) {
  using signhook::receiver_errc;
  switch (code) {
    case receiver_errc::invalid_header_name:
      return "the name of the secret's header is not a token";
    case receiver_errc::reserved_header_name:
      return "the name of the secret's header is one that HTTP itself uses";
    case receiver_errc::no_secret: return "without a secret anybody could post";
    case receiver_errc::too_many_secrets: return "more secrets than can be accepted";
    case receiver_errc::secret_too_short:
      return "the secret is too short to be one: openssl rand -base64 24 makes a good one";
    case receiver_errc::secret_too_long: return "the secret is too long for a header";
    case receiver_errc::invalid_secret: return "the secret is not visible ASCII";
    case receiver_errc::invalid_status: return "the policy has an invalid status";
    case receiver_errc::unsafe_policy: return "the policy answers a failure as a success";
  }
  return {};
}

signhook::receiver make_receiver(const intake_options& options) {
  const std::vector<std::string_view> secrets(options.secrets.begin(), options.secrets.end());
  // cpp-httplib 0.11 takes what is percent-encoded in a header for what it stands for.
  for (const std::string_view secret : secrets) {
    if (secret.find('%') != std::string_view::npos) {
      throw std::runtime_error("a secret with a percent sign does not come through as it is");
    }
  }
  auto made = signhook::receiver::make(
      {.secret_header = options.secret_header, .secrets = secrets, .policy = options.policy});
  if (!made) throw std::runtime_error(std::string(describe(made.error())));
  return std::move(*made);
}

signhook::memory_inbox_options ids_of(const intake_options& options) {
  signhook::memory_inbox_options made;
  made.capacity = options.remembered;
  return made;
}

signhook::time_point in_milliseconds(std::chrono::system_clock::time_point time) {
  return std::chrono::floor<std::chrono::milliseconds>(time);
}

request_verdict verdict_of(const signhook::process_result& of) {
  using signhook::process_outcome;
  switch (of.outcome) {
    case process_outcome::handled: return request_verdict::accepted;
    case process_outcome::duplicate: return request_verdict::duplicate;
    case process_outcome::unauthenticated: return request_verdict::unauthenticated;
    case process_outcome::quarantined:
    case process_outcome::conflict:
      return of.sender_reaction().value == signhook::delivery_outcome::delivered
                 ? request_verdict::quarantine
                 : request_verdict::rejected;
    default: return request_verdict::failed;
  }
}

}  // namespace

// The inbox of one request: the ids of all, and the archive, in which an event is committed.
class intake::delivery {
 public:
  delivery(intake& to, archive_entry& request)
      : to_(to), request_(request), begin_(std::chrono::steady_clock::now()) {}

  // A request that brings an event which another just now brought waits for the end of that claim.
  signhook::begin_outcome begin(const signhook::inbox_entry& entry) noexcept {
    event_ = entry.event;
    decoded();
    std::unique_lock lock(to_.guard_);
    auto outcome = to_.ids_.begin(entry);
    for (; outcome == signhook::begin_outcome::in_progress; outcome = to_.ids_.begin(entry)) {
      to_.ended_.wait(lock);
    }
    return outcome;
  }

  bool commit(const signhook::inbox_entry& entry) noexcept {
    const bool is_kept =
        keep(request_verdict::accepted, signhook::fault::none, to_.receiver_.policy().accepted);
    {
      const std::lock_guard lock(to_.guard_);
      if (is_kept) {
        static_cast<void>(to_.ids_.commit(entry));
      } else {
        to_.ids_.release(entry);
      }
    }
    to_.ended_.notify_all();
    return is_kept;
  }

  void release(const signhook::inbox_entry& entry) noexcept {
    {
      const std::lock_guard lock(to_.guard_);
      to_.ids_.release(entry);
    }
    to_.ended_.notify_all();
  }

  // Every event can be archived.
  bool dead_letter(const signhook::inbox_entry& entry, std::string_view) noexcept {
    release(entry);
    return false;
  }

  bool quarantine(const signhook::quarantine_entry& entry) noexcept {
    decoded();
    const int status = to_.receiver_.policy().of(entry.fault);
    const bool is_delivered =
        signhook::outcome_of(status).value == signhook::delivery_outcome::delivered;
    return keep(is_delivered ? request_verdict::quarantine : request_verdict::rejected, entry.fault,
                status);
  }

  std::size_t prune(signhook::time_point older_than, std::size_t at_most) noexcept {
    return to_.ids_.prune(older_than, at_most);
  }

  [[nodiscard]] const std::optional<signhook::event>& event() const { return event_; }

  // The time until the inbox was asked; all of it for a stranger's request.
  [[nodiscard]] std::chrono::nanoseconds decoding() {
    decoded();
    return *decoding_;
  }

 private:
  void decoded() {
    if (!decoding_) decoding_ = std::chrono::steady_clock::now() - begin_;
  }

  bool keep(request_verdict verdict, signhook::fault fault, int status) noexcept {
    request_.verdict = verdict;
    request_.fault = fault;
    request_.status = status;
    return to_.keep(request_);
  }

  intake& to_;
  archive_entry& request_;
  std::chrono::steady_clock::time_point begin_;
  std::optional<std::chrono::nanoseconds> decoding_;
  std::optional<signhook::event> event_;
};

intake::intake(const intake_options& options)
    : secret_header_(options.secret_header),
      receiver_(make_receiver(options)),
      ids_(ids_of(options)) {
  if (options.archive.empty()) return;
  archive_ = std::make_unique<archive>(options.archive, options.keep,
                                       [this](std::string_view line) { remember(line); });
}

intake::taken intake::take(archive_entry request) {
  thread_local signhook::decoder decoder;
  delivery into(*this, request);
  taken made;
  // The receiver reads the secret, and the archive must not: it gets its own headers.
  const auto received = std::exchange(request.headers, without_secrets(request.headers));
  made.result = signhook::process(
      receiver_, decoder, into,
      {.method = request.method, .headers = received, .body = request.body},
      [](const signhook::event&) {}, in_milliseconds(request.received));
  made.verdict = verdict_of(made.result);
  made.event = into.event();
  made.decoding = into.decoding();
  return made;
}

// Without an archive nothing is to be kept.
bool intake::keep(const archive_entry& request) {
  return !archive_ || archive_->append(to_line(request));
}

void intake::remember(std::string_view line) {
  const auto entry = from_line(line);
  if (!entry) {
    ++found_.damaged;
    return;
  }
  if (entry->verdict != request_verdict::accepted) {
    ++found_.others;
    return;
  }
  signhook::decoder decoder;
  const auto decoded = decoder.decode(std::string_view(entry->body));
  if (!decoded) {
    ++found_.damaged;
    return;
  }
  const auto seen =
      signhook::inbox_entry::from(*decoded, entry->body, in_milliseconds(entry->received));
  ids_.remember(seen.id, seen.received, seen.fingerprint);
  ++found_.events;
}

intake::headers intake::without_secrets(headers all) const {
  for (auto& [name, value] : all) {
    if (is_secret(name)) value.clear();
  }
  return all;
}

bool intake::is_secret(std::string_view name) const {
  constexpr std::array<std::string_view, 3> others{"authorization", "cookie",
                                                   "proxy-authorization"};
  const auto is_name = [name](std::string_view one) {
    return signhook::detail::equal_without_case(name, one);
  };
  return is_name(secret_header_) || std::any_of(others.begin(), others.end(), is_name);
}
