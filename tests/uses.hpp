// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/format.hpp>
#include <signhook/signhook.hpp>

#include <fmt/format.h>

#include <array>
#include <functional>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

// Uses of the library in a unit with its own options. Everything is of this unit alone, except for what the
// headers of the library define, of which the linker keeps one copy for all units.

namespace {

inline constexpr std::array<std::string_view, 1> secrets = {"0123456789abcdefghijklmnop"};

// Appends to a text what each use results in.
class transcript {
 public:
  template <class... Values>
  void add(const Values&... values) {
    (fmt::format_to(std::back_inserter(text_), "{} ", values), ...);
    text_ += '\n';
  }

  template <class Value>
  void add_parsed(std::string_view text) {
    const auto parsed = Value::parse(text);
    if (parsed) {
      std::array<char, 64> written{};
      const auto* const end = parsed->write_to(written.data());
      add(std::string_view(written.data(), static_cast<std::size_t>(end - written.data())));
    } else {
      add("none of", text);
    }
  }

  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  std::string text_{};
};

void use_values(transcript& to) {
  using signhook::event_id;
  using signhook::timestamp;
  using signhook::uuid;
  for (const std::string_view text :
       {"b659c273-954e-43cf-893a-0f74a7f87153", "B659C273-954E-43CF-893A-0F74A7F87153",
        "g659c273-954e-43cf-893a-0f74a7f87153", "b659c273-954e-43cf-893a:0f74a7f87153",
        "b659c273-954e-43cf-893a-0f74a7f8715/", "b659c273-954e-43cf-893a-0f74a7f8715"}) {
    to.add_parsed<uuid>(text);
    to.add_parsed<event_id>(text);
    to.add(std::hash<uuid>{}(uuid::parse(text).value_or(uuid{})));
  }
  for (const std::string_view text :
       {"2026-01-01T00:00:00+00:00", "2026-02-29T00:00:00+00:00", "2016-12-31t23:59:60z",
        "2026-01-01T24:00:00+00:00", "9999-12-31T23:59:59-23:59", "2026-01-01T00:00:00.1234567891Z",
        "2026-01-01T00:00:00,00:00", "0000-01-01T00:00:00+23:59", ""}) {
    to.add_parsed<timestamp>(text);
  }
}

std::string encoded(const signhook::event& of) {
  std::string text;
  signhook::encode_to(of, std::back_inserter(text));
  return text;
}

// Bodies of all kinds, one edit away from a sample too.
std::vector<std::string> bodies() {
  std::vector<std::string> all = {"", " ", "[]", "{\"id\":[[1]],\"x\":{}", "\xff", "{\"id\":1}"};
  for (const signhook::event& sample : signhook::samples) {
    const std::string body = encoded(sample);
    all.push_back(body);
    all.push_back(" " + body + "\r\n");
    all.push_back("{\"new\\u0041\":[1.5e3,{\"a\":null}]," + body.substr(1));
    for (std::size_t at = 0; at < body.size(); at += 7) {
      all.push_back(body);
      all.back()[at] = body[at] == '0' ? '1' : '0';
    }
  }
  return all;
}

void use_decoder(transcript& to, signhook::decoder& decoder) {
  std::string buffer;
  for (const std::string& body : bodies()) {
    const signhook::result<signhook::event> decoded = decoder.decode(body);
    if (decoded) {
      to.add(*decoded, encoded(*decoded), signhook::fingerprint(*decoded));
    } else {
      const auto words = signhook::message(decoded.error(), body);
      to.add(decoded.error(), words.view());
    }
    const bool valid =
        decoder.validate(body, [&](const signhook::diagnostic& one) { to.add(one.error); });
    to.add(valid);
    const auto half = std::string_view(body).substr(0, body.size() / 2);
    const std::array buffers = {half, std::string_view(body).substr(half.size())};
    to.add(decoder.decode(buffers) == decoded,
           decoder.decode(std::as_bytes(std::span(body))) == decoded);
    buffer += body + "\n";
  }
  const auto read =
      signhook::decode_lines(decoder, buffer, [&](const signhook::decoded_line& line) {
        to.add(line.number, line.offset, line.decoded.has_value());
      });
  for (const auto& line : signhook::lines(decoder, buffer)) to.add(line.number);
  to.add(read.lines, read.events, read.rejections, read.bytes);
}

signhook::handled handle(const signhook::event& of) {
  if (signhook::dossier_of(of) == nullptr) return signhook::handled::dead_letter("no dossier");
  return signhook::id(of).value.bytes[0] % 2 == 0 ? signhook::handled::done
                                                  : signhook::handled::retry;
}

template <class Inbox>
void use_receiver(transcript& to, signhook::decoder& decoder, const signhook::receiver& receiver,
                  Inbox& inbox) {
  const std::vector<signhook::header> headers = {{"Content-Type", "application/json"},
                                                 {"x-secret", secrets[0]}};
  const auto received = signhook::time_point(std::chrono::seconds(1));
  for (const std::string& body : bodies()) {
    const signhook::request request{.method = "POST", .headers = headers, .body = body};
    to.add(receiver.receive(decoder, request));
    to.add(signhook::process(receiver, decoder, inbox, request, handle, received));
  }
  to.add(receiver.receive(decoder, {}), inbox.size());
}

void use_projection(transcript& to) {
  for (const signhook::event& sample : signhook::samples) {
    const auto* const dossier = signhook::dossier_of(sample);
    if (dossier == nullptr) continue;
    signhook::dossier_projection made(dossier->id);
    made.apply(sample);
    std::string stored;
    signhook::store_to(made, std::back_inserter(stored));
    to.add(stored.size(), signhook::load_projection(stored) == made);
    signhook::for_each_observation(sample, [&](const signhook::observation_row& row) {
      const signhook::projection_parameters all(row);
      to.add(signhook::name(row.kind), row.value.view(), all.size());
    });
  }
}

void use_subscriptions(transcript& to) {
  constexpr auto handled =
      signhook::event_type_set::of<signhook::dossier_prepared, signhook::invite_viewed>();
  const signhook::custom_header secret{"X-Secret", std::string(secrets[0])};
  const signhook::subscription_request request{
      "https://example.com/hook", handled.names(), {secret}};
  std::array<char, 1024> buffer{};
  to.add(*signhook::encode_create(request, buffer));
  const auto answer = signhook::decode_subscription(R"({
    "id": "77e79832-1708-4a49-9528-3536ba4057d7", "url": "https://example.com/hook",
    "events": ["dossier.prepared", "dossier.state.updated"], "headers": null,
    "disabled": true, "updatedAt": "2022-01-15T00:00:00+00:00",
    "createdAt": "2022-01-01T00:00:00+00:00"})");
  to.add(signhook::audit(*answer, handled, secret.name).is_clean());
  to.add(*signhook::encode_update(signhook::repair(*answer, handled, secret), buffer));
  to.add(signhook::decode_api_error(R"({"status": 1.5})").error());
  std::string schema;
  signhook::write_json_schema(std::back_inserter(schema), signhook::schema_form::strict);
  to.add(schema);
}

void use_schedule(transcript& to) {
  using namespace std::chrono_literals;
  const auto schedule = signhook::retry_schedule::from(1min, 2);
  to.add(schedule->horizon().count(), signhook::outcome_of(503).value);
  signhook::endpoint_health health;
  for (int i = 0; i < 200; ++i) health.record(signhook::time_point(i * 1min), 500);
  to.add(health.failures(signhook::time_point(200min)));
}

signhook::receiver make_receiver() {
  return *signhook::receiver::make({.secret_header = "X-Secret", .secrets = secrets});
}

// The results of this unit's code, with a decoder and a receiver that may come from another one.
std::string use_all(signhook::decoder& decoder, const signhook::receiver& receiver) {
  transcript all;
  signhook::memory_inbox inbox;
  use_values(all);
  use_decoder(all, decoder);
  use_receiver(all, decoder, receiver, inbox);
  use_projection(all);
  use_subscriptions(all);
  use_schedule(all);
  return std::move(all).take();
}

}  // namespace
