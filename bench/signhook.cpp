// SPDX-License-Identifier: BSL-1.0
#include "measured.hpp"
#include <signhook/signhook.hpp>

#include <benchmark/benchmark.h>

#include <array>
#include <cstdlib>
#include <iterator>
#include <memory>

namespace bench {
namespace {

using namespace signhook;

// The parts of a decoder, to be measured one by one.
struct parts {
  parts() {
    if (!index.allocate(options.max_bytes)) std::abort();
  }

  decoder_options options;
  detail::token_index index;
  std::unique_ptr<char[]> scratch = std::make_unique<char[]>(options.max_bytes);
};

template <class T, std::size_t Count, class F>
[[nodiscard]] measured over_values(const char* who, const std::array<T, Count>& values, F each) {
  return {who, Count, 0, [&values, each] {
            for (const T& value : values) each(value);
          }};
}

}  // namespace

void add_signhook(std::vector<measured>& to, const named_corpus& of) {
  static decoder with;
  static parts alone;
  to.push_back(over("signhook", of, [](std::string_view body) {
    auto made = with.decode(body);
    benchmark::DoNotOptimize(made);
  }));
  to.push_back(over("signhook validate", of, [](std::string_view body) {
    std::size_t found = 0;
    with.validate(body, [&](const diagnostic&) { ++found; });
    benchmark::DoNotOptimize(found);
  }));
  to.push_back(over("the fast path alone", of, [](std::string_view body) {
    result<event> made(unexpect);
    detail::fast_path_notes notes;
    auto taken = detail::fast_path<detail::input::body>::decode(body, alone.options, made, notes);
    benchmark::DoNotOptimize(taken);
    benchmark::DoNotOptimize(made);
  }));
  to.push_back(over("the slow path alone", of, [](std::string_view body) {
    result<event> made(unexpect);
    if (body.ends_with('}') && alone.index.build(body)) {
      detail::slow_path path(alone.options, alone.index, body, alone.scratch.get());
      auto outcome = path.decode(made);
      benchmark::DoNotOptimize(outcome);
    }
    benchmark::DoNotOptimize(made);
  }));
}

// A body each line: `lines` are those of the corpus.
void add_signhook_lines(std::vector<measured>& to, const named_corpus& of,
                        const std::string& lines) {
  static decoder with;
  to.push_back({"signhook lines/" + of.name, of.bodies->size(), lines.size(), [&lines] {
                  decode_lines(with, lines, [](const decoded_line& line) {
                    const decoded_line* at = &line;
                    benchmark::DoNotOptimize(at);
                  });
                }});
}

void add_signhook_scalars(std::vector<measured>& to) {
  static constexpr std::array<std::string_view, 4> ids = {
      "b041a287-bc92-4469-801e-ae1a39c08f6e", "c36f5fc9-b412-4aeb-9cbd-bdb6cdca581f",
      "523075B3-DAE7-4F2E-89BA-B194D2B56C2F", "00000000-0000-0000-0000-000000000000"};
  static constexpr std::array<std::string_view, 4> times = {
      "2026-01-01T00:00:00+00:00", "2024-02-29T23:59:59+00:00", "1999-12-31T12:34:56-08:00",
      "2026-11-24T09:10:11+05:30"};
  to.push_back(over_values("uuid::parse", ids, [](std::string_view text) {
    auto read = uuid::parse(text);
    benchmark::DoNotOptimize(read);
  }));
  to.push_back(over_values("timestamp::parse", times, [](std::string_view text) {
    auto read = timestamp::parse(text);
    benchmark::DoNotOptimize(read);
  }));
  to.push_back(over_values("encode", samples, [](const event& of) {
    std::array<char, max_encoded_size> buffer;
    auto written = encode(of, buffer);
    benchmark::DoNotOptimize(written);
    benchmark::DoNotOptimize(buffer);
  }));
}

}  // namespace bench
