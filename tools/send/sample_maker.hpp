// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/event.hpp>
#include <signhook/uuid.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

// Makes events after the documented ones, with ids and a time of their own.
class sample_maker {
 public:
  // Of these types in turn; of all where there are none.
  sample_maker(const std::vector<std::string>& types, std::uint64_t seed);

  [[nodiscard]] std::size_t kinds() const { return samples_.size(); }

  [[nodiscard]] signhook::event next(std::chrono::system_clock::time_point now);
  [[nodiscard]] signhook::event next_unknown(std::chrono::system_clock::time_point now);

  // The body with a hole, or without its end: no JSON any more. It must not be empty.
  [[nodiscard]] std::string corrupted(std::string body);

  // Whether something happens that happens with this probability.
  [[nodiscard]] bool happens(double probability);

  [[nodiscard]] std::mt19937_64& random() { return random_; }

 private:
  [[nodiscard]] signhook::uuid fresh_id();

  std::vector<signhook::event> samples_;
  std::size_t next_ = 0;
  std::mt19937_64 random_;
};
