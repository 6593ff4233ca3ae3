// SPDX-License-Identifier: BSL-1.0
// That the schemas say what the library does, an independent validator shows: json_schema/.
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

// Without memory of its own: in a constant expression, into an array.
constexpr std::size_t draft_schema_size = [] {
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

TEST_CASE("the schemas of webhooks name their members, and require those that are always there") {
  simdjson::dom::parser parser;
  simdjson::dom::element json;
  REQUIRE(parser.parse(resource_schema<webhook>(schema_form::tolerant)).get(json) ==
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

TEST_CASE("the schemas of webhooks are written at compile time too") {
  CHECK(resource_schema<subscription_request>(schema_form::tolerant).size() == draft_schema_size);
}
