// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../corpus.hpp"
#include "adapter.hpp"

#include <simdjson.h>

#include <string_view>

namespace bench {

// simdjson On-Demand, by the functions for `Object`, whose member `at` is an object of simdjson.
template <class Object>
class ondemand : public adapter {
 public:
  bool decode(std::string_view body, signhook::event& into) override {
    simdjson::ondemand::document document;
    Object top;
    const simdjson::padded_string_view padded(body, body.size() + corpus::padding);
    return parser_.iterate(padded).get(document) == simdjson::SUCCESS &&
           document.get_object().get(top.at) == simdjson::SUCCESS && bind_event(top, into);
  }

 private:
  simdjson::ondemand::parser parser_;
};

}  // namespace bench
