// SPDX-License-Identifier: BSL-1.0
#include <signhook/signhook.hpp>

#include <array>
#include <cstdio>
#include <string_view>

// Decodes the body on standard input and writes it as the service would.
int main() {
  std::array<char, 4096> read;
  const std::string_view body(read.data(), std::fread(read.data(), 1, read.size(), stdin));
  signhook::decoder decoder;
  const auto decoded = decoder.decode(body);
  if (!decoded) return 1;
  std::array<char, signhook::max_encoded_size> buffer;
  const auto written = signhook::encode(*decoded, buffer);
  if (!written) return 1;
  std::fwrite(written->data(), 1, written->size(), stdout);
  std::putchar('\n');
}
