// SPDX-License-Identifier: BSL-1.0
// Any bytes: the library against the reference decoder of the tests, which is made of Boost.JSON.
//   cmake --workflow --preset fuzz && build/fuzz/fuzz/differential -dict=build/fuzz/fuzz/differential.dict build/fuzz/fuzz/seeds/differential
#include "../tests/reference/compare.hpp"
#include "target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static signhook::decoder_options shallow = [] {
    signhook::decoder_options options;
    options.max_depth = 3;
    return options;
  }();
  static reference::comparison comparisons[] = {
      {"tolerant", {}, fuzz::stop},
      {"strict", signhook::decoder_options::strict(), fuzz::stop},
      {"three levels", shallow, fuzz::stop}};
  for (reference::comparison& one : comparisons) one.compare(fuzz::input(data, size));
  return 0;
}
