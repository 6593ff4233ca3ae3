// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/text/utf8.hpp>
#include <signhook/subscription/request_error.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

// The values of HTTP's header fields (RFC 9110, section 5.5).

namespace signhook::inline SIGNHOOK_ABI::detail {

[[nodiscard]] constexpr bool is_field_space(char c) noexcept { return c == ' ' || c == '\t'; }

// field-value: visible characters, spaces and tabs within, and bytes above 0x7f, of which JSON
// takes UTF-8 alone.
[[nodiscard]] constexpr std::optional<request_error> check_field_value(std::string_view value,
                                                                       std::size_t item) noexcept {
  if (!value.empty() && is_field_space(value.front())) {
    return request_error{request_errc::padded_header_value, item, 0};
  }
  const char* const end = value.data() + value.size();
  for (const char* p = value.data(); p != end;) {
    const auto here = static_cast<std::size_t>(p - value.data());
    const auto byte = static_cast<unsigned char>(*p);
    if ((byte < 0x20 && *p != '\t') || byte == 0x7f) {
      return request_error{request_errc::invalid_header_value, item, here};
    }
    const utf8_step step = step_utf8(p, end);
    if (!step.valid) {
      return request_error{request_errc::header_value_not_utf8, item,
                           static_cast<std::size_t>(step.next - value.data())};
    }
    p = step.next;
  }
  if (!value.empty() && is_field_space(value.back())) {
    const std::size_t last = value.find_last_not_of(" \t");
    return request_error{request_errc::padded_header_value, item, last + 1};
  }
  return std::nullopt;
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail
