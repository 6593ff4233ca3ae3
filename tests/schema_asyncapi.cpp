// SPDX-License-Identifier: BSL-1.0
// specifications/ has the document validated by others.
#include "allocations.hpp"
#include "catch.hpp"
#include "json_texts.hpp"
#include <signhook/schema/asyncapi.hpp>
#include <signhook/schema/openapi.hpp>

#include <simdjson.h>

#include <array>
#include <cstddef>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

namespace {

using namespace signhook;

constexpr auto asyncapi_names = detail::for_known_events<std::string_view>(
    []<class Event> { return detail::event_component_of<Event>.view(); });

std::string asyncapi_text(schema_form form, std::string_view secret_header = "X-Secret") {
  std::string text;
  write_asyncapi(std::back_inserter(text), form, secret_header);
  return text;
}

}  // namespace

TEST_CASE("an AsyncAPI document has a message for each event, which the endpoint receives") {
  simdjson::dom::parser parser;
  for (const schema_form form : {schema_form::tolerant, schema_form::strict}) {
    const std::string written = asyncapi_text(form);
    const auto json = parser.parse(written);
    CHECK(keys(json) == "asyncapi info defaultContentType servers channels operations components ");
    CHECK(text(json["asyncapi"]) == "3.0.0");
    std::string names;
    for (const std::string_view name : asyncapi_names) names += std::string(name) + " ";
    CHECK(keys(json["components"]["messages"]) == names);
    CHECK(keys(json["channels"]["deliveries"]["messages"]) == names);
    CHECK(text(json["operations"]["receive"]["action"]) == "receive");
    for (std::size_t i = 0; i < event_types.size(); ++i) {
      const std::string name(asyncapi_names[i]);
      INFO(name);
      CHECK(text(json["operations"]["receive"]["messages"].at(i)["$ref"]) ==
            "#/channels/deliveries/messages/" + name);
      CHECK(text(json["channels"]["deliveries"]["messages"][name]["$ref"]) ==
            "#/components/messages/" + name);
      const auto message = json["components"]["messages"][name];
      CHECK(text(message["name"]) == event_types[i]);
      CHECK(text(message["payload"]["$ref"]) == "#/components/schemas/" + name);
      std::string sample;
      encode_to(samples[i], std::back_inserter(sample));
      CHECK(minified(message["examples"].at(0)["payload"]) == sample);
    }
  }
}

TEST_CASE("AsyncAPI and OpenAPI have the same schemas of events") {
  simdjson::dom::parser parser;
  simdjson::dom::parser other_parser;
  for (const schema_form form : {schema_form::tolerant, schema_form::strict}) {
    std::string openapi;
    write_openapi(std::back_inserter(openapi), form);
    const std::string asyncapi = asyncapi_text(form);
    const auto one = parser.parse(asyncapi);
    const auto other = other_parser.parse(openapi);
    simdjson::dom::object schemas;
    REQUIRE(one["components"]["schemas"].get(schemas) == simdjson::SUCCESS);
    for (const auto& schema : schemas) {
      INFO(schema.key);
      CHECK(simdjson::minify(schema.value) == minified(other["components"]["schemas"][schema.key]));
    }
    CHECK(schemas.size() > event_types.size());
  }
}

TEST_CASE("the secret's header of an AsyncAPI document has the name that is given") {
  simdjson::dom::parser parser;
  const std::string written = asyncapi_text(schema_form::strict, "X-Other");
  const auto json = parser.parse(written);
  const auto scheme = json["components"]["securitySchemes"]["secret"];
  CHECK(text(scheme["name"]) == "X-Other");
  CHECK(text(scheme["type"]) == "httpApiKey");
  CHECK(text(json["servers"]["endpoint"]["security"].at(0)["$ref"]) ==
        "#/components/securitySchemes/secret");
}

TEST_CASE("writing an AsyncAPI document allocates nothing", "[allocations]") {
  const auto buffer = std::make_unique<std::array<char, 65536>>();
  const std::size_t before = allocations::count();
  const char* const end = write_asyncapi(buffer->data(), schema_form::tolerant);
  CHECK(allocations::count() == before);
  CHECK(std::string_view(buffer->data(), static_cast<std::size_t>(end - buffer->data())) ==
        asyncapi_text(schema_form::tolerant));
}
