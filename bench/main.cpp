// SPDX-License-Identifier: BSL-1.0
// How long a body takes: here, with other libraries to the same event, and what no way can go below.
//   bench [--large] [--benchmark_...]
#include "../tests/allocations.hpp"
#include "../tests/reference/reference.hpp"
#include "../tests/ways.hpp"
#include "corpus.hpp"
#include "ways/way.hpp"
#include <signhook/signhook.hpp>

#include <benchmark/benchmark.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace signhook;

struct named_corpus {
  std::string name;
  const bench::corpus* bodies;
};

// Runs `each` with every body of a corpus, in turn, and reports what an event takes.
template <class F>
void add(const std::string& name, const named_corpus& of, F each) {
  const bench::corpus& bodies = *of.bodies;
  benchmark::RegisterBenchmark(
      (name + "/" + of.name).c_str(), [&bodies, each](benchmark::State& state) {
        for (std::size_t i = 0; i < bodies.size(); ++i) each(bodies[i]);
        const std::size_t before = allocations::count();
        for (std::size_t i = 0; i < bodies.size(); ++i) each(bodies[i]);
        const std::size_t allocated = allocations::count() - before;
        for (auto unused : state) {
          (void)unused;
          for (std::size_t i = 0; i < bodies.size(); ++i) each(bodies[i]);
        }
        using benchmark::Counter;
        const auto count = static_cast<double>(bodies.size());
        state.counters["per_event"] =
            Counter(count, Counter::kIsIterationInvariantRate | Counter::kInvert);
        state.counters["bytes_per_second"] =
            Counter(static_cast<double>(bodies.total_bytes()), Counter::kIsIterationInvariantRate);
        state.counters["allocations_per_event"] = static_cast<double>(allocated) / count;
      });
}

class library {
 public:
  library() {
    if (!index_.allocate(options_.max_bytes)) std::abort();
  }

  void add_to(const named_corpus& of) {
    add("signhook", of, [this](std::string_view body) {
      auto made = decoder_.decode(body);
      benchmark::DoNotOptimize(made);
    });
    add("signhook, padded", of, [this](std::string_view body) {
      auto made =
          decoder_.decode(simdjson::padded_string_view(body, body.size() + bench::corpus::padding));
      benchmark::DoNotOptimize(made);
    });
    add("signhook validate", of, [this](std::string_view body) {
      std::size_t found = 0;
      decoder_.validate(body, [&](const finding&) { ++found; });
      benchmark::DoNotOptimize(found);
    });
    add("the expected way alone", of, [](std::string_view body) {
      event made;
      bool taken = detail::expected_way(body).decode(made);
      benchmark::DoNotOptimize(taken);
      benchmark::DoNotOptimize(made);
    });
    add("the general way alone", of, [this](std::string_view body) {
      event made;
      auto accepted = detail::general_way(options_, scratch_.get()).decode(index_, body, made);
      benchmark::DoNotOptimize(accepted);
      benchmark::DoNotOptimize(made);
    });
  }

 private:
  decoder decoder_;
  decoder_options options_;
  detail::token_index index_;
  std::unique_ptr<char[]> scratch_ =
      std::make_unique<char[]>(options_.max_bytes + simdjson::SIMDJSON_PADDING);
};

// What a way that looks at every byte cannot go below.
class floors {
 public:
  floors() {
    if (simdjson::get_active_implementation()->create_dom_parser_implementation(
            65536, 64, index_) != simdjson::SUCCESS) {
      std::abort();
    }
  }

  void add_to(const named_corpus& of) {
    add("floor: simdjson's index", of, [this](std::string_view body) {
      auto error = index_->stage1(reinterpret_cast<const std::uint8_t*>(body.data()), body.size(),
                                  simdjson::stage1_mode::regular);
      benchmark::DoNotOptimize(error);
    });
    add("floor: validate_utf8", of, [](std::string_view body) {
      bool valid = simdjson::validate_utf8(body.data(), body.size());
      benchmark::DoNotOptimize(valid);
    });
    add("floor: memcpy", of, [this](std::string_view body) {
      std::memcpy(copy_.data(), body.data(), body.size());
      benchmark::DoNotOptimize(copy_);
      benchmark::ClobberMemory();
    });
  }

 private:
  std::unique_ptr<simdjson::internal::dom_parser_implementation> index_;
  std::array<char, 65536> copy_{};
};

[[noreturn]] void refuse(const std::string& who, std::string_view body) {
  std::fprintf(stderr, "%s is not what the reference says of\n%.*s\n", who.c_str(),
               static_cast<int>(body.size()), body.data());
  std::exit(1);
}

// What is measured gives what the reference gives, or nothing is measured.
void compare(const bench::corpus& bodies, bool are_good, std::vector<bench::named_way>& others) {
  decoder with;
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    const std::optional<event> expected = reference::decode(bodies[i], {}).value;
    if (expected.has_value() != are_good) refuse("the corpus", bodies[i]);
    const auto made = with.decode(bodies[i]);
    if (made.has_value() != are_good || (are_good && *made != *expected))
      refuse("signhook", bodies[i]);
    for (bench::named_way& other : others) {
      event got;
      if (are_good && (!other.with->decode(bodies[i], got) || got != *expected))
        refuse(other.name, bodies[i]);
    }
  }
}

void add_leaves() {
  static const std::vector<std::string> ids = [] {
    std::vector<std::string> made;
    for (const event& sample : samples) {
      std::visit(
          [&](const auto& one) {
            std::string text(uuid::text_size, ' ');
            one.id.write_to(text.data());
            made.push_back(text);
          },
          sample);
    }
    return made;
  }();
  const auto add_leaf = [](const char* name, auto each, std::size_t count) {
    benchmark::RegisterBenchmark(name, [each, count](benchmark::State& state) {
      for (auto unused : state) {
        (void)unused;
        for (std::size_t i = 0; i < count; ++i) each(i);
      }
      state.counters["per_event"] = benchmark::Counter(
          static_cast<double>(count),
          benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
    });
  };
  add_leaf(
      "uuid::parse",
      [](std::size_t i) {
        auto read = uuid::parse(ids[i]);
        benchmark::DoNotOptimize(read);
      },
      ids.size());
  static const std::string_view times[] = {"2026-01-01T00:00:00+00:00", "2024-02-29T23:59:59+00:00",
                                           "1999-12-31T12:34:56-08:00",
                                           "2026-11-24T09:10:11+05:30"};
  add_leaf(
      "timestamp::parse",
      [](std::size_t i) {
        auto read = timestamp::parse(times[i]);
        benchmark::DoNotOptimize(read);
      },
      std::size(times));
  add_leaf(
      "encode",
      [](std::size_t i) {
        std::array<char, max_encoded_size> buffer;
        auto written = encode(samples[i], buffer);
        benchmark::DoNotOptimize(written);
        benchmark::DoNotOptimize(buffer);
      },
      samples.size());
}

}  // namespace

int main(int argc, char** argv) {
  // 65,536 bodies do not fit into the caches, and take seconds to make.
  const bool is_large = argc > 1 && std::string_view(argv[1]) == "--large";
  if (is_large) std::rotate(argv + 1, argv + 2, argv + argc--);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  std::vector<bench::named_way> others = bench::alternatives();
  library ours;
  floors least;
  std::vector<std::unique_ptr<bench::corpora>> kept;
  for (const std::size_t count : {std::size_t{1024}, std::size_t{65536}}) {
    if (count > 1024 && !is_large) continue;
    kept.push_back(std::make_unique<bench::corpora>(bench::make_corpora(count)));
    const bench::corpora& all = *kept.back();
    const std::string size = std::string(1, '/').append(std::to_string(count));
    for (const named_corpus& of :
         {named_corpus{"compact" + size, &all.compact}, named_corpus{"pretty" + size, &all.pretty},
          named_corpus{"evolved" + size, &all.evolved},
          named_corpus{"unknown states" + size, &all.unknown_states},
          named_corpus{"broken" + size, &all.broken}}) {
      const bool are_good = of.bodies != &all.broken;
      if (count == 1024) compare(*of.bodies, are_good, others);
      ours.add_to(of);
      least.add_to(of);
      for (const bench::named_way& other : others) {
        bench::way* const with = other.with.get();
        if (!are_good) continue;
        add(other.name, of, [with](std::string_view body) {
          event made;
          bool decoded = with->decode(body, made);
          benchmark::DoNotOptimize(decoded);
          benchmark::DoNotOptimize(made);
        });
      }
    }
  }
  add_leaves();
  benchmark::AddCustomContext("compiler", SIGNHOOK_BENCH_COMPILER);
  benchmark::AddCustomContext("flags", SIGNHOOK_BENCH_FLAGS);
  benchmark::AddCustomContext("simdjson", SIGNHOOK_BENCH_SIMDJSON);
  benchmark::AddCustomContext("kernel", simdjson::get_active_implementation()->name());
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
