// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "deliver/target.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

// Each in a file of its own, which another one replaces where the library is missing. Throw std::runtime_error if the
// options cannot be used.
[[nodiscard]] std::vector<std::unique_ptr<target>> make_amqp_targets(
    const target_options& options, std::size_t count, const std::atomic<bool>& is_stopping);
[[nodiscard]] std::vector<std::unique_ptr<target>> make_kafka_targets(
    const target_options& options, std::size_t count, const std::atomic<bool>& is_stopping);
