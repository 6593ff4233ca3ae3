// SPDX-License-Identifier: BSL-1.0
#include "deliver/bus_address.hpp"

#include "../catch.hpp"
#include "deliver/kafka_settings.hpp"

#include <stdexcept>
#include <string>
#include <string_view>

TEST_CASE("An address of AMQP has a place and a destination", "[deliver]") {
  struct row {
    std::string_view text;
    bool is_secure;
    std::string_view user, password, host;
    int port;
    std::string_view vhost, exchange, routing_key;
  };
  constexpr std::string_view none = "(none)";
  const row rows[] = {
      {"amqp://h?exchange=e", false, "guest", none, "h", 5672, "/", "e", ""},
      {"amqps://h/?routing_key=q", true, "guest", none, "h", 5671, "/", "", "q"},
      {"AMQP://h:1/v?exchange=e&routing_key=k", false, "guest", none, "h", 1, "v", "e", "k"},
      {"amqp://u@h/%2f?exchange=e", false, "u", none, "h", 5672, "/", "e", ""},
      {"amqp://u:@h/?exchange=e", false, "u", "", "h", 5672, "/", "e", ""},
      {"amqp://u%40x:p%3A@y@h:65535/a%2Fb?exchange=%C3%A9", false, "u@x", "p:@y", "h", 65535, "a/b",
       "\xc3\xa9", ""},
      {"amqp://[::1]/?exchange=e", false, "guest", none, "::1", 5672, "/", "e", ""},
      {"amqp://[::1]:7/?exchange=e", false, "guest", none, "::1", 7, "/", "e", ""},
  };
  for (const row& one : rows) {
    INFO(one.text);
    const amqp_address made = amqp_address::parse(one.text);
    CHECK(made.is_secure == one.is_secure);
    CHECK(made.user == one.user);
    CHECK(made.password.value_or(std::string(none)) == one.password);
    CHECK(made.host == one.host);
    CHECK(made.port == one.port);
    CHECK(made.vhost == one.vhost);
    CHECK(made.exchange == one.exchange);
    CHECK(made.routing_key == one.routing_key);
    CHECK(kind_of(one.text) == address_kind::amqp);
  }
  CHECK(amqp_address::parse("amqp://h?exchange=" + std::string(255, 'x')).exchange.size() == 255);
}

TEST_CASE("An address of AMQP is rejected without its text", "[deliver]") {
  const std::string long_name(256, 'x');
  for (const std::string& text : {
           std::string("http://h/?exchange=e"),
           std::string("amqp:h?exchange=e"),
           std::string("amqp://h"),
           std::string("amqp://h/v"),
           std::string("amqp://h/?exchange=&routing_key="),
           std::string("amqp://h/?exchange=e&x=y"),
           std::string("amqp://h/?Exchange=e"),
           std::string("amqp://h/?exchange=e#x"),
           std::string("amqp:///?exchange=e"),
           std::string("amqp://u:secret@/?exchange=e"),
           std::string("amqp://u:secret@h:0/?exchange=e"),
           std::string("amqp://u:secret@h:65536/?exchange=e"),
           std::string("amqp://u:secret@h:1x/?exchange=e"),
           std::string("amqp://u:secret@[::1/?exchange=e"),
           std::string("amqp://u:secret@[::1]x/?exchange=e"),
           std::string("amqp://u:secret%4@h/?exchange=e"),
           std::string("amqp://u:secret%x4@h/?exchange=e"),
           std::string("amqp://u:secret%00@h/?exchange=e"),
           std::string("amqp://u:secret@h h/?exchange=e"),
           "amqp://h/?exchange=" + long_name,
           "amqp://h/?routing_key=" + long_name,
           "amqp://h/" + long_name + "?exchange=e",
       }) {
    INFO(text);
    try {
      static_cast<void>(amqp_address::parse(text));
      FAIL("it is taken");
    } catch (const std::runtime_error& error) {
      CHECK(std::string_view(error.what()).find("secret") == std::string_view::npos);
    }
  }
}

TEST_CASE("An address of Kafka has servers and a topic", "[deliver]") {
  struct row {
    std::string_view text, servers, topic;
  };
  const row rows[] = {
      {"kafka://h/t", "h", "t"},
      {"Kafka://h:1,[::1]:2,i/a.b_c-D9", "h:1,[::1]:2,i", "a.b_c-D9"},
  };
  for (const row& one : rows) {
    INFO(one.text);
    const kafka_address made = kafka_address::parse(one.text);
    CHECK(made.servers == one.servers);
    CHECK(made.topic == one.topic);
    CHECK(kind_of(one.text) == address_kind::kafka);
  }
  CHECK(kafka_address::parse("kafka://h/" + std::string(249, 'x')).topic.size() == 249);
  for (const std::string& text :
       {std::string("amqp://h/t"), std::string("kafka://h"), std::string("kafka://h/"),
        std::string("kafka:///t"), std::string("kafka://h,,i/t"), std::string("kafka://h:0/t"),
        std::string("kafka://u@h/t"), std::string("kafka://h/t/u"), std::string("kafka://h/t?a=b"),
        std::string("kafka://h/."), std::string("kafka://h/.."), std::string("kafka://h,/t"),
        "kafka://h/" + std::string(250, 'x')}) {
    INFO(text);
    CHECK_THROWS_AS(kafka_address::parse(text), std::runtime_error);
  }
  CHECK(kind_of("https://amqp://h") == address_kind::http);
  CHECK(kind_of("") == address_kind::http);
}

TEST_CASE("Settings of librdkafka are lines of KEY=VALUE", "[deliver]") {
  const auto made = parse_kafka_settings("# a=b\r\n\n a = b = c \r\nx=\n  # y=z\nsasl.password=#1");
  REQUIRE(made.size() == 3);
  CHECK(made[0].key == "a");
  CHECK(made[0].value == "b = c");
  CHECK(made[0].line == 3);
  CHECK(made[1].key == "x");
  CHECK(made[1].value.empty());
  CHECK(made[2].value == "#1");
  CHECK(made[2].line == 6);
  for (const char* const text :
       {"secret", "=secret", "a=b\nsecret", " acks = secret", "transactional.id=secret",
        "bootstrap.servers=secret", "delivery.timeout.ms=secret"}) {
    INFO(text);
    try {
      static_cast<void>(parse_kafka_settings(text));
      FAIL("it is taken");
    } catch (const std::runtime_error& error) {
      CHECK(std::string_view(error.what()).find("secret") == std::string_view::npos);
    }
  }
}
