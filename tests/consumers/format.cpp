// SPDX-License-Identifier: BSL-1.0
#include <signhook/format.hpp>
#include <signhook/signhook.hpp>

#include <array>
#include <cstdio>
#include <string_view>

// Decodes the body on standard input and prints the event by fmt.
int main() {
  std::array<char, 4096> read;
  const std::string_view body(read.data(), std::fread(read.data(), 1, read.size(), stdin));
  signhook::decoder decoder;
  const auto decoded = decoder.decode(body);
  if (!decoded) return 1;
  fmt::print("{}\n", *decoded);
}
