// SPDX-License-Identifier: BSL-1.0
// simdjson's DOM, which validates every byte; On-Demand does not.
#include "adapter.hpp"

#include <simdjson.h>

namespace bench {
namespace {

struct object {
  simdjson::dom::object at;
};

bool find_text(object& in, std::string_view key, std::string_view& text) {
  return in.at[key].get_string().get(text) == simdjson::SUCCESS;
}
bool find_object(object& in, std::string_view key, object& member) {
  return in.at[key].get_object().get(member.at) == simdjson::SUCCESS;
}
bool has(object& in, std::string_view key) { return in.at[key].error() == simdjson::SUCCESS; }

class dom : public adapter {
 public:
  bool decode(std::string_view body, signhook::event& into) override {
    object top;
    return parser_.parse(body.data(), body.size(), false).get_object().get(top.at) ==
               simdjson::SUCCESS &&
           bind_event(top, into);
  }

 private:
  simdjson::dom::parser parser_;
};

}  // namespace

std::unique_ptr<adapter> make_dom() { return std::make_unique<dom>(); }

}  // namespace bench
