// SPDX-License-Identifier: BSL-1.0
#include "commands/bus_options.hpp"

#include "deliver/bus_address.hpp"
#include "system/secret_file.hpp"

#include <initializer_list>
#include <stdexcept>

namespace {

void reject_given(const CLI::App& app, std::initializer_list<const char*> names,
                  const char* only_for) {
  for (const char* const name : names) {
    if (app.count(name) != 0) {
      throw std::runtime_error(std::string(name) + " is only for " + only_for);
    }
  }
}

}  // namespace

void bus_options::add_to(CLI::App& to_app, CLI::Option* to) {
  app = &to_app;
  app->add_option("--password-file", password_file,
                  "Read the password of amqp:// from this file (default: $SIGNHOOK_AMQP_PASSWORD)")
      ->type_name("PATH")
      ->needs(to);
  app->add_option("--kafka-config", kafka_config,
                  "Read settings of librdkafka from this file, KEY=VALUE on each line: TLS, SASL "
                  "and its password, linger.ms")
      ->type_name("PATH")
      ->needs(to);
}

void bus_options::finish(target_options& to) const {
  const address_kind kind = kind_of(to.url);
  if (kind != address_kind::amqp)
    reject_given(*app, {"--password-file"}, "amqp and amqps addresses");
  if (kind != address_kind::kafka) reject_given(*app, {"--kafka-config"}, "kafka addresses");
  if (kind == address_kind::http) return;
  reject_given(*app, {"--secret-header", "--secret-file", "--signing-secret-file", "--no-proxy"},
               "http and https addresses");
  if (to.form == forward_form::body) to.form = forward_form::binary;
  if (kind == address_kind::amqp) {
    const bool has_password = amqp_address::parse(to.url).password.has_value();
    if (!password_file.empty()) {
      if (has_password)
        throw std::runtime_error("the address has a password, and --password-file too");
      to.password = read_secret_file(password_file);
    } else if (!has_password) {
      to.password = secret_from_environment("SIGNHOOK_AMQP_PASSWORD");
    }
  } else if (!kafka_config.empty()) {
    to.kafka_settings = read_kafka_settings(kafka_config);
  }
}
