// SPDX-License-Identifier: BSL-1.0
// The input is choices, which give events that meet and an order. Their projection depends on neither order
// nor repetition nor on where they were applied, and equals what a search through all of them finds.
//   cmake --workflow --preset fuzz && build/fuzz/fuzz/projection build/fuzz/fuzz/seeds/projection
#include "../tests/projection_model.hpp"
#include "random_event.hpp"
#include "target.hpp"
#include <signhook/encoder.hpp>
#include <signhook/projection/storage.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace signhook;

template <class Projection>
std::string stored(const Projection& of) {
  std::string bytes;
  store_to(of, std::back_inserter(bytes));
  return bytes;
}

std::string body_of(const event& of) {
  std::string body;
  encode_to(of, std::back_inserter(body));
  return body;
}

struct history {
  std::vector<event> sorted;     // by their bodies, each once
  std::vector<event> disturbed;  // in any order, some of them twice or more often
};

history history_of(fuzz::choices& from) {
  // This comes first, as there may be no bytes left after the events.
  std::mt19937 random(static_cast<unsigned>(from.below(65536)));
  constexpr std::size_t most = 32;
  history made;
  while (!from.is_empty() && made.disturbed.size() != most) {
    const bool is_known = !made.disturbed.empty() && from.one_in(2);
    event one = is_known ? from.one_of(made.disturbed) : fuzz::random_event(from);
    projection_model::narrow(one, [&](std::size_t count) { return from.below(count); });
    made.disturbed.push_back(one);
  }
  std::map<std::string, event> by_body;
  for (const event& one : made.disturbed) by_body.emplace(body_of(one), one);
  for (const auto& [body, one] : by_body) made.sorted.push_back(one);

  for (std::size_t i = made.disturbed.empty() ? 0 : random() % 8; i != 0; --i) {
    const event again = made.disturbed[random() % made.disturbed.size()];
    made.disturbed.push_back(again);
  }
  std::shuffle(made.disturbed.begin(), made.disturbed.end(), random);
  return made;
}

template <class Projection>
std::string fault(const history& of) {
  Projection sorted{dossier_id()};
  if (std::string why = projection_model::apply_all(sorted, of.sorted); !why.empty()) return why;
  const std::string written = projection_model::written_projection(sorted);
  const std::string expected = projection_model::expected(sorted, of.sorted);
  if (written != expected) return "a projection\n" + written + "  that should be\n" + expected;

  Projection disturbed{dossier_id()};
  for (const event& one : of.disturbed) disturbed.apply(one);
  if (disturbed != sorted)
    return "a projection that depends on order:\n" + written +
           projection_model::written_projection(disturbed);

  Projection left{dossier_id()};
  Projection right{dossier_id()};
  for (std::size_t i = 0; i != of.disturbed.size(); ++i)
    (i % 3 == 0 ? left : right).apply(of.disturbed[i]);
  Projection merged = left;
  merged.merge(right);
  right.merge(left);
  if (load_projection<Projection>(stored(sorted)) != sorted)
    return "a projection that does not load as it was stored";

  Projection of_rows{dossier_id()};
  for (auto one = of.disturbed.rbegin(); one != of.disturbed.rend(); ++one)
    for_each_observation(*one, [&](const observation_row& row) { of_rows.apply(row); });
  if (of_rows != sorted) return "a projection that differs from that of its rows";
  if (merged != sorted || right != sorted) return "two projections that merge to another";
  return {};
}

// The input as stored bytes.
template <class Projection>
std::string load_fault(std::string_view bytes) {
  const auto loaded = load_projection<Projection>(bytes);
  return loaded && stored(*loaded) != bytes ? "bytes that load are not those that are stored" : "";
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::input(data, size);
  fuzz::choices from(input);
  const history made = history_of(from);
  for (const std::string& why :
       {fault<dossier_projection>(made), fault<basic_dossier_projection<2, 3, 1>>(made),
        load_fault<dossier_projection>(input),
        load_fault<basic_dossier_projection<2, 3, 1>>(input)}) {
    if (why.empty()) continue;
    std::string bodies;
    for (const event& one : made.disturbed) bodies += "\n" + body_of(one);
    fuzz::stop(input, why + "  after" + bodies);
  }
  return 0;
}
