// SPDX-License-Identifier: BSL-1.0
// Any bytes: what the expected way accepts, the general way accepts as an equal event, however strict.
//   cmake --workflow --preset fuzz && build/fuzz/fuzz/ways -dict=build/fuzz/fuzz/ways.dict build/fuzz/fuzz/seeds/ways
#include "../tests/ways.hpp"

#include "target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static ways tolerant;
  static ways strict(signhook::decoder_options::strict());
  const std::string_view body = fuzz::input(data, size);
  const auto expected = ways::expected(body);
  if (!expected || size > signhook::decoder_options().max_bytes) return 0;
  if (tolerant.general(body) != expected) fuzz::stop(body, "the general way has another opinion");
  if (strict.general(body) != expected)
    fuzz::stop(body, "the strict general way has another opinion");
  return 0;
}
