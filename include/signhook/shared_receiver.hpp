// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder.hpp>
#include <signhook/decoder_options.hpp>
#include <signhook/delivery.hpp>
#include <signhook/detail/inbox/duplicate_table.hpp>
#include <signhook/receiver.hpp>
#include <signhook/result.hpp>
#include <signhook/uuid.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

namespace signhook::inline SIGNHOOK_ABI {

namespace detail {

// Several tables behind a lock each, so that threads with different ids seldom wait for each other.
class striped_table {
  // Of a cache line its own.
  struct alignas(64) stripe {
    stripe(std::uint32_t capacity, std::chrono::milliseconds window) : seen(capacity, window) {}

    std::mutex mutex;
    duplicate_table seen;
  };

  [[nodiscard]] stripe& of(const event_id& id) const noexcept {
    return *stripes_[std::hash<event_id>{}(id) % count];
  }

  template <class Use>
  static auto locked(stripe& one, Use use) noexcept {
    const std::lock_guard lock(one.mutex);
    return use(one.seen);
  }

  template <class Sum, class Part>
  [[nodiscard]] Sum sum(Part part) const noexcept {
    Sum all = 0;
    for (const auto& one : stripes_) all += locked(*one, part);
    return all;
  }

 public:
  static constexpr std::uint32_t count = 16;

  striped_table(std::uint32_t capacity, std::chrono::milliseconds window) {
    stripes_.reserve(count);
    // No part of a table that remembers anything is without room.
    const std::uint32_t share = capacity / count + (capacity % count != 0 ? 1 : 0);
    for (std::uint32_t i = 0; i < count; ++i) {
      stripes_.push_back(std::make_unique<stripe>(share, window));
    }
  }

  bool insert(const event_id& id, time_point now) noexcept {
    return locked(of(id), [&](duplicate_table& seen) { return seen.insert(id, now); });
  }

  bool forget(const event_id& id) noexcept {
    return locked(of(id), [&](duplicate_table& seen) { return seen.forget(id); });
  }

  [[nodiscard]] std::uint32_t size() const noexcept {
    return sum<std::uint32_t>([](const duplicate_table& seen) { return seen.size(); });
  }

  [[nodiscard]] std::uint64_t displaced() const noexcept {
    return sum<std::uint64_t>([](const duplicate_table& seen) { return seen.displaced(); });
  }

 private:
  std::vector<std::unique_ptr<stripe>> stripes_;
};

}  // namespace detail

/// A receiver for several threads: each has a `worker` of its own, and an event that one of them
/// accepted is a duplicate to all.
///
///     auto shared = signhook::shared_receiver::make(options);
///     ...
///     thread_local signhook::shared_receiver::worker mine = shared->make_worker();
///     const auto receipt = mine.receive(request.method, request.headers, request.body, now);
///
/// What a receiver remembers is divided by the ids into sixteen parts, each with a lock that is held
/// for a look into it and no longer. Each part forgets its own oldest events first.
///
/// *Threads*: all functions may be called at any time; a worker is for one thread at a time.
/// *Allocation*: `make` and `make_worker` allocate all that is ever needed.
class shared_receiver {
 public:
  /// As `receiver::make`.
  [[nodiscard]] static result<shared_receiver, receiver_errc> make(
      const receiver_options& options) {
    if (const auto wrong = options.check()) return *wrong;
    return shared_receiver(options);
  }

  /// *Lifetime*: owns what it uses of the receiver, and may outlive it.
  class worker {
   public:
    /// As `receiver::receive`.
    template <header_range Headers>
    [[nodiscard]] receipt receive(std::string_view method, const Headers& headers,
                                  std::string_view body,
                                  std::chrono::system_clock::time_point now) noexcept {
      return shared_->door.receive(decoder_, shared_->seen, method, headers, body, now);
    }

    /// As `receiver::failed`.
    [[nodiscard]] receipt failed(const receipt& of) noexcept {
      return shared_->door.fail(shared_->seen, of);
    }

   private:
    friend class shared_receiver;
    struct state {
      explicit state(const receiver_options& options)
          : door(options),
            decoding(options.decoding),
            seen(std::min(options.remembered, receiver_options::max_remembered), options.window) {}

      const detail::door door;
      const decoder_options decoding;
      detail::striped_table seen;
    };

    explicit worker(std::shared_ptr<state> shared)
        : shared_(std::move(shared)), decoder_(shared_->decoding) {}

    std::shared_ptr<state> shared_;
    decoder decoder_;
  };

  /// A worker for one thread at a time, which may outlive this object.
  /// *Allocation*: a decoder's.
  [[nodiscard]] worker make_worker() const { return worker(shared_); }

  /// As `receiver::forget`.
  bool forget(const event_id& id) noexcept { return shared_->seen.forget(id); }

  /// As `receiver::remembered`.
  [[nodiscard]] std::uint32_t remembered() const noexcept { return shared_->seen.size(); }

  /// As `receiver::displaced`.
  [[nodiscard]] std::uint64_t displaced() const noexcept { return shared_->seen.displaced(); }

 private:
  explicit shared_receiver(const receiver_options& options)
      : shared_(std::make_shared<worker::state>(options)) {}

  std::shared_ptr<worker::state> shared_;
};

}  // namespace signhook::inline SIGNHOOK_ABI
