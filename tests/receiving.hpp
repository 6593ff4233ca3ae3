// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "catch.hpp"
#include <signhook/decoder.hpp>
#include <signhook/inbox.hpp>
#include <signhook/inbox/queue.hpp>
#include <signhook/receiver.hpp>

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

// An endpoint over a place, which is what outlives a process, and has
//
//   outlives_process       true if it keeps ids
//   stores_first           true if the request stores the event and a worker handles it
//   effects(id)            how often the effect of an event was written
//   quarantined()          the bodies in the quarantine
//   dead_letters()         the bodies of the dead letters
//   node                   what a thread of a process has: `node(place, of_the_same_process)`, `inbox()`, and
//                          `write(id)`, which writes the effect

namespace receiving {

using signhook::handled;
using signhook::inbox_entry;
using signhook::time_point;

inline time_point at(std::int64_t milliseconds) {
  return time_point(std::chrono::milliseconds(milliseconds));
}

inline constexpr signhook::queue_options queue = {.lease = std::chrono::seconds(1),
                                                  .first_delay = std::chrono::milliseconds(10),
                                                  .jitter = 0,
                                                  .max_attempts = 3};

inline constexpr std::string_view id = "b041a287-bc92-4469-801e-ae1a39c08f6e";

// Members that text of SQL has no place for: U+0000, the year 0000 and an offset of a day less a minute.
inline std::string body_with(std::string_view state, std::string_view created) {
  return R"({"id":")" + std::string(id) +
         R"(","type":"dossier.state.updated","dossier":{"id":"b659c273-954e-43cf-893a-0f74a7f87153","state":")" +
         std::string(state) + R"("},"created":")" + std::string(created) + R"("})";
}
inline const std::string body = body_with("completed", "2026-01-01T00:00:00+00:00");
inline const std::string other_body = body_with("pending", "2026-01-01T00:00:00+00:00");
inline const std::string hard_body = body_with(R"(a\u0000b)", "0000-01-01T00:00:00+23:59");

inline signhook::event_id event_id() { return signhook::event_id(*signhook::uuid::parse(id)); }

// A thread of a process.
template <class Place>
class endpoint {
 public:
  explicit endpoint(Place& at, endpoint* of_the_same_process = nullptr)
      : node_(at, of_the_same_process == nullptr ? nullptr : &of_the_same_process->node_) {}

  // Returns the status that a delivery is answered with.
  template <class Handler>
  int deliver(std::string_view of, Handler handler) {
    const std::string_view secrets[] = {"0123456789abcdefghijklmnop"};
    const auto receiver =
        signhook::receiver::make({.secret_header = "X-Secret", .secrets = secrets});
    const std::vector<signhook::header> headers = {{"X-Secret", secrets[0]},
                                                   {"Content-Type", "application/json"}};
    return signhook::process(
               *receiver, decoder_, node_.inbox(),
               {.method = "POST", .headers = headers, .body = of},
               [&](const inbox_entry& entry) {
                 if constexpr (Place::stores_first) {
                   return node_.inbox().enqueue(entry) ? handled::done : handled::retry;
                 } else {
                   return handler(node_, entry);
                 }
               },
               at(1000))
        .status;
  }

  // Handles what is stored and due at a time.
  template <class Handler>
  void work(std::int64_t now, Handler handler) {
    if constexpr (Place::stores_first) {
      static std::int64_t time = 0;
      time = now;
      while (signhook::work(
                 decoder_, node_.inbox(),
                 [&](const inbox_entry& entry) { return handler(node_, entry); },
                 []() noexcept { return at(time); })
                 .outcome != signhook::work_outcome::idle) {
      }
    }
  }

  [[nodiscard]] typename Place::node& node() { return node_; }

 private:
  typename Place::node node_;
  signhook::decoder decoder_;
};

inline constexpr auto write = [](auto& node, const inbox_entry& entry) {
  return node.write(entry.id) ? handled::done : handled::retry;
};
inline constexpr auto never = [](auto&, const inbox_entry&) {
  FAIL("the event is handled again");
  return handled::done;
};

}  // namespace receiving
