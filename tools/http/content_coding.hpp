// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "http/headers.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// The outcomes of decoding a body.
enum class decoded_as : std::uint8_t {
  identity,   // it is not encoded
  content,    // it was decoded
  broken,     // it is cut, or not what its coding promises
  too_large,  // it is larger than allowed
  unknown,    // the coding is not known, or is one of several
};

struct decoded_content {
  decoded_as as = decoded_as::identity;
  std::string body{};  // if it was decoded
};

// Decodes a body with the content coding gzip, if its fields have that one, into at most `max_size` bytes.
[[nodiscard]] decoded_content decode_content(const http_headers& headers, std::string_view body,
                                             std::size_t max_size);
