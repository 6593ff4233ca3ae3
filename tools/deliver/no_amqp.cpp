// SPDX-License-Identifier: BSL-1.0
// Replaces amqp_target.cpp where librabbitmq was not found.
#include "deliver/buses.hpp"

#include <stdexcept>

std::vector<std::unique_ptr<target>> make_amqp_targets(const target_options& /*options*/,
                                                       std::size_t /*count*/,
                                                       const std::atomic<bool>& /*is_stopping*/) {
  throw std::runtime_error("this program was built without librabbitmq");
}
