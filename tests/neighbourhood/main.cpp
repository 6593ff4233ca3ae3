// SPDX-License-Identifier: BSL-1.0
// Holds the library and the reference together over the corpus: verdict, value, every finding.
//   neighbourhood [--every N]     N > 1 takes every Nth body
#include "../reference/reference.hpp"
#include "corpus.hpp"
#include <signhook/decoder.hpp>

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

struct tally {
  std::uint64_t bodies = 0;
  std::uint64_t accepted = 0;
};

std::mutex guard;
std::map<std::string, tally> tallies;
std::map<std::string, std::uint64_t> refusals;
std::uint64_t disagreements = 0;

std::string text(signhook::errc code, std::size_t offset, std::string_view path) {
  return std::string(name(code)) + " at " + std::to_string(offset) + " '" + std::string(path) + "'";
}

std::string text(const std::vector<reference::finding>& findings) {
  std::string all;
  for (const reference::finding& one : findings) {
    all += (one.notice ? "\n    notice " : "\n    ") + text(one.code, one.offset, one.path);
  }
  return all;
}

void report(std::string_view body, const char* options, const std::string& expected,
            const std::string& got) {
  const std::lock_guard lock(guard);
  if (++disagreements > 10) return;
  std::printf("%.*s\n  %s: reference says %s\n  the library says %s\n",
              static_cast<int>(body.size()), body.data(), options, expected.c_str(), got.c_str());
}

bool is_notice(const reference::finding& one) { return one.notice; }

class judge {
 public:
  explicit judge(const char* name, signhook::decoder_options options)
      : name_(name), decoder_(options) {}

  // Returns the reference's word.
  reference::outcome compare(std::string_view body) {
    const reference::outcome expected = reference::decode(body, decoder_.options());

    std::vector<reference::finding> found;
    const bool accepted = decoder_.validate(body, [&](const signhook::finding& one) {
      found.push_back({one.severity == signhook::severity::notice, one.error.code, one.error.offset,
                       std::string(one.error.path)});
    });
    if (accepted != expected.value.has_value() || found != expected.findings) {
      report(body, name_, text(expected.findings), text(found));
    }
    compare(body, expected, decoder_.decode(body));
    padded_.assign(body);
    padded_.append(simdjson::SIMDJSON_PADDING, '"');
    compare(
        body, expected,
        decoder_.decode(simdjson::padded_string_view(padded_.data(), body.size(), padded_.size())));
    return expected;
  }

 private:
  void compare(std::string_view body, const reference::outcome& expected,
               const signhook::result<signhook::event>& got) {
    if (got) {
      if (!expected.value) return report(body, name_, text(expected.findings), "it is an event");
      if (*got != *expected.value) report(body, name_, "it is an event", "it is another one");
      return;
    }
    const signhook::error& error = got.error();
    if (expected.value)
      return report(body, name_, "it is an event", text(error.code, error.offset, error.path));
    const reference::finding& first = expected.first_violation();
    if (first.code != error.code || first.offset != error.offset || first.path != error.path) {
      report(body, name_, text(first.code, first.offset, first.path),
             text(error.code, error.offset, error.path));
    }
  }

  const char* name_;
  signhook::decoder decoder_;
  std::string padded_;
};

signhook::decoder_options with_depth(std::uint32_t depth) {
  signhook::decoder_options options;
  options.max_depth = depth;
  return options;
}

void work(const std::vector<corpus::part>& parts, std::atomic<std::size_t>& next,
          std::uint64_t every) {
  judge tolerant("tolerant", {});
  judge strict("strict", signhook::decoder_options::strict());
  judge shallow("three levels", with_depth(3));
  for (std::size_t i = 0; (i = next++) < parts.size();) {
    tally counted;
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
      if (sampled || std::any_of(expected.findings.begin(), expected.findings.end(), is_notice))
        strict.compare(body);
      if (sampled) shallow.compare(body);
    });
    const std::lock_guard lock(guard);
    tallies[parts[i].family].bodies += counted.bodies;
    tallies[parts[i].family].accepted += counted.accepted;
    for (const auto& [code, count] : codes) refusals[code] += count;
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t every = 1;
  if (argc == 3 && std::string_view(argv[1]) == "--every")
    every = std::strtoull(argv[2], nullptr, 10);
  if (every == 0 || (argc != 1 && argc != 3)) {
    std::fputs("usage: neighbourhood [--every N]\n", stderr);
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

  tally all;
  for (const auto& [family, counted] : tallies) {
    std::printf("%-16s %10llu bodies, %9llu accepted\n", family.c_str(),
                static_cast<unsigned long long>(counted.bodies),
                static_cast<unsigned long long>(counted.accepted));
    all.bodies += counted.bodies;
    all.accepted += counted.accepted;
  }
  for (const auto& [code, count] : refusals) {
    std::printf("  %10llu %s\n", static_cast<unsigned long long>(count), code.c_str());
  }
  std::printf("%llu bodies, %llu accepted, %llu disagreements, %.0f s\n",
              static_cast<unsigned long long>(all.bodies),
              static_cast<unsigned long long>(all.accepted),
              static_cast<unsigned long long>(disagreements), taken.count());
  return disagreements == 0 && all.accepted > 0 && all.accepted < all.bodies ? 0 : 1;
}
