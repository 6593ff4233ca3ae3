// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/delivery.hpp>
#include <signhook/detail/inbox/fingerprint.hpp>
#include <signhook/error.hpp>
#include <signhook/event.hpp>
#include <signhook/uuid.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <variant>

namespace signhook::inline SIGNHOOK_ABI {

/// Returns 64 bits of what an event says: equal events have equal fingerprints, however their bodies
/// were written. It is the same on every machine and in every release that knows the event's type,
/// so it may be stored. It is no digest: whoever knows the secret can make two events that share one.
[[nodiscard]] constexpr std::uint64_t fingerprint(const event& of) noexcept {
  return std::visit(
      [](const auto& one) {
        detail::fingerprinter made;
        made.add_event(one);
        return made.value();
      },
      of);
}

/// A delivery of an event, as an inbox gets it.
struct inbox_entry {
  event_id id;                    ///< the event's, which a retry is assumed to keep
  std::uint64_t fingerprint = 0;  ///< `signhook::fingerprint` of the event
  signhook::event event;          ///< what was decoded from the body

  /// The body as it was received.
  /// *Lifetime*: a view; the caller keeps the body until the claim has ended.
  std::string_view body;

  time_point received;  ///< when the request arrived

  /// An entry for an event that was decoded from `body`.
  [[nodiscard]] static constexpr inbox_entry from(const signhook::event& of, std::string_view body,
                                                  time_point received) noexcept {
    const auto id = std::visit([](const auto& one) { return one.id; }, of);
    return {id, signhook::fingerprint(of), of, body, received};
  }
};

static_assert(std::is_trivially_copyable_v<inbox_entry>);

/// A request that nobody handles and a person has to look at.
struct quarantine_entry {
  std::string_view body;  ///< as it was received; a view
  time_point received;    ///< when the request arrived

  /// One word in ASCII: `method`, `content_type`, `content_coding`, the name of an `errc`, or
  /// `conflict` for an event whose id belongs to another event.
  /// *Lifetime*: static storage.
  std::string_view reason;

  std::optional<signhook::error> error;  ///< where the body is at fault, if it was decoded
  std::optional<event_id> id;            ///< of an event in conflict
};

static_assert(std::is_trivially_copyable_v<quarantine_entry>);

/// What `begin` says of a delivery. Only with `acquired` there is a claim.
enum class begin_outcome : std::uint8_t {
  unavailable,  ///< the inbox cannot say: its database is down, locked for too long, or full
  acquired,     ///< the caller alone may handle the event now, and has to end the claim
  duplicate,    ///< the event was committed or dead-lettered before: nothing is left to do
  in_progress,  ///< another claim on this event has not ended
  conflict,     ///< the id was committed or is claimed with another fingerprint
};

/// A place that knows which events were handled. `process` and `claim` drive it.
///
/// A **claim** begins when `begin` returns `acquired` and ends with exactly one of `commit`, `release`
/// and `dead_letter`, whatever that returns. Between, the caller writes the event's effect. An inbox
/// is one of two kinds:
///
/// - *shared*: any thread may call any function at any time, and any number of claims are open at
///   once (`memory_inbox`);
/// - *of a connection*: one thread at a time uses it, and its one claim is the connection's open
///   transaction. `begin` opens the transaction and inserts the id, the effect goes through the same
///   connection, `commit` commits both, `release` rolls both back. After every outcome of `begin` but
///   `acquired`, and after the end of a claim, no transaction is open.
///
/// | expression | returns | what it does |
/// |---|---|---|
/// | `begin(entry)` | `begin_outcome` | Claims the event. |
/// | `commit(entry)` | `bool` | Ends the claim. True only if the id and the effect are known to be as durable as this inbox makes anything; on false the effect may or may not be there, and the sender's retry finds out. |
/// | `release(entry)` | `void` | Ends the claim as if it had not been: the next delivery is acquired. |
/// | `dead_letter(entry, reason)` | `bool` | Ends the claim without the effect and records id, body and reason for a person, in one step. True only if that is durable; later deliveries are duplicates. On false nothing was recorded, as after `release`. |
/// | `quarantine(entry)` | `bool` | Records a request outside of any claim. True only if that is durable. A retry may record it again. |
/// | `prune(older_than, at_most)` | `std::size_t` | Forgets at most so many handled events that were received before that time, and returns how many; it leaves open claims, dead letters and the quarantine alone. Fewer than `at_most` means that there are no more, or a failure. |
///
/// `entry` is the one passed to `begin`, or a copy of it. `reason` is UTF-8, may hold any character
/// and be of any length; an inbox may cut it short. `body` may be any bytes.
///
/// Nothing here throws or has to allocate. What a database says of a failure is the concrete inbox's
/// to tell: those of this library have `last_error()`.
///
/// `process` answers the sender so, where `accepted` and `failed` are the statuses of the receiver's
/// policy, 200 and 503 by default:
///
/// | what happened | inbox | answer |
/// |---|---|---|
/// | the request is not authenticated | not asked | `unauthenticated` |
/// | it is no event | `quarantine` true | the status for the fault |
/// | | `quarantine` false | `failed` |
/// | `unavailable` or `in_progress` | nothing more | `failed` |
/// | `duplicate` | nothing more | `accepted` |
/// | `conflict` | `quarantine` true | `accepted` |
/// | | `quarantine` false | `failed` |
/// | `acquired`, the handler is done | `commit` true | `accepted` |
/// | | `commit` false | `failed` |
/// | `acquired`, the handler wants a retry, or throws | `release` | `failed` |
/// | `acquired`, the handler wants a dead letter | `dead_letter` true | `accepted` |
/// | | `dead_letter` false | `failed` |
template <class T>
concept inbox = requires(T& box, const inbox_entry& entry, const quarantine_entry& request,
                         std::string_view reason, time_point older_than, std::size_t at_most) {
  { box.begin(entry) }
  noexcept->std::same_as<begin_outcome>;
  { box.commit(entry) }
  noexcept->std::same_as<bool>;
  { box.release(entry) }
  noexcept->std::same_as<void>;
  { box.dead_letter(entry, reason) }
  noexcept->std::same_as<bool>;
  { box.quarantine(request) }
  noexcept->std::same_as<bool>;
  { box.prune(older_than, at_most) }
  noexcept->std::same_as<std::size_t>;
};

}  // namespace signhook::inline SIGNHOOK_ABI
