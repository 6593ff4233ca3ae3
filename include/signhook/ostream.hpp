// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/text.hpp>

#include <ostream>
#include <string_view>

namespace signhook::inline SIGNHOOK_ABI {

/// Writes a value's text, with the stream's width, fill and adjustment as for a `std::string_view`.
///
/// Without this header an enumeration of errors, which converts to `std::error_code`, is written as that:
/// `signhook:13` instead of `invalid_uuid`.
/// *Allocation*: none but the stream's, except for `subscription`, `event_name`, `api_error` and `source_snippet`.
template <printable T>
std::ostream& operator<<(std::ostream& to, const T& value) {
  if constexpr (detail::has_bounded_text<T>) {
    detail::text_buffer<detail::text_capacity<T>> text;
    append_text(text, value);
    return to << text.view();
  } else {
    return to << to_string(value);
  }
}

}  // namespace signhook::inline SIGNHOOK_ABI
