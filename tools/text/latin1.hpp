// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/detail/text/utf8.hpp>

#include <string>

// Returns a field value as UTF-8. Values that are not UTF-8 are read as ISO 8859-1, as HTTP did once.
[[nodiscard]] inline std::string as_utf8(const std::string& bytes) {
  if (signhook::detail::is_utf8(bytes)) return bytes;
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      text += static_cast<char>(0xc0U | byte >> 6U);
      text += static_cast<char>(0x80U | (byte & 0x3fU));
    }
  }
  return text;
}
