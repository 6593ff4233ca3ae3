// SPDX-License-Identifier: BSL-1.0
// simdjson On-Demand by key, as its documentation shows it.
#include "ondemand.hpp"

#include <simdjson.h>

namespace bench {
namespace {

struct object {
  simdjson::ondemand::object at;
};

bool find_text(object& in, std::string_view key, std::string_view& text) {
  return in.at[key].get_string().get(text) == simdjson::SUCCESS;
}
bool find_object(object& in, std::string_view key, object& member) {
  return in.at[key].get_object().get(member.at) == simdjson::SUCCESS;
}
bool has(object& in, std::string_view key) { return in.at[key].error() == simdjson::SUCCESS; }

}  // namespace

std::unique_ptr<adapter> make_ondemand() { return std::make_unique<ondemand<object>>(); }

}  // namespace bench
