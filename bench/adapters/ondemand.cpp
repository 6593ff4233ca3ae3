// SPDX-License-Identifier: BSL-1.0
// simdjson On-Demand by key, as its documentation shows it.
#include "../corpus.hpp"
#include "adapter.hpp"

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

class ondemand : public adapter {
 public:
  bool decode(std::string_view body, signhook::event& into) override {
    simdjson::ondemand::document document;
    object top;
    const simdjson::padded_string_view padded(body, body.size() + corpus::padding);
    return parser_.iterate(padded).get(document) == simdjson::SUCCESS &&
           document.get_object().get(top.at) == simdjson::SUCCESS && bind_event(top, into);
  }

 private:
  simdjson::ondemand::parser parser_;
};

}  // namespace

std::unique_ptr<adapter> make_ondemand() { return std::make_unique<ondemand>(); }

}  // namespace bench
