// SPDX-License-Identifier: BSL-1.0
// specifications/ has the document validated, and its schemas compared with the library, by others.
#include "allocations.hpp"
#include "catch.hpp"
#include "json_texts.hpp"
#include <signhook/schema/openapi.hpp>

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace {

using namespace signhook;

constexpr auto openapi_names = detail::for_known_events<std::string_view>(
    []<class Event> { return detail::event_component_of<Event>.view(); });

std::string openapi_text(schema_form form, std::string_view secret_header = "X-Secret") {
  std::string text;
  write_openapi(std::back_inserter(text), form, secret_header);
  return text;
}

// Calls `f` with the object of each operation, of the API and of webhooks.
template <class F>
void for_each_operation(const simdjson::simdjson_result<simdjson::dom::element>& json,
                        const char* of, const F& f) {
  simdjson::dom::object paths;
  REQUIRE(json[of].get(paths) == simdjson::SUCCESS);
  for (const auto& path : paths) {
    simdjson::dom::object operations;
    REQUIRE(path.value.get(operations) == simdjson::SUCCESS);
    for (const auto& operation : operations) {
      if (operation.key != "parameters") f(path.key, operation.key, operation.value);
    }
  }
}

}  // namespace

TEST_CASE("an OpenAPI document has a webhook for each event, with the documented body") {
  simdjson::dom::parser parser;
  for (const schema_form form : {schema_form::tolerant, schema_form::strict}) {
    const std::string written = openapi_text(form);
    const auto json = parser.parse(written);
    CHECK(keys(json) == "openapi info servers security paths webhooks components ");
    CHECK(text(json["openapi"]) == "3.1.0");
    std::string types;
    std::string components;
    for (const std::string_view type : event_types) types += std::string(type) + " ";
    for (const std::string_view name : openapi_names) components += std::string(name) + " ";
    CHECK(keys(json["webhooks"]) == types);
    std::size_t nth = 0;
    for_each_operation(json, "webhooks", [&](auto type, auto method, auto operation) {
      INFO(type);
      CHECK(method == "post");
      CHECK(text(operation["x-signhook-source"]) == "documented");
      CHECK(text(operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]) ==
            "#/components/schemas/" + std::string(openapi_names[nth]));
      CHECK(minified(operation["requestBody"]["content"]["application/json"]["examples"]
                              ["documented"]["value"]) == [&] {
        std::string sample;
        encode_to(samples[nth++], std::back_inserter(sample));
        return sample;
      }());
      CHECK(keys(operation["responses"]) == "2XX 5XX ");
      CHECK(minified(operation["security"]) == R"([{"secret":[]}])");
    });
    const std::string any = form == schema_form::tolerant ? "unknown_event " : "";
    CHECK(keys(json["components"]["schemas"]) ==
          "event " + components + any +
              "dossier invite invitee_reference invitee reassign_request dossier_state "
              "invitee_state reassign_request_state uuid timestamp subscription subscription_list "
              "subscription_request subscription_update api_error ");
  }
}

TEST_CASE("an OpenAPI document has the calls of the subscription API, and which are documented") {
  simdjson::dom::parser parser;
  const std::string written = openapi_text(schema_form::tolerant);
  const auto json = parser.parse(written);
  std::string calls;
  std::set<std::string> ids;
  std::size_t operations = 0;
  for_each_operation(json, "paths", [&](auto path, auto method, auto operation) {
    calls += std::string(method) + " " + std::string(path) + " " +
             text(operation["x-signhook-source"]) + "\n";
    ids.insert(text(operation["operationId"]));
    ++operations;
    CHECK(keys(operation["responses"]) == "2XX default ");
  });
  CHECK(calls ==
        "get /clients/{kid}/webhooks undocumented\n"
        "post /clients/{kid}/webhooks documented\n"
        "get /clients/{kid}/webhooks/{webhookId} undocumented\n"
        "put /clients/{kid}/webhooks/{webhookId} undocumented\n"
        "delete /clients/{kid}/webhooks/{webhookId} undocumented\n");
  for_each_operation(json, "webhooks", [&](auto, auto, auto operation) {
    ids.insert(text(operation["operationId"]));
    ++operations;
  });
  CHECK(ids.size() == operations);
  CHECK(text(json["servers"].at(0)["url"]) == std::string(production_base));
  CHECK(text(json["servers"].at(1)["x-signhook-source"]) == "undocumented");
}

TEST_CASE("an OpenAPI document has the default of events in words, and none for an update") {
  simdjson::dom::parser parser;
  const std::string written = openapi_text(schema_form::strict);
  const auto schemas = parser.parse(written)["components"]["schemas"];
  const auto of_request = schemas["subscription_request"]["properties"]["events"];
  CHECK(keys(of_request) == "type uniqueItems maxItems items description ");
  CHECK(text(of_request["description"]) ==
        "By default dossier.state.updated, dossier.prepared, dossier.invite.undelivered");
  const auto of_update = schemas["subscription_update"]["properties"]["events"];
  CHECK(keys(of_update) == "type uniqueItems maxItems items ");
  CHECK(texts(schemas["subscription_request"]["required"]) == "url ");
  CHECK(texts(schemas["subscription_update"]["required"]).empty());
}

TEST_CASE("the secret's header has the name that is given, whatever its characters") {
  simdjson::dom::parser parser;
  for (const std::string_view name : {"X-Secret", "Authorization", "a\"\\\x01"}) {
    const std::string written = openapi_text(schema_form::strict, name);
    const auto json = parser.parse(written);
    const auto scheme = json["components"]["securitySchemes"]["secret"];
    CHECK(text(scheme["name"]) == name);
    CHECK(text(scheme["in"]) == "header");
    CHECK(text(scheme["type"]) == "apiKey");
  }
}

TEST_CASE("writing an OpenAPI document allocates nothing", "[allocations]") {
  const auto buffer = std::make_unique<std::array<char, 65536>>();
  const std::size_t before = allocations::count();
  const char* const end = write_openapi(buffer->data(), schema_form::tolerant);
  CHECK(allocations::count() == before);
  CHECK(std::string_view(buffer->data(), static_cast<std::size_t>(end - buffer->data())) ==
        openapi_text(schema_form::tolerant));
}

namespace signhook::inline SIGNHOOK_ABI {

// Events whose types are names that the components have, or cannot have.
template <int Which>
struct named_event {};
template <>
struct schema<named_event<0>> {
  static constexpr std::string_view type = "dossier";
};
template <>
struct schema<named_event<1>> {
  static constexpr std::string_view type = "dossier_state";
};
template <>
struct schema<named_event<2>> {
  static constexpr std::string_view type = "a b/~%\xc3\xa9";
};
template <>
struct schema<named_event<3>> {
  static constexpr std::string_view type = "_64ossier";
};
template <>
struct schema<named_event<4>> {
  static constexpr std::string_view type = "";
};
template <>
struct schema<named_event<5>> {
  static constexpr std::string_view type = "Dossier.in-progress.9";
};

}  // namespace signhook::inline SIGNHOOK_ABI

TEST_CASE("every type has a name that components may have and nothing else has") {
  const auto name_of = [](auto which) {
    return std::string(detail::event_component_of<named_event<decltype(which)::value>>.view());
  };
  const std::vector<std::string> names = {
      name_of(std::integral_constant<int, 0>()), name_of(std::integral_constant<int, 1>()),
      name_of(std::integral_constant<int, 2>()), name_of(std::integral_constant<int, 3>()),
      name_of(std::integral_constant<int, 4>()), name_of(std::integral_constant<int, 5>())};
  CHECK(names == std::vector<std::string>{"_64ossier", "dossier_5Fstate", "a_20b_2F_7E_25_C3_A9",
                                          "_5F64ossier", "_", "Dossier.in-progress.9"});
}
