// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

// Parts of a JSON document in one line, for tests to compare.

// The keys of an object, in order; "(no object)" of anything else.
[[nodiscard]] inline std::string keys(const simdjson::simdjson_result<simdjson::dom::element>& of) {
  simdjson::dom::object object;
  if (of.get(object) != simdjson::SUCCESS) return "(no object)";
  std::string all;
  for (const auto& member : object) all += std::string(member.key) + " ";
  return all;
}

// The same of the strings of an array.
[[nodiscard]] inline std::string texts(
    const simdjson::simdjson_result<simdjson::dom::element>& of) {
  simdjson::dom::array array;
  if (of.get(array) != simdjson::SUCCESS) return "(no array)";
  std::string all;
  for (const auto element : array) {
    std::string_view text;
    all += std::string(element.get(text) == simdjson::SUCCESS ? text : "(no text)") + " ";
  }
  return all;
}

// A string of a JSON document; "(no text)" of anything else.
[[nodiscard]] inline std::string text(const simdjson::simdjson_result<simdjson::dom::element>& of) {
  std::string_view found;
  return std::string(of.get(found) == simdjson::SUCCESS ? found : "(no text)");
}

// A value of a JSON document without white space; "(no value)" where there is none.
[[nodiscard]] inline std::string minified(
    const simdjson::simdjson_result<simdjson::dom::element>& of) {
  simdjson::dom::element found;
  return of.get(found) == simdjson::SUCCESS ? simdjson::minify(found) : "(no value)";
}
