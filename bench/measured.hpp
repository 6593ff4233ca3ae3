// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "corpus.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

// A measured function: `run` applies it to each of `count` events or values of `bytes` in total.
struct measured {
  std::string name;  // WHO/CORPUS/COUNT, or WHO
  std::size_t count;
  std::size_t bytes;
  std::function<void()> run;
};

struct named_corpus {
  std::string name;
  const corpus* bodies;
};

// Measures `each(body)` over all bodies of a corpus.
template <class F>
[[nodiscard]] measured over(const std::string& who, const named_corpus& of, F each) {
  const corpus& bodies = *of.bodies;
  return {who + '/' + of.name, bodies.size(), bodies.total_bytes(), [&bodies, each] {
            for (std::size_t i = 0; i < bodies.size(); ++i) each(bodies[i]);
          }};
}

// signhook and its parts.
void add_signhook(std::vector<measured>& to, const named_corpus& of);
void add_signhook_lines(std::vector<measured>& to, const named_corpus& of,
                        const std::string& lines);
void add_signhook_scalars(std::vector<measured>& to);

// Lower bounds for a decoder that reads every byte.
void add_floors(std::vector<measured>& to, const named_corpus& of);

}  // namespace bench
