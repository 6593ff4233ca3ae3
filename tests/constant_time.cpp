// SPDX-License-Identifier: BSL-1.0
// Shows wrong secrets to a receiver, so that the instructions of each look can be counted:
// constant_time.cmake. Prints how many there were.
#include <signhook/receiver.hpp>

#include <array>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using headers = std::array<signhook::header, 2>;

}  // namespace

// By this name callgrind knows when to count.
extern "C" [[gnu::noinline]] int show(const signhook::receiver& to, signhook::decoder& with,
                                      const headers& of, std::string_view body) {
  return to.receive(with, {.method = "POST", .headers = of, .body = body}).status;
}

int main() {
  const std::array<std::string, 2> kept = {std::string(24, 'a'), std::string(256, 'b')};
  const std::array<std::string_view, 2> secrets = {kept[0], kept[1]};
  auto made = signhook::receiver::make({.secret_header = "X-Secret", .secrets = secrets});
  if (!made) return 2;

  // Right up to each of its bytes, and from each on; of other lengths; nothing at all.
  std::vector<std::string> wrong = {"", "x"};
  for (const std::string& secret : kept) {
    for (std::size_t at = 0; at < secret.size(); at += secret.size() / 12) {
      wrong.push_back(secret);
      wrong.back()[at] = 'x';
      wrong.push_back(std::string(at, 'x') + secret.substr(at));
      wrong.push_back(secret.substr(0, at));
      wrong.push_back(secret + std::string(at + 1, 'a'));
    }
    wrong.push_back(secret);
    wrong.back().back() = 'x';
  }
  for (const std::size_t size : {255U, 256U, 257U, 4096U}) wrong.emplace_back(size, 'a');

  signhook::decoder decoding;
  std::size_t shown = 0;
  const auto expect = [&](int status, std::string_view secret, std::string_view body) {
    const headers of = {{{"X-Secret", secret}, {"Content-Type", "application/json"}}};
    ++shown;
    if (show(*made, decoding, of, body) != status) std::exit(3);
  };
  const std::string large(64 * 1024, '[');
  for (const std::string& secret : wrong) {
    if (secret == kept[0] || secret == kept[1]) continue;
    expect(401, secret, "{}");
    expect(401, secret, large);
  }
  std::printf("%zu", shown);
}
