// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/http/token.hpp>

#include <cstddef>
#include <string_view>

// The fields that say what a body is: Content-Type and Content-Encoding.

namespace signhook::inline SIGNHOOK_ABI::detail {

// Skips optional white space (RFC 9110, section 5.6.3).
[[nodiscard]] constexpr std::size_t skip_space(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return at;
}

// Returns the end of the quoted-string at `at` (RFC 9110, section 5.6.4), or 0 if it has none.
[[nodiscard]] constexpr std::size_t end_of_quoted(std::string_view text, std::size_t at) noexcept {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\' && ++at == text.size()) return 0;
    const auto byte = static_cast<unsigned char>(text[at]);
    if ((byte < ' ' && byte != '\t') || byte == 0x7f) return 0;
  }
  return 0;
}

// Returns true if a Content-Type names JSON, with any parameters (RFC 9110, sections 5.6.6 and 8.3.1).
[[nodiscard]] constexpr bool is_json_media_type(std::string_view text) noexcept {
  constexpr std::string_view json = "application/json";
  if (!equal_without_case(text.substr(0, json.size()), json)) return false;
  std::size_t at = skip_space(text, json.size());
  while (at < text.size()) {
    if (text[at] != ';') return false;
    at = skip_space(text, at + 1);
    if (at == text.size() || text[at] == ';') continue;  // a parameter may be missing
    const std::string_view name = token_at(text, at);
    at += name.size();
    if (name.empty() || at == text.size() || text[at] != '=') return false;
    ++at;
    if (at < text.size() && text[at] == '"') {
      at = end_of_quoted(text, at);
      if (at == 0) return false;
    } else {
      const std::string_view value = token_at(text, at);
      if (value.empty()) return false;
      at += value.size();
    }
    at = skip_space(text, at);
  }
  return true;
}

// Returns true if a Content-Encoding says that the body is as it is (RFC 9110, sections 8.4 and 12.5.3):
// a list, which may be empty, of nothing but `identity`.
[[nodiscard]] constexpr bool is_identity_coding(std::string_view text) noexcept {
  for (std::size_t at = skip_space(text, 0); at < text.size(); at = skip_space(text, at)) {
    if (text[at] == ',') {
      ++at;
      continue;
    }
    const std::string_view coding = token_at(text, at);
    if (!equal_without_case(coding, "identity")) return false;
    at = skip_space(text, at + coding.size());
    if (at < text.size() && text[at] != ',') return false;
  }
  return true;
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail
