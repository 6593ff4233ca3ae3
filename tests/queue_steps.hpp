// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/inbox/queue.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

// Steps of a worker that the tests over each inbox share.

// Returns the outcome of each, and none at all if `acknowledge` fails.
template <signhook::delivery_queue Queue>
std::vector<signhook::acknowledge_outcome> acknowledge(
    Queue& box, std::span<const signhook::queue_lease> leases) {
  std::vector<signhook::acknowledge_outcome> outcomes(leases.size());
  if (!box.acknowledge(leases, outcomes)) outcomes.clear();
  return outcomes;
}

// Returns how many were removed from the queue.
template <signhook::delivery_queue Queue>
std::size_t count_acknowledged(Queue& box, std::span<const signhook::queue_lease> leases) {
  const auto outcomes = acknowledge(box, leases);
  return static_cast<std::size_t>(
      std::count(outcomes.begin(), outcomes.end(), signhook::acknowledge_outcome::acknowledged));
}
