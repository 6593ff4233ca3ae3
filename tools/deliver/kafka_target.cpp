// SPDX-License-Identifier: BSL-1.0
#include "deliver/buses.hpp"
#include "deliver/kafka_producer.hpp"
#include <signhook/event.hpp>
#include <signhook/format.hpp>

#include <fmt/format.h>

#include <string_view>

namespace {

// CloudEvents 1.0.2, Kafka protocol binding, section 3.2.3.1.
constexpr std::string_view kafka_attribute_prefix = "ce_";

// Writes events to a topic of Kafka, with the dossier as the key: the events of one dossier are in one partition.
class kafka_target final : public target {
 public:
  kafka_target(const target_options& options, std::shared_ptr<kafka_producer> producer)
      : messages_(options.form, options.source, kafka_attribute_prefix),
        producer_(std::move(producer)) {}

  [[nodiscard]] delivery_report deliver(const delivery& one) override {
    const signhook::dossier* const about = signhook::dossier_of(one.event);
    const std::string key = about == nullptr ? std::string() : fmt::format("{}", about->id);
    const kafka_report ended =
        producer_->produce(messages_.make(one.event, one.body), key, one.traceparent);
    delivery_report made;
    made.status = ended.code;
    made.reason = ended.reason;
    if (ended.is_delivered) {
      made.outcome = delivery_result::delivered;
    } else if (ended.is_rejected) {
      made.outcome = delivery_result::rejected;
    } else if (ended.is_interrupted) {
      made.outcome = delivery_result::interrupted;
    }
    return made;
  }

 private:
  const cloud_event_message_maker messages_;
  const std::shared_ptr<kafka_producer> producer_;
};

}  // namespace

std::vector<std::unique_ptr<target>> make_kafka_targets(const target_options& options,
                                                        std::size_t count,
                                                        const std::atomic<bool>& is_stopping) {
  const auto producer =
      std::make_shared<kafka_producer>(kafka_address::parse(options.url), options.client.ca_file,
                                       options.kafka_settings, options.client.timeout, is_stopping);
  std::vector<std::unique_ptr<target>> made;
  for (std::size_t i = 0; i < count; ++i) {
    made.push_back(std::make_unique<kafka_target>(options, producer));
  }
  return made;
}
