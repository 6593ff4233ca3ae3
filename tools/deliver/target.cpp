// SPDX-License-Identifier: BSL-1.0
#include "deliver/target.hpp"

#include "deliver/bus_address.hpp"
#include "deliver/buses.hpp"
#include "deliver/command_target.hpp"
#include "deliver/url_target.hpp"

std::vector<std::unique_ptr<target>> make_targets(const target_options& options, std::size_t count,
                                                  const std::atomic<bool>& is_stopping) {
  switch (kind_of(options.url)) {
    case address_kind::amqp: return make_amqp_targets(options, count, is_stopping);
    case address_kind::kafka: return make_kafka_targets(options, count, is_stopping);
    case address_kind::http: break;
  }
  std::vector<std::unique_ptr<target>> made;
  while (made.size() < count) {
    if (options.url.empty()) {
      made.push_back(std::make_unique<command_target>(options, is_stopping));
    } else {
      made.push_back(std::make_unique<url_target>(options, is_stopping));
    }
  }
  return made;
}
