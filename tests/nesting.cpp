// SPDX-License-Identifier: BSL-1.0
// A hundred thousand levels, in builds of several kinds: an error, and neither an abort nor a crash.
#include <signhook/decoder.hpp>

#include <cstdio>
#include <string>
#include <string_view>

namespace {

using namespace signhook;

bool is_too_deep(decoder& with, const std::string& body, std::size_t offset) {
  const auto decoded = with.decode(body);
  const error expected{errc::too_deep, static_cast<std::uint32_t>(offset), ""};
  std::size_t found = 0;
  const bool accepted =
      with.validate(body, [&](const diagnostic& one) { found += one.error == expected ? 1U : 2U; });
  return !decoded && decoded.error() == expected && !accepted && found == 1;
}

}  // namespace

int main() {
  decoder_options options;
  options.max_bytes = 1U << 21U;
  bool good = true;
  for (const std::uint32_t depth : {3U, 32U, 1024U}) {
    options.max_depth = depth;
    decoder with(options);
    const std::string_view levels[] = {"[", "{\"a\":", "[{\"a\":", "{\"id\":", "{\"dossier\":"};
    for (const std::string_view level : levels) {
      const bool is_double = level[0] == '[' && level.size() > 1;
      std::string body;
      for (int i = 0; i < 100000; ++i) body += level;
      // The bracket that opens one level too many.
      const std::size_t offset =
          is_double ? depth / 2 * level.size() + depth % 2 : depth * level.size();
      good = good && is_too_deep(with, body, offset);
      good = good && is_too_deep(with, "{\"id\":" + body,
                                 is_double ? 6 + (depth - 1) / 2 * level.size() + (depth - 1) % 2
                                           : 6 + (depth - 1) * level.size());
      // Faults after the bracket do not matter.
      good = good && is_too_deep(with, body + "\xff}]", offset);
    }
  }
  if (!good) std::fputs("a nested body was not rejected as it should\n", stderr);
  return good ? 0 : 1;
}
