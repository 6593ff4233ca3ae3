// SPDX-License-Identifier: BSL-1.0
#include "target.hpp"

#include <cstdio>
#include <cstdlib>

namespace fuzz {

void stop(std::string_view bytes, const std::string& why) {
  std::fprintf(stderr, "%s\n  with these %zu bytes: \"", why.c_str(), bytes.size());
  for (const char c : bytes) {
    if (c == '"' || c == '\\') {
      std::fprintf(stderr, "\\%c", c);
    } else if (c >= ' ' && c < '\x7f') {
      std::fputc(c, stderr);
    } else {
      // In octal, which ends after three digits whatever follows.
      std::fprintf(stderr, "\\%03o", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  std::fputs("\"\n", stderr);
  std::abort();
}

}  // namespace fuzz
