// SPDX-License-Identifier: BSL-1.0
#include "measured.hpp"

#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace bench {

void add_floors(std::vector<measured>& to, const named_corpus& of) {
  constexpr std::size_t largest = 65536;
  static const auto index = [] {
    std::unique_ptr<simdjson::internal::dom_parser_implementation> made;
    if (simdjson::get_active_implementation()->create_dom_parser_implementation(
            largest, 64, made) != simdjson::SUCCESS) {
      std::abort();
    }
    return made;
  }();
  to.push_back(over("floor: simdjson stage 1", of, [](std::string_view body) {
    auto error = index->stage1(reinterpret_cast<const std::uint8_t*>(body.data()), body.size(),
                               simdjson::stage1_mode::regular);
    benchmark::DoNotOptimize(error);
  }));
  to.push_back(over("floor: validate_utf8", of, [](std::string_view body) {
    bool valid = simdjson::validate_utf8(body.data(), body.size());
    benchmark::DoNotOptimize(valid);
  }));
  static std::array<char, largest> copy;
  to.push_back(over("floor: memcpy", of, [](std::string_view body) {
    std::memcpy(copy.data(), body.data(), body.size());
    benchmark::DoNotOptimize(copy);
    benchmark::ClobberMemory();
  }));
}

}  // namespace bench
