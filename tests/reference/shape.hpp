// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

// The form of every event's body, read from the JSON Schema that the library prints. tests/json_schema
// holds that text against the library too, by Ajv, and tests/samples has the documented bodies: an
// error in schema.hpp that reaches the JSON Schema contradicts one of these.

namespace reference {

struct shape {
  enum class kind { uuid, timestamp, state, type, object };
  struct member;

  kind is = kind::object;
  std::vector<std::string> states;  // the known ones, of a state
  std::vector<member> members;      // of an object, in the documented order
};

struct shape::member {
  std::string name;
  shape value;
  bool is_required = true;
};

struct event_shapes {
  std::map<std::string, shape> known;  // by type
  shape any_other_type;
};

// Ends the program if the JSON Schema has something that this reader does not know.
[[nodiscard]] const event_shapes& shapes();

}  // namespace reference
