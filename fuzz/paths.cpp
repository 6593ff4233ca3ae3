// SPDX-License-Identifier: BSL-1.0
// Any bytes: what opinion the fast path has, the slow path has too, however strict.
//   cmake --workflow --preset fuzz && build/fuzz/fuzz/ways -dict=build/fuzz/fuzz/ways.dict build/fuzz/fuzz/seeds/ways
#include "../tests/paths.hpp"

#include "target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static ways tolerant;
  static ways strict(signhook::decoder_options::strict());
  const std::string_view body = fuzz::input(data, size);
  if (size == 0 || size > signhook::decoder_options().max_bytes) return 0;
  for (ways* const all : {&tolerant, &strict}) {
    const auto expected = all->expected(body);
    if (expected && *expected != all->general(body))
      fuzz::stop(body, "the slow path has another opinion");
  }
  return 0;
}
