// SPDX-License-Identifier: BSL-1.0
#include "deliver/trace_context.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <stdexcept>

namespace {

// All zeros are invalid.
template <class Bytes>
bool is_zero(const Bytes& bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

template <class Bytes>
void fill_randomly(Bytes& bytes) {
  while (is_zero(bytes)) {
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
      throw std::runtime_error("OpenSSL has no random numbers");
    }
  }
}

}  // namespace

std::string make_traceparent(const signhook::event_id& id) {
  auto trace = id.value.bytes;
  std::array<std::uint8_t, 8> parent{};
  fill_randomly(trace);  // which only the nil UUID needs
  fill_randomly(parent);
  std::string made = "00-";
  const auto add = [&](const auto& bytes) {
    for (const std::uint8_t byte : bytes) fmt::format_to(std::back_inserter(made), "{:02x}", byte);
    made += '-';
  };
  add(trace);
  add(parent);
  return made + "01";  // sampled
}
