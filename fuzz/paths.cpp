// SPDX-License-Identifier: BSL-1.0
// Any bytes: the slow path makes the same event of what the fast path takes, however strict.
//   cmake --workflow --preset fuzz && build/fuzz/fuzz/paths -dict=build/fuzz/fuzz/paths.dict build/fuzz/fuzz/seeds/paths
#include "../tests/paths.hpp"

#include "target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static paths tolerant;
  static paths strict(signhook::decoder_options::strict());
  const std::string_view body = fuzz::input(data, size);
  if (size == 0 || size > signhook::decoder_options().max_bytes) return 0;
  for (paths* const all : {&tolerant, &strict}) {
    const auto taken = all->fast(body);
    if (taken && *taken != all->slow(body)) fuzz::stop(body, "the paths disagree");
  }
  return 0;
}
