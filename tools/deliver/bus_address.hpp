// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The kind of an application's address, by its scheme. What is neither amqp, amqps nor kafka is http.
enum class address_kind : std::uint8_t { http, amqp, kafka };

[[nodiscard]] address_kind kind_of(std::string_view address);

// The place of RabbitMQ, as its URI specification has it (https://www.rabbitmq.com/docs/uri-spec), and where messages go
// there: amqp[s]://[USER[:PASSWORD]@]HOST[:PORT][/VHOST]?[exchange=NAME][&][routing_key=KEY].
struct amqp_address {
  bool is_secure = false;
  std::string user = "guest";
  std::optional<std::string> password;
  std::string host;
  int port = 0;
  std::string vhost = "/";
  std::string exchange;  // empty: the default exchange, whose routing keys are the names of queues
  std::string routing_key;  // empty: the type of each event

  // Throws std::runtime_error. Its message repeats nothing of the address, which may hold a password.
  [[nodiscard]] static amqp_address parse(std::string_view text);
};

// The place of Kafka: kafka://HOST[:PORT][,HOST[:PORT]...]/TOPIC.
struct kafka_address {
  std::string servers;
  std::string topic;

  // Throws std::runtime_error.
  [[nodiscard]] static kafka_address parse(std::string_view text);
};
