// SPDX-License-Identifier: BSL-1.0
#include "intake.hpp"

#include <signhook/detail/http/header_fields.hpp>
#include <signhook/detail/text/enumerators.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace {

std::string_view describe(signhook::receiver_errc code) {
  using signhook::receiver_errc;
  switch (code) {
    case receiver_errc::invalid_header_name: return "the name of the secret's header is no name";
    case receiver_errc::no_secret: return "without a secret anybody could post";
    case receiver_errc::too_many_secrets: return "more secrets than can be accepted";
    case receiver_errc::secret_too_short:
      return "the secret is too short to be one: openssl rand -base64 24 makes a good one";
    case receiver_errc::secret_too_long: return "the secret is too long for a header";
    case receiver_errc::invalid_secret: return "the secret is not visible ASCII";
    case receiver_errc::invalid_status: return "the policy has a status that is none";
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
  auto made = signhook::receiver::make({.secret_header = options.secret_header,
                                        .secrets = secrets,
                                        .policy = options.policy,
                                        .remembered = options.remembered});
  if (!made) throw std::runtime_error(std::string(describe(made.error())));
  return std::move(*made);
}

}  // namespace

intake::intake(const intake_options& options)
    : secret_header_(options.secret_header),
      any_secret_(options.secrets.empty() ? "" : options.secrets.front()),
      receiver_(make_receiver(options)) {
  if (options.archive.empty()) return;
  archive_ = std::make_unique<archive>(options.archive, options.keep,
                                       [this](std::string_view line) { remember(line); });
}

intake::taken intake::take(archive_entry request) {
  using signhook::verdict;
  std::unique_lock lock(door_);
  taken made{};
  bool is_on_its_way = false;
  do {
    const auto begin = std::chrono::steady_clock::now();
    made.receipt =
        receiver_.receive(request.method, request.headers, request.body, request.received);
    made.decoding = std::chrono::steady_clock::now() - begin;
    is_on_its_way = made.receipt.verdict == verdict::duplicate &&
                    on_their_way_.contains(signhook::detail::id_of(*made.receipt.event));
    // If that one cannot be kept it is forgotten, and this one is the first.
    if (is_on_its_way) arrived_.wait(lock);
  } while (is_on_its_way);

  const bool is_to_keep = made.receipt.verdict == verdict::accepted ||
                          made.receipt.verdict == verdict::quarantine ||
                          made.receipt.verdict == verdict::refused;
  if (!archive_ || !is_to_keep) return made;

  const bool is_new = made.receipt.verdict == verdict::accepted;
  if (is_new) on_their_way_.insert(signhook::detail::id_of(*made.receipt.event));
  lock.unlock();
  request.verdict = made.receipt.verdict;
  request.fault = made.receipt.fault;
  request.status = made.receipt.status;
  for (auto& [name, value] : request.headers) {
    if (is_secret(name)) value.clear();
  }
  const bool is_kept = archive_->append(to_line(request));
  lock.lock();
  if (is_new) on_their_way_.erase(signhook::detail::id_of(*made.receipt.event));
  if (!is_kept) made.receipt = receiver_.failed(made.receipt);
  arrived_.notify_all();
  return made;
}

std::uint64_t intake::displaced() const {
  const std::lock_guard lock(door_);
  return receiver_.displaced();
}

// Through the same door as when it came.
void intake::remember(std::string_view line) {
  const auto entry = from_line(line);
  if (!entry) {
    ++found_.damaged;
    return;
  }
  if (entry->verdict != signhook::verdict::accepted) {
    ++found_.others;
    return;
  }
  const std::array<signhook::header, 2> headers{signhook::header{secret_header_, any_secret_},
                                                {"Content-Type", "application/json"}};
  const auto receipt = receiver_.receive("POST", headers, entry->body, entry->received);
  ++(receipt.event ? found_.events : found_.damaged);
}

bool intake::is_secret(std::string_view name) const {
  constexpr std::array<std::string_view, 3> others{"authorization", "cookie",
                                                   "proxy-authorization"};
  const auto is_name = [name](std::string_view one) {
    return signhook::detail::equal_without_case(name, one);
  };
  return is_name(secret_header_) || std::any_of(others.begin(), others.end(), is_name);
}
