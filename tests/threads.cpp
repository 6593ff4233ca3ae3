// SPDX-License-Identifier: BSL-1.0
// Several threads process the same events. Built with -fsanitize=thread.
//   threads            all use one receiver and one inbox, and each event is handled once
//   threads --unshared two threads use one decoder, as they must not, and the sanitizer says so
#include <signhook/encoder.hpp>
#include <signhook/inbox.hpp>
#include <signhook/inbox/memory.hpp>
#include <signhook/receiver.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace signhook;

constexpr std::string_view secret = "c2VjcmV0IG9mIHRoZSB0ZXN0cw==";
constexpr std::array<std::string_view, 1> secrets = {secret};
constexpr std::array<header, 2> headers = {
    {{"X-Secret", secret}, {"Content-Type", "application/json"}}};
constexpr std::size_t events = 400;
constexpr std::size_t threads = 4;

std::vector<std::string> make_bodies() {
  std::vector<std::string> made;
  for (std::size_t i = 0; i < events; ++i) {
    dossier_prepared of = schema<dossier_prepared>::sample;
    of.id.value.bytes[0] = static_cast<std::uint8_t>(i);
    of.id.value.bytes[9] = static_cast<std::uint8_t>(i / 256);
    std::array<char, max_encoded_size> buffer{};
    made.emplace_back(*encode(of, buffer));
  }
  return made;
}

template <class Run>
void run_all(std::size_t count, Run run) {
  std::vector<std::thread> all;
  for (std::size_t i = 0; i < count; ++i) all.emplace_back(run, i);
  for (std::thread& one : all) one.join();
}

bool shared(const receiver& with, const std::vector<std::string>& bodies) {
  memory_inbox box;
  std::array<int, events> handled_by{};  // without a lock: a claim is one thread's
  std::array<std::atomic<int>, events> failed{};
  std::atomic<std::size_t> others = 0;
  run_all(threads, [&](std::size_t thread) {
    decoder mine;
    for (std::size_t i = 0; i < events; ++i) {
      // Two of them go the other way, so that they meet.
      const std::size_t at = thread % 2 == 0 ? i : events - 1 - i;
      for (bool is_over = false; !is_over;) {
        const auto got =
            process(with, mine, box, {.method = "POST", .headers = headers, .body = bodies[at]},
                    [&](const event&) {
                      if (at % 3 == 0 && failed[at]++ == 0) return false;
                      ++handled_by[at];
                      return true;
                    });
        is_over = got.sender_reaction().value == delivery_outcome::delivered;
        const bool is_expected =
            got.outcome == process_outcome::handled || got.outcome == process_outcome::duplicate ||
            got.outcome == process_outcome::retry || got.outcome == process_outcome::in_progress;
        if (!is_expected) ++others;
      }
      if (box.size() > events || box.evictions() != 0) ++others;
    }
  });
  for (std::size_t i = 0; i < events; ++i) {
    if (handled_by[i] == 1) continue;
    std::printf("event %zu: handled %d times\n", i, handled_by[i]);
    return false;
  }
  return others == 0 && box.size() == events;
}

bool unshared(const receiver& with, const std::vector<std::string>& bodies) {
  decoder ours;
  run_all(2, [&](std::size_t thread) {
    // With white space at the beginning the body is copied into the decoder's buffer.
    const std::string body = "\n \t" + bodies[thread];
    static_cast<void>(
        with.receive(ours, {.method = "POST", .headers = headers, .body = body + "\\"}));
  });
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const auto made = receiver::make({.secret_header = "X-Secret", .secrets = secrets});
  if (!made) return 2;
  const std::vector<std::string> bodies = make_bodies();
  const bool is_unshared = argc == 2 && std::string_view(argv[1]) == "--unshared";
  return (is_unshared ? unshared(*made, bodies) : shared(*made, bodies)) ? 0 : 1;
}
