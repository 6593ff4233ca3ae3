// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// Every body that is one step away from a documented one, for steps of many kinds. Nothing is random,
// and nothing here knows what a step does to the body.

namespace corpus {

using sink = std::function<void(std::string_view body)>;

// A part of the corpus that can be written on its own.
struct part {
  std::string family;
  bool large;  // millions of bodies that hardly differ
  std::function<void(const sink&)> write;
};

[[nodiscard]] std::vector<part> parts();

}  // namespace corpus
