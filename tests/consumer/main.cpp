// SPDX-License-Identifier: BSL-1.0
#include <signhook/format.hpp>
#include <signhook/signhook.hpp>

#include <array>
#include <cstdio>

int main() {
  signhook::decoder decoder;
  for (const signhook::event& sample : signhook::samples) {
    std::array<char, signhook::max_encoded_size> buffer;
    const auto decoded = decoder.decode(*signhook::encode(sample, buffer));
    if (!decoded) return 1;
    fmt::print("{}\n", *decoded);
  }
}
