// SPDX-License-Identifier: BSL-1.0
#include "shape.hpp"

#include <signhook/schema/json_schema.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <utility>

namespace reference {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

std::string text_of(const value& of) { return boost::json::value_to<std::string>(of); }

bool contains(const array& texts, boost::json::string_view text) {
  return std::any_of(texts.begin(), texts.end(),
                     [&](const value& one) { return one.as_string() == text; });
}

shape read_shape(const object& schema) {
  shape made;
  if (const value* const reference = schema.if_contains("$ref")) {
    if (*reference == "#/$defs/uuid") {
      made.is = shape::kind::uuid;
      return made;
    }
    if (*reference == "#/$defs/timestamp") {
      made.is = shape::kind::timestamp;
      return made;
    }
  } else if (const value* const properties = schema.if_contains("properties")) {
    const array& required = schema.at("required").as_array();
    for (const auto& property : properties->as_object()) {
      made.members.push_back({std::string(property.key()), read_shape(property.value().as_object()),
                              contains(required, property.key())});
    }
    return made;
  } else if (schema.contains("const") || schema.contains("not")) {
    made.is = shape::kind::type;
    return made;
  } else if (const value* const known = schema.if_contains("examples")) {
    made.is = shape::kind::state;
    for (const value& text : known->as_array()) made.states.push_back(text_of(text));
    return made;
  }
  std::fprintf(stderr,
               "The reference decoder does not know this kind of value. Add it to shape::kind in "
               "tests/reference/shape.hpp, read it in shape.cpp, and write in reference.cpp which "
               "texts are valid:\n%s\n",
               boost::json::serialize(schema).c_str());
  std::abort();
}

event_shapes read_shapes() {
  std::string text;
  signhook::write_json_schema(std::back_inserter(text), signhook::schema_form::tolerant);
  const value schema = boost::json::parse(text);
  event_shapes made;
  for (const value& one : schema.at("oneOf").as_array()) {
    const object& event = one.as_object();
    shape read = read_shape(event);
    const object& type = event.at("properties").at("type").as_object();
    if (const value* const name = type.if_contains("const")) {
      if (!made.known.emplace(text_of(*name), std::move(read)).second) std::abort();
    } else {
      made.any_other_type = std::move(read);
    }
  }
  return made;
}

}  // namespace

const event_shapes& shapes() {
  static const event_shapes read = read_shapes();
  return read;
}

}  // namespace reference
