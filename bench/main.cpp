// SPDX-License-Identifier: BSL-1.0
// Measures signhook, other libraries that make the same events, and lower bounds for any of them.
//   bench [--small] [--benchmark_...]   --small: only 1,024 bodies, not also 65,536
//   bench --run NAME TIMES   runs one of them unmeasured, for callgrind
//   bench --write FOLDER     writes the good bodies of each kind, for programs in other languages: each after its size
//                            in decimal and a line feed
#include "../tests/allocations.hpp"
#include "../tests/reference/reference.hpp"
#include "adapters/adapter.hpp"
#include "corpus.hpp"
#include "measured.hpp"
#include <signhook/decoder.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace signhook;
using bench::measured;
using bench::named_corpus;

[[noreturn]] void stop(const std::string& who, std::string_view body) {
  std::fprintf(stderr, "%s and the reference decoder disagree on\n%.*s\n", who.c_str(),
               static_cast<int>(body.size()), body.data());
  std::exit(1);
}

// Ends the program unless everything that is measured agrees with the reference decoder.
void compare(const bench::corpus& bodies, bool are_good, bool are_in_order,
             std::vector<bench::named_adapter>& others) {
  decoder with;
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    const reference::outcome expected = reference::decode(bodies[i], {});
    if (expected.value.has_value() != are_good) stop("the corpus", bodies[i]);
    const auto made = with.decode(bodies[i]);
    if (made.has_value() != are_good) stop("signhook", bodies[i]);
    if (!are_good) {
      const reference::diagnostic& first = expected.first_violation();
      const error& got = made.error();
      if (got.code != first.code || got.offset != first.offset || got.path != first.path)
        stop("signhook", bodies[i]);
      continue;
    }
    if (*made != *expected.value) stop("signhook", bodies[i]);
    for (bench::named_adapter& other : others) {
      if (!are_in_order && !other.takes_any_order) continue;
      event got;
      if (!other.with->decode(bodies[i], got) || got != *expected.value)
        stop(other.name, bodies[i]);
    }
  }
}

void add(std::vector<measured>& all, const named_corpus& of, bool are_good, bool are_in_order,
         const std::vector<bench::named_adapter>& others) {
  bench::add_signhook(all, of);
  bench::add_floors(all, of);
  if (!are_good) return;
  for (const bench::named_adapter& other : others) {
    if (!are_in_order && !other.takes_any_order) continue;
    all.push_back(bench::over(other.name, of, [with = other.with.get()](std::string_view body) {
      event made;
      bool decoded = with->decode(body, made);
      benchmark::DoNotOptimize(decoded);
      benchmark::DoNotOptimize(made);
    }));
  }
}

void measure(benchmark::State& state, const measured& one) {
  one.run();
  const std::size_t before = allocations::count();
  one.run();
  const std::size_t allocated = allocations::count() - before;
  for (auto unused : state) {
    (void)unused;
    one.run();
  }
  using benchmark::Counter;
  const auto count = static_cast<double>(one.count);
  state.counters["per_event"] =
      Counter(count, Counter::kIsIterationInvariantRate | Counter::kInvert);
  state.counters["bytes_per_second"] =
      Counter(static_cast<double>(one.bytes), Counter::kIsIterationInvariantRate);
  state.counters["allocations_per_event"] = static_cast<double>(allocated) / count;
}

int run(const std::vector<measured>& all, std::string_view name, unsigned long times) {
  const auto one =
      std::find_if(all.begin(), all.end(), [&](const measured& of) { return of.name == name; });
  if (one == all.end()) {
    for (const measured& of : all) std::fprintf(stderr, "%s\n", of.name.c_str());
    return 2;
  }
  while (times-- != 0) one->run();
  return 0;
}

// The kind and the number of bodies in WHO/CORPUS/COUNT.
std::string_view kind_in(std::string_view name) {
  const std::size_t begin = name.find('/') + 1;
  return name.substr(begin, name.rfind('/') - begin);
}
std::size_t count_in(const std::string& name) {
  return std::strtoul(name.c_str() + name.rfind('/') + 1, nullptr, 10);
}

[[nodiscard]] bool write(const std::string& path, const bench::corpus& bodies) {
  std::ofstream to(path, std::ios::binary);
  for (std::size_t i = 0; i < bodies.size(); ++i) to << bodies[i].size() << '\n' << bodies[i];
  to.close();
  if (!to) std::fprintf(stderr, "cannot write %s\n", path.c_str());
  return static_cast<bool>(to);
}

[[nodiscard]] bool write_all(const std::string& folder) {
  const bench::corpora made(65536);
  return std::all_of(made.kinds().begin(), made.kinds().end(), [&](const bench::kind& one) {
    return !one.are_good || write(folder + '/' + one.name, one.bodies);
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "--write") return write_all(argv[2]) ? 0 : 1;
  const bool runs_one = argc == 4 && std::string_view(argv[1]) == "--run";
  const std::string only = runs_one ? argv[2] : "";
  const bool is_small = argc > 1 && std::string_view(argv[1]) == "--small";
  if (is_small) std::rotate(argv + 1, argv + 2, argv + argc--);
  if (!runs_one) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  }
  std::vector<bench::named_adapter> others = bench::adapters();
  std::vector<measured> all;
  std::vector<std::unique_ptr<bench::corpora>> kept;
  // A branch predictor learns 1,024 bodies by heart. 65,536 are not repeated often enough for that, and do not fit
  // into the caches.
  std::vector<std::size_t> counts{1024, 65536};
  if (is_small) counts = {1024};
  if (runs_one) counts = {count_in(only)};
  for (const std::size_t count : counts) {
    const bool is_large = count > 1024;
    kept.push_back(std::make_unique<bench::corpora>(count, runs_one ? kind_in(only) : ""));
    const bench::corpora& made = *kept.back();
    for (const bench::kind& one : made.kinds()) {
      // The longest bodies are few, and the same again.
      if (is_large && one.bodies.size() < 1024) continue;
      const named_corpus of{one.name + '/' + std::to_string(one.bodies.size()), &one.bodies};
      if (!is_large && !runs_one) compare(one.bodies, one.are_good, one.are_in_order, others);
      add(all, of, one.are_good, one.are_in_order, others);
      if (one.name == "compact") bench::add_signhook_lines(all, of, made.lines());
    }
  }
  bench::add_signhook_scalars(all);
  if (runs_one) return run(all, only, std::strtoul(argv[3], nullptr, 10));
  for (const measured& one : all) {
    benchmark::RegisterBenchmark(one.name.c_str(),
                                 [&one](benchmark::State& state) { measure(state, one); });
  }
  benchmark::AddCustomContext("compiler", SIGNHOOK_BENCH_COMPILER);
  benchmark::AddCustomContext("flags", SIGNHOOK_BENCH_FLAGS);
  benchmark::AddCustomContext("simdjson", SIGNHOOK_BENCH_SIMDJSON);
  benchmark::AddCustomContext("versions", SIGNHOOK_BENCH_VERSIONS);
  benchmark::AddCustomContext("absent", SIGNHOOK_BENCH_ABSENT);
  benchmark::AddCustomContext("kernel", simdjson::get_active_implementation()->name());
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
