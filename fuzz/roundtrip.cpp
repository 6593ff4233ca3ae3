// SPDX-License-Identifier: BSL-1.0
// Any bytes: a decoded event is encoded to a body that decodes to the same event.
//   cmake --workflow --preset fuzz && build/fuzz/fuzz/roundtrip -dict=build/fuzz/fuzz/roundtrip.dict build/fuzz/fuzz/seeds/roundtrip
#include "../tests/paths.hpp"
#include "target.hpp"
#include <signhook/signhook.hpp>

#include <array>
#include <iterator>
#include <span>
#include <string>
#include <string_view>

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace signhook;
  static decoder with;
  static decoder strict(decoder_options::strict());
  static paths both;
  const std::string_view body = fuzz::input(data, size);
  const result<event> first = with.decode(body);
  if (!first) return 0;

  std::array<char, max_encoded_size> buffer{};
  const auto encoded = encode(*first, buffer);
  if (!encoded) fuzz::stop(body, "an event that does not fit into max_encoded_size");
  std::string written;
  encode_to(*first, std::back_inserter(written));
  if (written != *encoded) fuzz::stop(body, "two encodings of one event");
  if (encode(*first, std::span(buffer).first(written.size() - 1)))
    fuzz::stop(body, "an encoding that fits where there is no room");

  const result<event> second = with.decode(written);
  if (!second) fuzz::stop(written, "an encoded event that does not decode");
  if (*second != *first) fuzz::stop(body, "an event that comes back as another");
  if (both.slow(written) != *first)
    fuzz::stop(written, "the slow path makes another event of an encoded one");
  const auto fast = both.fast(written);
  if (fast && *fast != *first)
    fuzz::stop(written, "the fast path makes another event of an encoded one");
  if (strict.decode(written) && !fast)
    fuzz::stop(written, "the fast path declines an encoded event");
  if (type_of(*second) != type_of(*first)) fuzz::stop(body, "a type that comes back as another");
  return 0;
}
