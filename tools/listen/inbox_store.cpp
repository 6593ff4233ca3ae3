// SPDX-License-Identifier: BSL-1.0
#include "listen/inbox_store.hpp"

#include <signhook/decoder.hpp>
#include <signhook/error.hpp>
#include <signhook/inbox.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

namespace {

using signhook::process_outcome;

process_outcome outcome_of(store_outcome how, bool is_event) {
  switch (how) {
    case store_outcome::stored: return process_outcome::handled;
    case store_outcome::duplicate: return process_outcome::duplicate;
    case store_outcome::conflict: return process_outcome::conflict;
    case store_outcome::quarantined: return process_outcome::quarantined;
    case store_outcome::unavailable: break;
  }
  return is_event ? process_outcome::unavailable : process_outcome::not_kept;
}

}  // namespace

void inbox_store::receive(archive_entry request, signhook::fault found_before,
                          std::function<void(const received&)> done) {
  thread_local signhook::decoder decoder;
  const auto begin = std::chrono::steady_clock::now();
  const auto receiver = secrets().get();
  signhook::receive_result got = receiver->receive(
      decoder, {.method = request.method, .headers = request.headers, .body = request.body});
  received made;
  if (got.verdict == signhook::verdict::unauthenticated) {
    made.result.outcome = process_outcome::unauthenticated;
    made.result.status = got.status;
    made.verdict = verdict_of(made.result);
    made.decoding = std::chrono::steady_clock::now() - begin;
    return done(made);
  }
  if (found_before != signhook::fault::none) {
    got.event.reset();
    got.fault = found_before;
  }
  made.event = got.event;
  if (got.event) made.result.id = signhook::id(*got.event);
  made.result.fault = got.fault;
  made.result.error = got.error;
  made.decoding = std::chrono::steady_clock::now() - begin;
  auto one = std::make_shared<submission>(
      std::move(request.body),
      [made, policy = receiver->policy(), done = std::move(done)](store_outcome how) {
        received of = made;
        of.result.outcome = outcome_of(how, made.event.has_value());
        of.result.status =
            how == store_outcome::unavailable ? policy.failed : policy.of(made.result.fault);
        of.verdict = verdict_of(of.result);
        done(of);
      });
  const signhook::time_point time = in_milliseconds(request.received);
  if (got.event) {
    one->event = signhook::inbox_entry::from(*got.event, one->body(), time);
  } else {
    const std::string_view reason = found_before == signhook::fault::size
                                        ? name(signhook::errc::body_too_large)
                                        : signhook::detail::reason_of(got);
    one->other = {one->body(), time, reason, got.error, std::nullopt, got.fault};
  }
  committer_.submit(std::move(one));
}
