// SPDX-License-Identifier: BSL-1.0
// Built with -ffast-math, where compilers assume that there is no NaN: a schedule rejects one anyhow.
#include <signhook/delivery.hpp>

#include <bit>
#include <chrono>
#include <cstdint>
#include <cstdio>

namespace {

// Read at run time, so that nothing is known of it.
double double_of(std::uint64_t bits) {
  volatile std::uint64_t hidden = bits;
  return std::bit_cast<double>(std::uint64_t{hidden});
}

bool is_schedule(std::uint64_t bits) {
  return signhook::retry_schedule::from(std::chrono::seconds(1), double_of(bits)).has_value();
}

}  // namespace

int main() {
  struct row {
    const char* name;
    std::uint64_t bits;
    bool expected;
  };
  constexpr row rows[] = {
      {"1", 0x3ff0000000000000, true},
      {"less than 1", 0x3fefffffffffffff, false},
      {"the largest", 0x7fefffffffffffff, true},
      {"infinity", 0x7ff0000000000000, true},
      {"a quiet NaN", 0x7ff8000000000000, false},
      {"a signalling NaN", 0x7ff0000000000001, false},
      {"a negative NaN", 0xfff8000000000000, false},
      {"-1", 0xbff0000000000000, false},
      {"-infinity", 0xfff0000000000000, false},
      {"0", 0, false},
      {"-0", 0x8000000000000000, false},
  };
  int wrong = 0;
  for (const row& one : rows) {
    if (is_schedule(one.bits) == one.expected) continue;
    std::printf("%s\n", one.name);
    ++wrong;
  }
  return wrong;
}
