// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "http/headers.hpp"
#include <signhook/detail/http/token.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>

// Returns the text without spaces and tabs around it.
[[nodiscard]] inline std::string_view without_space(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// Calls `each` for the elements of the lists in all fields of a name, in order. Empty elements are skipped
// (RFC 9110, section 5.6.1.2). A comma in a quoted string is not expected in the lists that are read so.
template <class Each>
void for_each_element(const http_headers& headers, std::string_view name, const Each& each) {
  for (const auto& [one, value] : headers) {
    if (!signhook::detail::equal_without_case(one, name)) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      if (const auto element = without_space(rest.substr(0, comma)); !element.empty()) {
        each(element);
      }
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
}

// Returns the number of fields of a name.
[[nodiscard]] inline std::size_t count_fields(const http_headers& headers, std::string_view name) {
  return static_cast<std::size_t>(
      std::count_if(headers.begin(), headers.end(), [name](const auto& field) {
        return signhook::detail::equal_without_case(field.first, name);
      }));
}

// Returns the value of the first field of a name; empty if there is none.
[[nodiscard]] inline std::string_view first_value(const http_headers& headers,
                                                  std::string_view name) {
  for (const auto& [one, value] : headers) {
    if (signhook::detail::equal_without_case(one, name)) return value;
  }
  return {};
}
