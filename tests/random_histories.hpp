// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "projection_model.hpp"
#include <signhook/event.hpp>
#include <signhook/schema.hpp>

#include <algorithm>
#include <cstddef>
#include <random>
#include <variant>
#include <vector>

// Without optimisation, as sanitizers are used, a history takes ten times as long.
#ifdef __OPTIMIZE__
constexpr unsigned history_count = 100'000;
#else
constexpr unsigned history_count = 5'000;
#endif

// Random histories of the dossier with the nil id: events that meet, some of which belong to another.
class random_histories {
 public:
  // `size` is the number that no history reaches.
  explicit random_histories(unsigned seed, std::size_t size = 40) : random_(seed), size_(size) {}

  std::size_t below(std::size_t count) { return random_() % count; }

  std::vector<signhook::event> next() {
    std::vector<signhook::event> history(below(size_));
    for (signhook::event& one : history) {
      const std::size_t which = below(signhook::samples.size() + 1);
      if (which != signhook::samples.size()) {
        one = signhook::samples[which];
      } else {
        one =
            signhook::unknown_event{{}, *signhook::type_text::from("new"), {}, signhook::dossier{}};
        if (below(4) == 0) std::get<signhook::unknown_event>(one).dossier.reset();
      }
      projection_model::narrow(one, [this](std::size_t count) { return below(count); });
    }
    return history;
  }

  // Returns the events in another order, some of them twice or more often.
  std::vector<signhook::event> disturbed(std::vector<signhook::event> history) {
    for (std::size_t i = below(10); i != 0 && !history.empty(); --i) {
      const signhook::event again = history[below(history.size())];
      history.push_back(again);
    }
    std::shuffle(history.begin(), history.end(), random_);
    return history;
  }

 private:
  std::mt19937 random_;
  std::size_t size_;
};
