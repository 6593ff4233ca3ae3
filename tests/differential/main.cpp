// SPDX-License-Identifier: BSL-1.0
// Compares the library with the reference over the corpus: verdict, value, every diagnostic.
//   differential [--every N]     N > 1 takes every Nth body
#include "../reference/compare.hpp"
#include "corpus.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

struct counter {
  std::uint64_t bodies = 0;
  std::uint64_t accepted = 0;
};

std::mutex guard;
std::map<std::string, counter> counters;
std::map<std::string, std::uint64_t> rejections;
std::uint64_t disagreements = 0;

void report(std::string_view body, const std::string& disagreement) {
  const std::lock_guard lock(guard);
  if (++disagreements > 10) return;
  std::printf("%.*s\n  %s\n", static_cast<int>(body.size()), body.data(), disagreement.c_str());
}

signhook::decoder_options with_depth(std::uint32_t depth) {
  signhook::decoder_options options;
  options.max_depth = depth;
  return options;
}

void work(const std::vector<corpus::part>& parts, std::atomic<std::size_t>& next,
          std::uint64_t every) {
  reference::comparison tolerant("tolerant", {}, report);
  reference::comparison strict("strict", signhook::decoder_options::strict(), report);
  reference::comparison shallow("three levels", with_depth(3), report);
  for (std::size_t i = 0; (i = next++) < parts.size();) {
    counter counted;
    std::map<std::string, std::uint64_t> codes;
    // Counted within the part, so that which bodies are taken does not depend on the threads.
    std::uint64_t nth = i;
    parts[i].write([&](std::string_view body) {
      if (nth++ % every != 0) return;
      ++counted.bodies;
      const reference::outcome expected = tolerant.compare(body);
      if (expected.value) {
        ++counted.accepted;
      } else {
        ++codes[std::string(name(expected.first_violation().code))];
      }
      // Where nothing was tolerated, and of bodies that hardly differ, a sample is enough.
      const bool sampled = !parts[i].large || nth % 16 == 0;
      const auto is_warning = [](const reference::diagnostic& one) { return one.warning; };
      if (sampled ||
          std::any_of(expected.diagnostics.begin(), expected.diagnostics.end(), is_warning))
        strict.compare(body);
      if (sampled) shallow.compare(body);
    });
    const std::lock_guard lock(guard);
    counters[parts[i].family].bodies += counted.bodies;
    counters[parts[i].family].accepted += counted.accepted;
    for (const auto& [code, count] : codes) rejections[code] += count;
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t every = 1;
  if (argc == 3 && std::string_view(argv[1]) == "--every")
    every = std::strtoull(argv[2], nullptr, 10);
  if (every == 0 || (argc != 1 && argc != 3)) {
    std::fputs("usage: differential [--every N]\n", stderr);
    return 2;
  }

  const auto begin = std::chrono::steady_clock::now();
  const std::vector<corpus::part> parts = corpus::parts();
  std::atomic<std::size_t> next = 0;
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
    threads.emplace_back([&] { work(parts, next, every); });
  }
  for (std::thread& thread : threads) thread.join();
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;

  counter all;
  for (const auto& [family, counted] : counters) {
    std::printf("%-16s %10llu bodies, %9llu accepted\n", family.c_str(),
                static_cast<unsigned long long>(counted.bodies),
                static_cast<unsigned long long>(counted.accepted));
    all.bodies += counted.bodies;
    all.accepted += counted.accepted;
  }
  for (const auto& [code, count] : rejections) {
    std::printf("  %10llu %s\n", static_cast<unsigned long long>(count), code.c_str());
  }
  std::printf("%llu bodies, %llu accepted, %llu disagreements, %.0f s\n",
              static_cast<unsigned long long>(all.bodies),
              static_cast<unsigned long long>(all.accepted),
              static_cast<unsigned long long>(disagreements), taken.count());
  return disagreements == 0 && all.accepted > 0 && all.accepted < all.bodies ? 0 : 1;
}
