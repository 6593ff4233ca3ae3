// SPDX-License-Identifier: BSL-1.0
// json_schema/ compares the schemas with the library by an independent validator.
#include "catch.hpp"
#include "json_texts.hpp"
#include <signhook/subscription/json_schema.hpp>

#include <simdjson.h>

#include <array>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

namespace {

using namespace signhook;

// In a constant expression, into an array.
constexpr std::size_t request_schema_size = [] {
  std::array<char, 16384> text{};
  return static_cast<std::size_t>(
      write_json_schema<subscription_request>(text.data(), schema_form::tolerant) - text.data());
}();

template <class Resource>
std::string resource_schema(schema_form form) {
  std::string text;
  write_json_schema<Resource>(std::back_inserter(text), form);
  return text;
}

}  // namespace

TEST_CASE("the JSON Schemas of subscriptions name their members, and require the mandatory ones") {
  simdjson::dom::parser parser;
  simdjson::dom::element json;
  REQUIRE(parser.parse(resource_schema<subscription>(schema_form::tolerant)).get(json) ==
          simdjson::SUCCESS);
  CHECK(keys(json["properties"]) == "id url events headers disabled updatedAt createdAt ");
  CHECK(texts(json["required"]) == "id url headers updatedAt createdAt ");
  CHECK(json["additionalProperties"].error() == simdjson::NO_SUCH_FIELD);

  REQUIRE(parser.parse(resource_schema<subscription_request>(schema_form::strict)).get(json) ==
          simdjson::SUCCESS);
  CHECK(keys(json["properties"]) == "url events headers ");
  CHECK(texts(json["required"]) == "url ");
  CHECK(texts(json["properties"]["events"]["default"]) ==
        "dossier.state.updated dossier.prepared dossier.invite.undelivered ");
  bool others = true;
  CHECK(json["additionalProperties"].get(others) == simdjson::SUCCESS);
  CHECK_FALSE(others);

  REQUIRE(parser.parse(resource_schema<api_error>(schema_form::strict)).get(json) ==
          simdjson::SUCCESS);
  CHECK(texts(json["required"]) == "status message ");
}

TEST_CASE("the JSON Schemas of subscriptions are written at compile time too") {
  CHECK(resource_schema<subscription_request>(schema_form::tolerant).size() == request_schema_size);
}
