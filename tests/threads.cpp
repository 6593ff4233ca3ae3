// SPDX-License-Identifier: BSL-1.0
// Several threads receive the same events. Built with -fsanitize=thread.
//   threads            each has a worker of one shared receiver, and each event is accepted once
//   threads --unshared two threads use one receiver, as they must not, and the sanitizer says so
#include <signhook/encoder.hpp>
#include <signhook/receiver.hpp>
#include <signhook/shared_receiver.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <thread>
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
    dossier_prepared of = std::get<dossier_prepared>(samples[5]);
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

bool shared(const receiver_options& options, const std::vector<std::string>& bodies) {
  auto made = shared_receiver::make(options);
  if (!made) return false;
  std::array<std::atomic<int>, events> accepted{};
  std::atomic<std::size_t> others = 0;
  run_all(threads, [&](std::size_t thread) {
    shared_receiver::worker mine = made->make_worker();
    for (std::size_t i = 0; i < events; ++i) {
      // Two of them go the other way, so that they meet.
      const std::size_t at = thread % 2 == 0 ? i : events - 1 - i;
      const receipt got = mine.receive("POST", headers, bodies[at], std::chrono::sys_days());
      if (got.verdict == verdict::accepted) {
        // Every third fails where it is accepted first.
        if (at % 3 == 0 && accepted[at]++ == 0) {
          if (mine.failed(got).verdict != verdict::failed) ++others;
        } else if (at % 3 != 0) {
          ++accepted[at];
        }
      } else if (got.verdict != verdict::duplicate) {
        ++others;
      }
      if (made->remembered() > events || made->displaced() != 0) ++others;
    }
  });
  for (std::size_t i = 0; i < events; ++i) {
    // What failed once was accepted again by another thread, unless all others came before it failed.
    if (accepted[i] < 1 || accepted[i] > (i % 3 == 0 ? 2 : 1)) {
      std::printf("event %zu: accepted %d times\n", i, accepted[i].load());
      return false;
    }
  }
  return others == 0;
}

bool unshared(const receiver_options& options, const std::vector<std::string>& bodies) {
  auto made = receiver::make(options);
  if (!made) return false;
  run_all(2, [&](std::size_t thread) {
    static_cast<void>(made->receive("POST", headers, bodies[thread], std::chrono::sys_days()));
  });
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  receiver_options options;
  options.secret_header = "X-Secret";
  options.secrets = secrets;
  const std::vector<std::string> bodies = make_bodies();
  const bool is_unshared = argc == 2 && std::string_view(argv[1]) == "--unshared";
  return (is_unshared ? unshared(options, bodies) : shared(options, bodies)) ? 0 : 1;
}
