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

// Makes events like the documented samples, with new ids and times.
class sample_maker {
 public:
  // Makes events of these types in turn; of all types if there are none.
  sample_maker(const std::vector<std::string>& types, std::uint64_t seed);

  [[nodiscard]] std::size_t kinds() const { return samples_.size(); }

  [[nodiscard]] signhook::event next(std::chrono::system_clock::time_point now);
  [[nodiscard]] signhook::event next_unknown(std::chrono::system_clock::time_point now);

  // Returns the body with an invalid byte or without its end, so that it is not JSON. It must not be empty.
  [[nodiscard]] std::string corrupted(std::string body);

  // Returns true with this probability.
  [[nodiscard]] bool happens(double probability);

  [[nodiscard]] std::mt19937_64& random() { return random_; }

 private:
  [[nodiscard]] signhook::uuid fresh_id();

  std::vector<signhook::event> samples_;
  std::size_t next_ = 0;
  std::mt19937_64 random_;
};
