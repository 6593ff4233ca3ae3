// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "server.hpp"
#include <signhook/decoder.hpp>
#include <signhook/error.hpp>
#include <signhook/inbox.hpp>
#include <signhook/inbox/queue.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

// An endpoint that tests/chaos/run starts, kills and starts again: PROGRAM PORT DATABASE MODE.
//
//   process   handles each event in the request
//   store     stores it in the request; workers handle it
//   early     answers before it commits: loses events
//   forgetful handles each delivery without an inbox: handles events twice
//
// An Engine is one connection: `static bool create(database)`, a constructor from the database's name
// that throws where it is not there, `inbox()`, an `inbox_queue`, `write_effect(id)`, within the claim's
// transaction, and `write_effect_alone(id)`, in one of its own.

namespace chaos {

enum class handling : std::uint8_t { done, retry, dead_letter };

// Small times, so that all that can happen does in seconds.
inline constexpr signhook::queue_options queue = {.lease = std::chrono::milliseconds(400),
                                                  .first_delay = std::chrono::milliseconds(10),
                                                  .max_delay = std::chrono::milliseconds(100),
                                                  .max_attempts = 1'000};

inline signhook::time_point now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

// One time in `of`.
inline bool one_in(std::uint32_t of) {
  thread_local std::minstd_rand random{std::random_device{}()};
  return random() % of == 0;
}

// A handler as they are: it writes, and then fails, throws, or takes its time.
template <class Engine>
handling handle(Engine& engine, const signhook::event_id& id) {
  const bool is_impossible = id.value.bytes[15] % 32 == 0;  // for ever, so that it is a dead letter
  if (!engine.write_effect(id)) return handling::retry;
  if (is_impossible) return handling::dead_letter;
  if (one_in(10)) return handling::retry;
  if (one_in(20)) throw std::runtime_error("a handler that throws");
  if (one_in(20)) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  return handling::done;
}

template <class Engine>
int finish(Engine& engine, const signhook::inbox_entry& entry, bool is_stored_first) {
  auto& box = engine.inbox();
  handling how = handling::retry;
  try {
    how = !is_stored_first     ? handle(engine, entry.id)
          : box.enqueue(entry) ? handling::done
                               : handling::retry;
  } catch (const std::exception&) {
    how = handling::retry;
  }
  switch (how) {
    case handling::done: return box.commit(entry) ? 200 : 503;
    case handling::dead_letter: return box.dead_letter(entry, "impossible") ? 200 : 503;
    case handling::retry: break;
  }
  box.release(entry);
  return 503;
}

// Answers one request by `reply(status)`, once.
template <class Engine, class Reply>
void answer(Engine& engine, signhook::decoder& decoder, std::string_view mode,
            const std::string& body, Reply reply) {
  auto& box = engine.inbox();
  const auto event = decoder.decode(body);
  if (!event) {
    const bool is_kept =
        box.quarantine({body, now(), name(event.error().code), event.error(), std::nullopt});
    return reply(is_kept ? 200 : 503);
  }
  const auto entry = signhook::inbox_entry::from(*event, body, now());
  if (mode == "forgetful") return reply(engine.write_effect_alone(entry.id) ? 200 : 503);
  switch (box.begin(entry)) {
    case signhook::begin_outcome::acquired: break;
    case signhook::begin_outcome::duplicate: return reply(200);
    case signhook::begin_outcome::conflict:
    case signhook::begin_outcome::in_progress:
    case signhook::begin_outcome::unavailable: return reply(503);
  }
  if (mode == "early") reply(200);
  const int status = finish(engine, entry, mode == "store");
  if (mode != "early") reply(status);
}

template <class Engine>
void work(Engine& engine, signhook::decoder& decoder) {
  auto& box = engine.inbox();
  const auto taken = box.take(now());
  if (taken.outcome != signhook::take_outcome::taken) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return;
  }
  if (one_in(50)) std::this_thread::sleep_for(queue.lease);  // and loses it
  if (!box.open(taken.lease)) return;
  handling how = handling::retry;
  try {
    const auto body = box.stored_body(taken.lease);
    const bool is_event = body && decoder.decode(*body);
    how = is_event ? handle(engine, taken.lease.id) : handling::dead_letter;
  } catch (const std::exception&) {
    how = handling::retry;
  }
  // What cannot be recorded comes again when the lease ends.
  switch (how) {
    case handling::done: (void)box.finish(taken.lease); break;
    case handling::dead_letter: (void)box.dead_letter(taken.lease, "impossible"); break;
    case handling::retry: (void)box.retry(taken.lease, now()); break;
  }
}

template <class Engine>
int run(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: PROGRAM PORT DATABASE MODE\n", stderr);
    return 2;
  }
  const std::string database = argv[2];
  const std::string mode = argv[3];
  if (!Engine::create(database)) {
    std::fputs("the tables cannot be made\n", stderr);
    return 1;
  }
  const int listening = listen_at(std::atoi(argv[1]));
  if (listening < 0) {
    std::perror("listen");
    return 1;
  }

  // Until it is killed. A thread whose connection is lost ends the process, which is started again.
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      Engine engine(database);
      signhook::decoder decoder;
      for (;;) {
        request_socket client(listening);
        const auto body = client.read_body();
        if (body) answer(engine, decoder, mode, *body, [&](int status) { client.reply(status); });
      }
    });
  }
  if (mode == "store") {
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([&] {
        Engine engine(database);
        signhook::decoder decoder;
        for (;;) work(engine, decoder);
      });
    }
  }
  for (auto& each : threads) each.join();
  return 0;
}

}  // namespace chaos
