// SPDX-License-Identifier: BSL-1.0
#include "deliver/amqp_connection.hpp"
#include "deliver/buses.hpp"

#include <chrono>

namespace {

// CloudEvents 1.0.2, AMQP protocol binding, section 3.1.3.1; RabbitMQ has application properties as headers.
constexpr std::string_view amqp_attribute_prefix = "cloudEvents:";

amqp_address address_of(const target_options& options) {
  amqp_address made = amqp_address::parse(options.url);
  if (!options.password.empty()) made.password = options.password;
  if (!made.password) made.password = "guest";
  return made;
}

// Returns whether a reply code is about the message, as for one that is larger than the broker's max_message_size.
bool is_message_rejected(int code) {
  constexpr int content_too_large = 311;
  constexpr int precondition_failed = 406;
  return code == content_too_large || code == precondition_failed;
}

// Publishes events to RabbitMQ, over a connection of its own.
class amqp_target final : public target {
 public:
  amqp_target(const target_options& options, const std::atomic<bool>& is_stopping)
      : to_(address_of(options)),
        ca_file_(options.client.ca_file),
        timeout_(options.client.timeout),
        messages_(options.form, options.source, amqp_attribute_prefix),
        is_stopping_(is_stopping),
        connection_(to_, ca_file_, is_stopping) {}

  [[nodiscard]] delivery_report deliver(const delivery& one) override {
    const auto deadline = std::chrono::steady_clock::now() + timeout_;
    delivery_report made;
    try {
      connection_.publish(
          messages_.make(one.event, one.body), one.id, one.traceparent,
          to_.routing_key.empty() ? std::string(signhook::type_of(one.event)) : to_.routing_key,
          deadline);
      made.outcome = delivery_result::delivered;
    } catch (const amqp_error& error) {
      made.status = error.code();
      made.reason = error.what();
      if (is_message_rejected(error.code())) {
        made.outcome = delivery_result::rejected;
      } else if (is_stopping_ && error.code() == 0) {
        made.outcome = delivery_result::interrupted;
      }
    }
    return made;
  }

 private:
  const amqp_address to_;
  const std::string ca_file_;
  const std::chrono::milliseconds timeout_;
  const cloud_event_message_maker messages_;
  const std::atomic<bool>& is_stopping_;
  amqp_connection connection_;
};

}  // namespace

std::vector<std::unique_ptr<target>> make_amqp_targets(const target_options& options,
                                                       std::size_t count,
                                                       const std::atomic<bool>& is_stopping) {
  std::vector<std::unique_ptr<target>> made;
  for (std::size_t i = 0; i < count; ++i) {
    made.push_back(std::make_unique<amqp_target>(options, is_stopping));
  }
  return made;
}
