// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "server.hpp"
#include <signhook/decoder.hpp>
#include <signhook/inbox.hpp>
#include <signhook/inbox/queue.hpp>
#include <signhook/receiver.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
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

// Small times, so that all that can happen does in seconds.
inline constexpr signhook::queue_options queue = {.lease = std::chrono::milliseconds(400),
                                                  .first_delay = std::chrono::milliseconds(10),
                                                  .max_delay = std::chrono::milliseconds(100),
                                                  .max_attempts = 1'000};

// One time in `of`.
inline bool one_in(std::uint32_t of) {
  thread_local std::minstd_rand random{std::random_device{}()};
  return random() % of == 0;
}

// A handler as they are: it writes, and then fails, throws, or takes its time.
template <class Engine>
signhook::handled handle(Engine& engine, const signhook::event_id& id) {
  const bool is_impossible = id.value.bytes[15] % 32 == 0;  // for ever, so that it is a dead letter
  if (!engine.write_effect(id)) return signhook::handled::retry;
  if (is_impossible) return signhook::handled::dead_letter("impossible");
  if (one_in(10)) return signhook::handled::retry;
  if (one_in(20)) throw std::runtime_error("a handler that throws");
  if (one_in(20)) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  return signhook::handled::done;
}

// Answers one request.
template <class Engine>
void answer(Engine& engine, const signhook::receiver& receiver, signhook::decoder& decoder,
            std::string_view mode, request_socket& client) {
  if (!client.read()) return;
  const signhook::request request{
      .method = client.method(), .headers = client.headers(), .body = client.body()};
  const bool is_early = mode == "early";
  const auto handler = [&](const signhook::inbox_entry& entry) {
    if (is_early) client.reply(200);
    if (mode == "store") {
      return engine.inbox().enqueue(entry) ? signhook::handled::done : signhook::handled::retry;
    }
    return handle(engine, entry.id);
  };
  if (const auto got = receiver.receive(decoder, request); got.event && mode == "forgetful") {
    const auto id = signhook::inbox_entry::from(*got.event, {}, {}).id;
    return client.reply(engine.write_effect_alone(id) ? 200 : 503);
  }
  client.reply(signhook::process(receiver, decoder, engine.inbox(), request, handler).status);
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

  const std::string_view secrets[] = {"the-secret-of-the-chaos-test"};
  const auto receiver = signhook::receiver::make({.secret_header = "X-Secret", .secrets = secrets});
  if (!receiver) return 1;

  // Until it is killed. A thread whose connection is lost ends the process, which is started again.
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      Engine engine(database);
      signhook::decoder decoder;
      for (;;) {
        request_socket client(listening);
        answer(engine, *receiver, decoder, mode, client);
      }
    });
  }
  for (int i = 0; i < 2 && mode == "store"; ++i) {
    threads.emplace_back([&] {
      Engine engine(database);
      signhook::decoder decoder;
      const auto handler = [&](const signhook::inbox_entry& entry) {
        if (one_in(50)) std::this_thread::sleep_for(queue.lease);
        return handle(engine, entry.id);
      };
      signhook::work_until(
          decoder, engine.inbox(), handler, [](const signhook::work_result&) { return false; },
          std::chrono::milliseconds(5));
    });
  }
  for (auto& each : threads) each.join();
  return 0;
}

}  // namespace chaos
