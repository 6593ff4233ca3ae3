// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder.hpp>
#include <signhook/delivery.hpp>
#include <signhook/error.hpp>
#include <signhook/event.hpp>
#include <signhook/inbox.hpp>
#include <signhook/timestamp/time_point.hpp>
#include <signhook/uuid.hpp>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <span>
#include <string_view>
#include <thread>
#include <type_traits>

// Store first, handle later: the request stores the event durably and is answered, a worker handles
// it. Shared by the inboxes over databases.

namespace signhook::inline SIGNHOOK_ABI {

/// The order in which workers take stored events.
enum class queue_order : std::uint8_t {
  none,  ///< first the one that is due first; a failed one does not hold up others

  /// Those of one dossier one after the other, in the order in which they were stored: an event that was committed before
  /// another one was begun comes first. None is taken while a worker has one of its dossier, or while one before it is to be
  /// tried again; a dead letter lets the next one go on, and comes last if it is requeued. This holds if all workers
  /// want it, and for as long as each attempt ends within its lease. Events of other dossiers are not held up. Events
  /// without a dossier, and those that an earlier version of the library stored, have no order.
  dossier,
};

/// The time that a worker has for a stored event, and the schedule of further attempts.
struct queue_options {
  /// The time for which an event belongs to the worker that took it. A worker that has not ended by then, or has
  /// died, loses the event to the next one. Longer than any handler takes.
  std::chrono::milliseconds lease = std::chrono::minutes(1);

  std::chrono::milliseconds first_delay = std::chrono::seconds(1);  ///< before the second attempt
  std::chrono::milliseconds max_delay = std::chrono::hours(1);  ///< between two attempts, at most

  /// The random part of a delay, in percent: of 100 seconds and 20 percent come 80 to 100 seconds.
  /// It keeps events that failed together from coming back together.
  std::uint32_t jitter = 20;

  /// After how many attempts an event becomes a dead letter. Attempts are counted when they begin, so
  /// that an event that kills its worker counts too.
  std::uint32_t max_attempts = 10;

  queue_order order = queue_order::none;  ///< of taking events

  /// True if every duration is positive, `max_delay` is at most a year, `jitter` at most 100 and there
  /// is at least one attempt.
  [[nodiscard]] constexpr bool is_valid() const noexcept {
    constexpr std::chrono::milliseconds none{0};
    constexpr std::chrono::milliseconds year = std::chrono::hours(365 * 24);
    return lease > none && lease <= year && first_delay > none && first_delay <= max_delay &&
           max_delay <= year && jitter <= 100 && max_attempts >= 1;
  }
};

/// Returns the delay after an attempt has failed; attempts count from 1. It doubles from attempt to
/// attempt until `max_delay`. Its random part depends on the id and the attempt alone, so that no
/// generator has to be kept, and the same attempt always has the same delay.
[[nodiscard]] constexpr std::chrono::milliseconds retry_delay(const queue_options& options,
                                                              const event_id& id,
                                                              std::uint32_t attempt) noexcept {
  std::chrono::milliseconds delay = (std::min)(options.first_delay, options.max_delay);
  for (std::uint32_t i = 1; i < attempt && delay < options.max_delay; ++i) {
    delay = (std::min)(delay * 2, options.max_delay);
  }
  // SplitMix64 over the id's bytes and the attempt.
  std::uint64_t bits = attempt;
  const auto mix = [&bits] {
    bits += 0x9e3779b97f4a7c15ULL;
    bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebULL;
    bits ^= bits >> 31U;
  };
  for (const std::uint8_t byte : id.value.bytes) {
    bits ^= byte;
    mix();
  }
  constexpr std::uint64_t steps = 1024;  // so that the product below fits for a year
  const auto random = static_cast<std::int64_t>(bits % (steps + 1));
  const auto widest = delay.count() * static_cast<std::int64_t>(options.jitter) / 100;
  return delay - std::chrono::milliseconds(widest * random / static_cast<std::int64_t>(steps));
}

/// A stored event that a worker took, for the time of the lease.
struct queue_lease {
  event_id id{};  ///< the event's
  std::uint32_t attempt =
      0;                  ///< from 1; it also tells this lease from later ones of the same event
  time_point received{};  ///< when the request arrived

  friend constexpr bool operator==(const queue_lease&, const queue_lease&) noexcept = default;
};

static_assert(std::is_trivially_copyable_v<queue_lease>);

namespace detail {

// The key by which a stored event finds those before it, or null where it has none.
[[nodiscard]] constexpr const uuid* dossier_key(const inbox_entry& of) noexcept {
  const dossier* const about = dossier_of(of.event);
  return about == nullptr ? nullptr : &about->id.value;
}

}  // namespace detail

/// The outcomes of `take`.
enum class take_outcome : std::uint8_t {
  unavailable,    ///< the database cannot say
  idle,           ///< no event is due
  taken,          ///< the caller has the lease of an event
  dead_lettered,  ///< an event whose last attempt never ended became a dead letter
};

/// The result of `take`.
struct take_result {
  take_outcome outcome = take_outcome::unavailable;  ///< `unavailable` until it is known
  queue_lease lease{};  ///< with `taken` and `dead_lettered`, the event's
};

/// The outcomes of `retry`.
enum class retry_outcome : std::uint8_t {
  unrecorded,     ///< nothing was recorded: the event is due when its lease ends
  scheduled,      ///< the event is due after `retry_delay`
  dead_lettered,  ///< that was its last attempt
};

/// The outcomes of `acknowledge`, of each event.
enum class acknowledge_outcome : std::uint8_t {
  unavailable,   ///< the database did not do it, or nobody knows: it may be acknowledged again
  acknowledged,  ///< the event is removed from the queue, and nobody takes it any more
  lost,  ///< the lease had no event: it was taken again, or it is gone, perhaps by an earlier `acknowledge`
};

/// An inbox of a connection that also stores events and hands them to workers.
///
/// `work` and `work_until` drive it. A worker takes an event, opens the transaction, handles the event in
/// it and finishes:
///
/// | expression | returns | what it does |
/// |---|---|---|
/// | `enqueue(entry)` | `bool` | Stores the event within the open claim; `commit` makes it durable. Used as `process`'s handler, nothing is answered 2xx before it is stored. |
/// | `take(now)` | `take_result` | Counts an attempt of the event that is due first, and leases it, durably. No two callers get the same event before its lease ends; nobody waits for an event that another has. No transaction is open afterwards. |
/// | `open(lease)` | `bool` | Opens the transaction for the effect. False if the lease was lost to another worker, or the database is unavailable. |
/// | `stored_body(lease)` | `std::optional<std::string_view>` | The body, within the transaction; a view until the next call of the inbox. |
/// | `finish(lease)` | `bool` | Removes the event from the queue and commits. True only if the effect is durable. |
/// | `retry(lease, now)` | `retry_outcome` | Rolls the effect back and schedules the next attempt. |
/// | `dead_letter(lease, reason)` | `bool` | Rolls the effect back and keeps the event as a dead letter. |
/// | `requeue(id, now)` | `bool` | Makes a dead letter due again, with all its attempts. False if there is no such dead letter. |
///
/// An event whose lease ends is taken again. What the first worker then does has no effect: `open` and
/// `finish` look at the attempt. Handling is therefore once, if all of the effect is in the transaction.
template <class T>
concept inbox_queue = inbox<T> &&
    requires(T& box, const inbox_entry& entry, const queue_lease& lease, std::string_view reason,
             const event_id& id, time_point now) {
  { box.enqueue(entry) }
  noexcept->std::same_as<bool>;
  { box.take(now) }
  noexcept->std::same_as<take_result>;
  { box.open(lease) }
  noexcept->std::same_as<bool>;
  { box.stored_body(lease) }
  noexcept->std::same_as<std::optional<std::string_view>>;
  { box.finish(lease) }
  noexcept->std::same_as<bool>;
  { box.retry(lease, now) }
  noexcept->std::same_as<retry_outcome>;
  { box.dead_letter(lease, reason) }
  noexcept->std::same_as<bool>;
  { box.requeue(id, now) }
  noexcept->std::same_as<bool>;
};

/// An inbox whose events may also be handled outside of the database, by a request to another server say: no transaction
/// is open meanwhile, so that such an effect can happen again where a worker dies between it and `acknowledge`.
///
/// | expression | returns | what it does |
/// |---|---|---|
/// | `take_each(now, at_most, each)` | `bool` | Takes as many due events in one transaction, as `take` does one, and then calls `each(taken, body)` for each of them: `taken` is a `take_result` with a lease, or with `dead_lettered` and no body. The body is a view that ends with the call, which must not use the inbox. False if the database cannot say; what was taken before has been passed on. |
/// | `acknowledge(leases, outcomes)` | `bool` | Removes handled events from the queue in transactions of its own. `outcomes`, of the same size, says of each how that ended. False if one of them is `unavailable`: those may be acknowledged again. |
/// | `retry(lease, now, not_before)` | `retry_outcome` | As `retry(lease, now)`, but never before that time. |
template <class T>
concept delivery_queue = inbox_queue<T> &&
    requires(T& box, const queue_lease& lease, std::span<const queue_lease> leases,
             std::span<acknowledge_outcome> outcomes, time_point now,
             void (*each)(const take_result&, std::string_view)) {
  { box.take_each(now, std::size_t{1}, each) } -> std::same_as<bool>;
  { box.acknowledge(leases, outcomes) }
  noexcept->std::same_as<bool>;
  { box.retry(lease, now, now) }
  noexcept->std::same_as<retry_outcome>;
};

/// The outcomes of `work`.
enum class work_outcome : std::uint8_t {
  unavailable,    ///< the database cannot say whether an event is due
  idle,           ///< no event is due
  handled,        ///< an event was handled, and its effect is committed
  scheduled,      ///< an event is due again later: the handler wants it so, or has thrown
  dead_lettered,  ///< an event became a dead letter: the handler wants it so, or it had its attempts
  unrecorded,  ///< an event had an attempt of which nothing was recorded: due when its lease ends
};

/// The result of `work`: the outcome, and the event.
struct work_result {
  work_outcome outcome{};          ///< what was done
  queue_lease lease{};             ///< of the event, unless the outcome is `idle` or `unavailable`
  std::exception_ptr exception{};  ///< what the handler threw, for a log; null otherwise
};

/// A function that returns the time in any unit.
template <class T>
concept clock_function = requires(T& clock) {
  { clock() } -> std::convertible_to<any_time_point>;
};

inline namespace SIGNHOOK_EXCEPTIONS {

/// Takes one stored event, has it handled and records how that ended: a worker's step.
///
/// `handler` is one of `process`: it takes the event or the `inbox_entry`, and returns `handled`, bool or
/// nothing. It runs within the transaction of the effect, so that with SQLite nobody else writes
/// meanwhile. A stored body that is not an event, which only another decoder can have taken for one, is a
/// dead letter. `clock` is asked when the event is taken and when it is to come again: `std::chrono::system_clock::now`,
/// for example.
/// *Allocation*: none of its own.
template <inbox_queue Queue, class Handler, clock_function Clock = time_point (*)() noexcept>
[[nodiscard]] work_result work(decoder& decoding, Queue& box,
                               Handler&& handler,  // NOLINT(*-forward)
                               Clock clock = detail::now) {
  static_assert(detail::takes_event_or_entry<Handler>,
                "signhook: a handler takes const signhook::event& or const signhook::inbox_entry&");
  work_result made;
  const take_result taken = box.take(any_time_point(clock()));
  made.lease = taken.lease;
  switch (taken.outcome) {
    case take_outcome::taken: break;
    case take_outcome::unavailable: return made;
    case take_outcome::idle: made.outcome = work_outcome::idle; return made;
    case take_outcome::dead_lettered: made.outcome = work_outcome::dead_lettered; return made;
  }
  made.outcome = work_outcome::unrecorded;
  if (!box.open(taken.lease)) return made;
  handled how = handled::retry;
  const auto handle = [&] {
    const std::optional<std::string_view> body = box.stored_body(taken.lease);
    if (!body) return;
    const auto decoded = decoding.decode(*body);
    if (!decoded) {
      how = handled::dead_letter(name(decoded.error().code));
    } else {
      how = detail::handle_entry(handler, inbox_entry::from(*decoded, *body, taken.lease.received));
    }
  };
#if defined(__cpp_exceptions)
  try {
    handle();
  } catch (...) {
    how = handled::retry;
    made.exception = std::current_exception();
  }
#else
  handle();
#endif
  if (how.is_done()) {
    if (box.finish(taken.lease)) made.outcome = work_outcome::handled;
  } else if (how.is_dead_letter()) {
    if (box.dead_letter(taken.lease, how.reason())) made.outcome = work_outcome::dead_lettered;
  } else {
    switch (box.retry(taken.lease, any_time_point(clock()))) {
      case retry_outcome::scheduled: made.outcome = work_outcome::scheduled; break;
      case retry_outcome::dead_lettered: made.outcome = work_outcome::dead_lettered; break;
      case retry_outcome::unrecorded: break;
    }
  }
  return made;
}

/// Works until `is_over` returns true, and sleeps for `pause` whenever no event is due: a worker's loop.
///
///     signhook::work_until(decoder, inbox, handler, [&](const signhook::work_result& done) {
///       log(done);
///       return is_stopping.load();
///     });
///
/// `is_over` is called after each step and returns true to stop.
template <inbox_queue Queue, class Handler, std::predicate<const work_result&> IsOver>
void work_until(decoder& decoding, Queue& box, Handler&& handler,
                IsOver&& is_over,  // NOLINT(*-forward)
                std::chrono::milliseconds pause = std::chrono::milliseconds(200)) {
  for (;;) {
    const work_result done = work(decoding, box, handler);
    if (is_over(done)) return;
    if (done.outcome == work_outcome::idle || done.outcome == work_outcome::unavailable) {
      std::this_thread::sleep_for(pause);
    }
  }
}

}  // namespace SIGNHOOK_EXCEPTIONS
}  // namespace signhook::inline SIGNHOOK_ABI
