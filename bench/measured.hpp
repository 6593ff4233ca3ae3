// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "corpus.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

// What is measured: `run` does it to each of `count` events or values, which have so many bytes.
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

// `each(body)` for all bodies of a corpus, in turn.
template <class F>
[[nodiscard]] measured over(const std::string& who, const named_corpus& of, F each) {
  const corpus& bodies = *of.bodies;
  return {who + '/' + of.name, bodies.size(), bodies.total_bytes(), [&bodies, each] {
            for (std::size_t i = 0; i < bodies.size(); ++i) each(bodies[i]);
          }};
}

// This library and its parts.
void add_signhook(std::vector<measured>& to, const named_corpus& of);
void add_signhook_lines(std::vector<measured>& to, const named_corpus& of,
                        const std::string& lines);
void add_signhook_leaves(std::vector<measured>& to);

// What a way that looks at every byte cannot go below.
void add_floors(std::vector<measured>& to, const named_corpus& of);

}  // namespace bench
