// SPDX-License-Identifier: BSL-1.0
// simdjson On-Demand by `find_field`, which only looks behind the last member: faster than `operator[]`, and for
// bodies in the documented order only.
#include "ondemand.hpp"

#include <simdjson.h>

namespace bench {
namespace {

struct object {
  simdjson::ondemand::object at;
  // Read before they are asked for: in an event, the id stands before the type; in any object, a
  // member that was looked for.
  std::string_view id;
  std::string_view found_key;
  simdjson::ondemand::value found;
};

bool find_text(object& in, std::string_view key, std::string_view& text) {
  if (key == "type") {
    return in.at.find_field("id").get_string().get(in.id) == simdjson::SUCCESS &&
           in.at.find_field(key).get_string().get(text) == simdjson::SUCCESS;
  }
  if (key == "id" && !in.id.empty()) {
    text = in.id;
    return true;
  }
  return in.at.find_field(key).get_string().get(text) == simdjson::SUCCESS;
}
bool find_object(object& in, std::string_view key, object& member) {
  if (in.found_key == key) return in.found.get_object().get(member.at) == simdjson::SUCCESS;
  return in.at.find_field(key).get_object().get(member.at) == simdjson::SUCCESS;
}
bool has(object& in, std::string_view key) {
  if (in.at.find_field(key).get(in.found) != simdjson::SUCCESS) return false;
  in.found_key = key;
  return true;
}

}  // namespace

std::unique_ptr<adapter> make_ondemand_ordered() { return std::make_unique<ondemand<object>>(); }

}  // namespace bench
