// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/error.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reference {

struct fault {
  signhook::errc code;
  std::size_t offset;
};

// Finds the place where a body stops being a JSON text in UTF-8 of at most `max_depth` levels, by Boost.JSON.
[[nodiscard]] std::optional<fault> find_fault(std::string_view body, std::size_t max_depth);

// A value of a JSON text, and where it stands.
struct json_value {
  struct member;

  char kind = 0;  // its first character; '0' for any number
  std::size_t offset = 0;
  std::string text;                  // of a string, its characters; of a number, as it stands
  std::vector<member> members;       // of an object
  std::vector<json_value> elements;  // of an array
};

struct json_value::member {
  std::size_t offset = 0;  // the key's
  std::string key;
  json_value value;
};

// The tree of a body in which there is no fault.
[[nodiscard]] json_value read_tree(std::string_view body);

}  // namespace reference
