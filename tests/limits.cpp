// SPDX-License-Identifier: BSL-1.0
// Each limit one below, at and one above it.
#include "catch.hpp"
#include <signhook/decoder.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace {

using namespace signhook;

const std::string begin =
    R"({"id":"b041a287-bc92-4469-801e-ae1a39c08f6e","created":"2026-01-01T00:00:00Z",)";
const std::string any_id = R"("id":"b659c273-954e-43cf-893a-0f74a7f87153")";

std::string with_type(const std::string& type) { return begin + R"("type":")" + type + "\"}"; }
std::string with_state(const std::string& text) {
  return begin + R"("type":"dossier.prepared","dossier":{)" + any_id + R"(,"state":")" + text +
         "\"}}";
}
std::string with_new(const std::string& value) {
  return begin + R"("type":"new","new":)" + value + "}";
}

std::string repeat(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::string outcome(decoder& with, const std::string& body) {
  const auto decoded = with.decode(body);
  const bool valid = with.validate(body, [](const diagnostic&) {});
  if (valid != decoded.has_value()) return "validate disagrees";
  return decoded ? "" : std::string(name(decoded.error().code));
}

decoder limited(std::uint32_t decoder_options::*limit, std::uint32_t to) {
  decoder_options options;
  options.*limit = to;
  return decoder(options);
}

}  // namespace

TEST_CASE("max_bytes") {
  for (const std::uint32_t most : {100U, 127U, 128U, 1000U, 65536U}) {
    decoder with = limited(&decoder_options::max_bytes, most);
    for (const std::uint32_t size : {most - 1, most, most + 1}) {
      std::string body = with_type("new");
      body.resize(std::max<std::size_t>(size, body.size()), ' ');
      INFO(most << " " << body.size());
      CHECK(outcome(with, body) == (body.size() <= most ? "" : "body_too_large"));
    }
  }
  // Limits of no byte and of one.
  decoder none = limited(&decoder_options::max_bytes, 0);
  CHECK(outcome(none, "1") == "body_too_large");
  decoder one = limited(&decoder_options::max_bytes, 1);
  CHECK(outcome(one, "1") == "not_an_object");
  CHECK(outcome(one, "12") == "body_too_large");
}

TEST_CASE("max_depth, of arrays and of objects") {
  for (const std::uint32_t most : {1U, 2U, 3U, 32U, 1023U, 1024U}) {
    decoder with = limited(&decoder_options::max_depth, most);
    for (const std::uint32_t depth : {most - 1, most, most + 1}) {
      // The body's own object is the first level.
      if (depth < 1) continue;
      const std::string arrays = repeat("[", depth - 1) + repeat("]", depth - 1);
      const std::string objects = repeat("{\"a\":", depth - 1) + "0" + repeat("}", depth - 1);
      INFO(most << " " << depth);
      const std::string expected = depth <= most ? "" : "too_deep";
      if (depth > 1) CHECK(outcome(with, with_new(arrays)) == expected);
      CHECK(outcome(with, with_new(objects)) == expected);
    }
  }
  decoder none = limited(&decoder_options::max_depth, 0);
  CHECK(outcome(none, "{}") == "too_deep");
  CHECK(outcome(none, "[]") == "too_deep");
  CHECK(outcome(none, "0") == "not_an_object");
}

TEST_CASE("a limit above its ceiling is the ceiling") {
  decoder_options options;
  options.max_depth = decoder_options::max_depth_ceiling + 1;
  CHECK(decoder(options).options().max_depth == decoder_options::max_depth_ceiling);
}

TEST_CASE("what an event keeps of an unknown type and state") {
  decoder with;
  decoder strict{decoder_options::strict()};
  for (const std::size_t size : {0U, 1U, 78U, 79U, 80U, 81U, 1024U}) {
    INFO(size);
    const std::string text(size, 'x');
    CHECK(outcome(with, with_type(text)) == (size <= 79 ? "" : "text_too_long"));
    CHECK(outcome(strict, with_type(text)) == "unknown_type");
    if (size > 79) continue;
    const auto decoded = with.decode(with_type(text));
    CHECK(std::get<unknown_event>(*decoded).type.view() == text);
  }
  for (const std::size_t size : {0U, 1U, 45U, 46U, 47U, 48U, 1024U}) {
    INFO(size);
    const std::string text(size, 'x');
    CHECK(outcome(with, with_state(text)) == (size <= 46 ? "" : "text_too_long"));
    CHECK(outcome(strict, with_state(text)) == "unknown_state");
    // The bytes that are meant count, not those that spell them.
    CHECK(outcome(with, with_state(repeat("\\u0078", size))) ==
          (size <= 46 ? "" : "text_too_long"));
    if (size > 46) continue;
    const auto decoded = with.decode(with_state(text));
    CHECK(std::get<dossier_prepared>(*decoded).dossier.state.text() == text);
  }
}

TEST_CASE("large values are passed over") {
  decoder with;
  const std::size_t size = 60 * 1024;
  CHECK(outcome(with, with_new("\"" + std::string(size, 'x') + "\"")).empty());
  CHECK(outcome(with, with_new("\"" + repeat("\\u0078", size / 6) + "\"")).empty());
  CHECK(outcome(with, with_new("\"" + repeat("\\\"", size / 2) + "\"")).empty());
  CHECK(outcome(with, with_new("\"" + repeat("\xf0\x9f\x98\x80", size / 4) + "\"")).empty());
  CHECK(outcome(with, with_new("[" + repeat("0,", size / 2) + "0]")).empty());
  CHECK(outcome(with, with_new(std::string(size, '1'))).empty());
  CHECK(outcome(with, with_new("0." + std::string(size, '1') + "e" + std::string(9, '9'))).empty());
  CHECK(
      outcome(with, "{\"" + std::string(size, 'k') + "\":0," + with_type("new").substr(1)).empty());
  CHECK(outcome(with, std::string(size, '\n') + with_type("new")).empty());
}
