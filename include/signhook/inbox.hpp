// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder.hpp>
#include <signhook/delivery.hpp>
#include <signhook/detail/inbox/fingerprint.hpp>
#include <signhook/detail/text/utf8.hpp>
#include <signhook/error.hpp>
#include <signhook/event.hpp>
#include <signhook/receiver.hpp>
#include <signhook/receiver/result.hpp>
#include <signhook/result.hpp>
#include <signhook/timestamp/time_point.hpp>
#include <signhook/uuid.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
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
  event_id id{};                  ///< the event's, which a retry is assumed to keep
  std::uint64_t fingerprint = 0;  ///< `signhook::fingerprint` of the event
  signhook::event event{};        ///< what was decoded from the body

  /// The body as it was received.
  /// *Lifetime*: a view; the caller keeps the body until the claim has ended.
  std::string_view body{};

  time_point received{};  ///< when the request arrived

  /// An entry for an event that was decoded from `body`.
  [[nodiscard]] static constexpr inbox_entry from(const signhook::event& of, std::string_view body,
                                                  any_time_point received) noexcept {
    return {signhook::id(of), signhook::fingerprint(of), of, body, received};
  }
};

static_assert(std::is_trivially_copyable_v<inbox_entry>);

/// A request that nobody handles and a person has to look at.
struct quarantine_entry {
  std::string_view body{};  ///< as it was received; a view
  time_point received{};    ///< when the request arrived

  /// One word in ASCII: `method`, `content_type`, `content_coding`, the name of an `errc`, or
  /// `conflict` for an event whose id belongs to another event.
  /// *Lifetime*: static storage.
  std::string_view reason{};

  std::optional<signhook::error> error{};  ///< where the body is at fault, if it was decoded
  std::optional<event_id> id{};            ///< of an event in conflict
  signhook::fault fault{};                 ///< the request's; none for an event in conflict
};

static_assert(std::is_trivially_copyable_v<quarantine_entry>);

/// The answers of `begin` about a delivery. Only with `acquired` there is a claim.
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
/// Nothing here throws or has to allocate. The concrete inbox tells what a database says of a failure:
/// those of this library have `last_error()`.
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

/// The outcome of handling an event, as a handler returns it.
class handled {
 public:
  /// The longest reason that is kept, in bytes of UTF-8.
  static constexpr std::size_t max_reason_size = 240;

  /// The effect is written: commit it.
  static const handled done;
  /// The event cannot be handled now: roll back, and let the sender send it again.
  static const handled retry;

  /// The event can never be handled: roll back, and keep it for a person with this reason, of which a
  /// copy is taken. A longer reason is cut, and one that is not UTF-8 is left out.
  [[nodiscard]] static constexpr handled dead_letter(std::string_view reason) noexcept {
    handled made(kind::dead_letter);
    made.reason_ = inline_text<max_reason_size>::from(detail::utf8_prefix(reason, max_reason_size))
                       .value_or(inline_text<max_reason_size>());
    return made;
  }

  /// Returns true for `done`.
  [[nodiscard]] constexpr bool is_done() const noexcept { return kind_ == kind::done; }
  /// Returns true for what `dead_letter` made.
  [[nodiscard]] constexpr bool is_dead_letter() const noexcept {
    return kind_ == kind::dead_letter;
  }

  /// The reason of a dead letter.
  /// *Lifetime*: a view into this object.
  [[nodiscard]] constexpr std::string_view reason() const& noexcept SIGNHOOK_LIFETIMEBOUND {
    return reason_.view();
  }
  void reason() const&& = delete;

  friend constexpr bool operator==(const handled&, const handled&) noexcept = default;

 private:
  enum class kind : std::uint8_t { done, retry, dead_letter };

  constexpr explicit handled(kind of) noexcept : kind_(of) {}

  kind kind_;
  inline_text<max_reason_size> reason_{};
};

inline constexpr handled handled::done(handled::kind::done);
inline constexpr handled handled::retry(handled::kind::retry);

/// The outcomes of `process`; the table at `inbox` says when. Only `duplicate`, `handled`,
/// `dead_lettered`, `conflict` and, by the policy, `quarantined` are answered 2xx.
enum class process_outcome : std::uint8_t {
  unavailable,      ///< the inbox cannot say whether the event was handled
  unauthenticated,  ///< the request does not show an accepted secret
  quarantined,      ///< it is no event, and is kept
  in_progress,      ///< another delivery of the event is being handled
  duplicate,        ///< the event was handled before
  conflict,         ///< another event had this id before; this one is kept in the quarantine
  not_kept,         ///< the quarantine or the dead letters did not take it
  handled,          ///< the handler is done, and all is committed
  not_committed,    ///< the handler is done, but the commit is not known to be durable
  retry,            ///< the handler wants the event again
  threw,            ///< the handler threw
  dead_lettered,    ///< the handler cannot handle the event, and it is kept
};

/// The answer to a request, and its reason. A default one is no success.
struct process_result {
  process_outcome outcome{};  ///< what was done
  int status = 503;           ///< the HTTP status to answer; the sender ignores the answer's body
  signhook::fault fault{};    ///< the fault of a request that is no event

  std::optional<event_id> id{};            ///< the event's, if it is one
  std::optional<signhook::error> error{};  ///< the body's, if it was decoded or is too large

  /// The exception of the handler, for a log; null otherwise.
  std::exception_ptr exception{};

  /// Returns how the sender reacts to the status before its last retry.
  [[nodiscard]] constexpr sourced<delivery_outcome> sender_reaction() const noexcept {
    return outcome_of(status);
  }
};

/// An event that this caller alone may handle now, until the claim is finished or destroyed; a claim that
/// is destroyed is released. It may be moved into a coroutine or a callback and be finished there.
///
/// *Lifetime*: the inbox and the body of the request must outlive it.
/// *Threads*: one at a time.
template <inbox Inbox>
class [[nodiscard]] claim {
 public:
  /// The claim that `box.begin(entry)` has just acquired; for those who do without `try_claim`.
  claim(Inbox& box, const inbox_entry& entry, const answer_policy& policy) noexcept
      : box_(&box), entry_(entry), accepted_(policy.accepted), failed_(policy.failed) {}

  /// Takes the claim over.
  claim(claim&& other) noexcept
      : box_(std::exchange(other.box_, nullptr)),
        entry_(other.entry_),
        accepted_(other.accepted_),
        failed_(other.failed_) {}
  /// Releases its own claim and takes the other over.
  claim& operator=(claim&& other) noexcept {
    if (this == &other) return *this;
    release();
    box_ = std::exchange(other.box_, nullptr);
    entry_ = other.entry_;
    accepted_ = other.accepted_;
    failed_ = other.failed_;
    return *this;
  }
  claim(const claim&) = delete;
  claim& operator=(const claim&) = delete;
  ~claim() { release(); }

  /// The event to handle.
  /// *Lifetime*: a view into this object.
  [[nodiscard]] const signhook::event& event() const& noexcept SIGNHOOK_LIFETIMEBOUND {
    return entry_.event;
  }
  void event() const&& = delete;

  /// The event with its body.
  /// *Lifetime*: a view into this object.
  [[nodiscard]] const inbox_entry& entry() const& noexcept SIGNHOOK_LIFETIMEBOUND { return entry_; }
  void entry() const&& = delete;

  /// Commits, releases or dead-letters the event, and returns the answer. A claim that was finished or
  /// moved from answers `not_committed`: `std::move(claim).finish(handled::done)`.
  [[nodiscard]] process_result finish(const handled& how) && noexcept {
    process_result made;
    made.id = entry_.id;
    made.status = failed_;
    made.outcome = process_outcome::not_committed;
    Inbox* const box = std::exchange(box_, nullptr);
    if (box == nullptr) return made;
    if (how.is_done()) {
      if (!box->commit(entry_)) return made;
      made.outcome = process_outcome::handled;
    } else if (how.is_dead_letter()) {
      made.outcome = process_outcome::not_kept;
      if (!box->dead_letter(entry_, how.reason())) return made;
      made.outcome = process_outcome::dead_lettered;
    } else {
      box->release(entry_);
      made.outcome = process_outcome::retry;
      return made;
    }
    made.status = accepted_;
    return made;
  }

 private:
  void release() noexcept {
    if (box_ != nullptr) box_->release(entry_);
  }

  Inbox* box_;
  inbox_entry entry_;
  int accepted_;
  int failed_;
};

namespace detail {

[[nodiscard]] inline time_point now() noexcept {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

[[nodiscard]] constexpr std::string_view reason_of(const receive_result& of) noexcept {
  switch (of.fault) {
    case fault::method: return "method";
    case fault::content_type: return "content_type";
    case fault::content_coding: return "content_coding";
    case fault::none:
    case fault::size:
    case fault::json:
    case fault::schema: break;
  }
  return of.error ? name(of.error->code) : std::string_view("fault");
}

template <inbox Inbox>
[[nodiscard]] process_result quarantine(Inbox& box, const quarantine_entry& entry,
                                        const answer_policy& policy, fault why) noexcept {
  process_result made;
  made.fault = why;
  made.error = entry.error;
  made.id = entry.id;
  const bool is_kept = box.quarantine(entry);
  const bool is_event = entry.id.has_value();
  made.outcome = !is_kept   ? process_outcome::not_kept
                 : is_event ? process_outcome::conflict
                            : process_outcome::quarantined;
  made.status = is_kept ? policy.of(why) : policy.failed;
  return made;
}

// A generic handler of events is not instantiated with an entry: concepts stop at the first that holds.
template <class Handler>
concept takes_event_or_entry =
    std::invocable<Handler&, const event&> || std::invocable<Handler&, const inbox_entry&>;

// Returns the answer of a handler as a `handled`.
template <class Handler, class Argument>
[[nodiscard]] handled handle(Handler& handler, const Argument& argument) {
  using answer = std::invoke_result_t<Handler&, const Argument&>;
  static_assert(std::is_void_v<answer> || std::same_as<answer, bool> ||
                    std::same_as<std::remove_cvref_t<answer>, handled>,
                "signhook: a handler returns signhook::handled, bool (true if it is done) or void");
  if constexpr (std::is_void_v<answer>) {
    std::invoke(handler, argument);
    return handled::done;
  } else if constexpr (std::same_as<answer, bool>) {
    return std::invoke(handler, argument) ? handled::done : handled::retry;
  } else {
    return std::invoke(handler, argument);
  }
}

template <class Handler>
[[nodiscard]] handled handle_entry(Handler& handler, const inbox_entry& entry) {
  if constexpr (std::invocable<Handler&, const event&>) {
    return handle(handler, entry.event);
  } else {
    return handle(handler, entry);
  }
}

}  // namespace detail

/// Receives a request and claims its event: the first half of `process`, for handlers that answer later.
/// Returns the claim, or the answer if there is nothing to handle.
///
///     auto claimed = signhook::try_claim(receiver, decoder, inbox, request);
///     if (!claimed) return answer(claimed.error().status);
///     co_await write_effect(claimed->event());
///     answer(std::move(*claimed).finish(signhook::handled::done).status);
///
/// Throws only what iterating over the request's headers throws.
template <inbox Inbox>
[[nodiscard]] result<claim<Inbox>, process_result> try_claim(
    const receiver& with, decoder& decoding, Inbox& box, const request& of,
    any_time_point received = detail::now()) {
  const answer_policy& policy = with.policy();
  const std::string_view body = of.body.view();
  const receive_result got = with.receive(decoding, of);
  if (got.verdict == verdict::unauthenticated) {
    process_result made;
    made.outcome = process_outcome::unauthenticated;
    made.status = got.status;
    return unexpected(made);
  }
  if (!got.event) {
    return unexpected(detail::quarantine(
        box, {body, received, detail::reason_of(got), got.error, std::nullopt, got.fault}, policy,
        got.fault));
  }
  const auto entry = inbox_entry::from(*got.event, body, received);
  process_result made;
  made.id = entry.id;
  made.status = policy.failed;
  switch (box.begin(entry)) {
    case begin_outcome::acquired: return claim<Inbox>(box, entry, policy);
    case begin_outcome::conflict:
      return unexpected(
          detail::quarantine(box, {body, received, "conflict", std::nullopt, entry.id, fault::none},
                             policy, fault::none));
    case begin_outcome::duplicate:
      made.outcome = process_outcome::duplicate;
      made.status = policy.accepted;
      break;
    case begin_outcome::in_progress: made.outcome = process_outcome::in_progress; break;
    case begin_outcome::unavailable: made.outcome = process_outcome::unavailable; break;
  }
  return unexpected(made);
}

inline namespace SIGNHOOK_EXCEPTIONS {

/// Receives a request, has a new event handled once, and returns what to answer: the whole of an endpoint.
///
///     const auto done = signhook::process(
///         receiver, decoder, inbox, {.method = r.method, .headers = r.headers, .body = r.body},
///         [&](const signhook::event& event) { return store(event); });
///     response.status = done.status;
///
/// `handler` takes the event, or the `inbox_entry` with the body. It returns `handled`, or a bool (true
/// if it is done, false to get the event again), or nothing if it is done. An exception is a retry: the
/// claim is released, and the exception is in the result. If the inbox is a database, the handler
/// writes through the inbox's connection, which it captures; it neither commits nor rolls back.
///
/// The table at `inbox` says what is answered. Throws only what iterating over the headers throws.
/// *Allocation*: none of its own.
template <inbox Inbox, class Handler>
[[nodiscard]] process_result process(const receiver& with, decoder& decoding, Inbox& box,
                                     const request& of, Handler&& handler,  // NOLINT(*-forward)
                                     any_time_point received = detail::now()) {
  static_assert(detail::takes_event_or_entry<Handler>,
                "signhook: a handler takes const signhook::event& or const signhook::inbox_entry&");
  auto claimed = try_claim(with, decoding, box, of, received);
  if (!claimed) return claimed.error();
  std::exception_ptr thrown;
  const auto handle = [&]() noexcept {
    const auto& entry = claimed->entry();
#if defined(__cpp_exceptions)
    try {
      return detail::handle_entry(handler, entry);
    } catch (...) {
      thrown = std::current_exception();
      return handled::retry;
    }
#else
    return detail::handle_entry(handler, entry);
#endif
  };
  process_result made = std::move(*claimed).finish(handle());
  if (thrown) {
    made.outcome = process_outcome::threw;
    made.exception = std::move(thrown);
  }
  return made;
}

}  // namespace SIGNHOOK_EXCEPTIONS
}  // namespace signhook::inline SIGNHOOK_ABI
