// SPDX-License-Identifier: BSL-1.0
// json_schema/ compares the schemas with the library by an independent validator.
#include "body_tree.hpp"
#include "catch.hpp"
#include "json_texts.hpp"
#include <signhook/schema/json_schema.hpp>
#include <signhook/version.hpp>

#include <simdjson.h>

#include <array>
#include <cstddef>
#include <iterator>
#include <regex>
#include <string>
#include <string_view>

namespace {

using namespace signhook;

// In a constant expression, into an array.
constexpr std::size_t schema_size = [] {
  std::array<char, 16384> text{};
  return static_cast<std::size_t>(write_json_schema(text.data(), schema_form::tolerant) -
                                  text.data());
}();

std::string schema_text(schema_form form) {
  std::string text;
  write_json_schema(std::back_inserter(text), form);
  return text;
}

const std::string version = std::to_string(SIGNHOOK_VERSION_MAJOR) + "." +
                            std::to_string(SIGNHOOK_VERSION_MINOR) + "." +
                            std::to_string(SIGNHOOK_VERSION_PATCH);

std::size_t count(std::string_view in, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = in.find(what, at)) != std::string_view::npos; ++at) ++found;
  return found;
}

}  // namespace

TEST_CASE("a JSON Schema has each documented type once") {
  for (const schema_form form : {schema_form::tolerant, schema_form::strict}) {
    const std::string all = schema_text(form);
    for (const std::string& type : sample_names()) {
      CHECK(count(all, R"({"const":")" + type + "\"}") == 1);
    }
    CHECK(count(all, R"({"const":)") == event_types.size());
  }
  CHECK(schema_text(schema_form::tolerant).size() == schema_size);
}

TEST_CASE("the JSON Schema of all events has one alternative for each") {
  simdjson::dom::parser parser;
  const auto all = parser.parse(schema_text(schema_form::tolerant));
  CHECK(keys(all) == "$schema $id title description oneOf $defs ");
  CHECK(text(all["$schema"]) == "https://json-schema.org/draft/2020-12/schema");
  CHECK(text(all["$id"]) == "urn:x-signhook:" + version + ":tolerant:any");
  CHECK(keys(all["$defs"]) == "uuid timestamp ");
  CHECK(keys(all["$defs"]["uuid"]) == "description type format pattern ");
  CHECK(keys(all["$defs"]["timestamp"]) == "description type format pattern ");
  std::size_t nth = 0;
  simdjson::dom::array each;
  REQUIRE(all["oneOf"].get(each) == simdjson::SUCCESS);
  for (const auto element : each) {
    const simdjson::simdjson_result one{simdjson::dom::element(element)};
    const bool is_known = nth++ < event_types.size();
    CHECK(keys(one) == (is_known ? "title description type properties required examples "
                                 : "title description type properties required "));
    CHECK(text(one["type"]) == "object");
    CHECK(text(one["properties"]["id"]["$ref"]) == "#/$defs/uuid");
    CHECK(text(one["properties"]["created"]["$ref"]) == "#/$defs/timestamp");
    CHECK_FALSE(text(one["description"]).empty());
    // An event of a new type may have no dossier.
    CHECK(texts(one["required"])
              .starts_with(is_known ? "id type created dossier " : "id type created "));
    if (!is_known) CHECK(texts(one["required"]) == "id type created ");
    CHECK(texts(one["properties"]["dossier"]["required"]) == "id state ");
  }
  CHECK(nth == event_types.size() + 1);
}

TEST_CASE("only the tolerant form accepts new types, states and members") {
  const std::string strict = schema_text(schema_form::strict);
  const std::string tolerant = schema_text(schema_form::tolerant);
  CHECK(count(strict, R"("additionalProperties":false)") == count(strict, R"("type":"object")"));
  CHECK(count(tolerant, "additionalProperties") == 0);
  CHECK(count(strict, "any other type") == 0);
  // In the strict form a state is one of the known ones, so that its length needs no limit.
  CHECK(count(strict, R"("type":"string","enum":[)") > 0);
  CHECK(count(strict, "maxLength") == 0);
  CHECK(count(tolerant, R"("type":"string","maxLength":)" + std::to_string(type_text::capacity) +
                            R"(,"not":{"enum":[")") == 1);
  CHECK(count(tolerant, "any other type") == 1);
  CHECK(count(tolerant,
              R"("maxLength":)" + std::to_string(open_state<dossier_state>::max_text_size)) > 0);
}

TEST_CASE("each event type has a JSON Schema of its own") {
  std::string text;
  write_json_schema<dossier_prepared>(std::back_inserter(text), schema_form::strict);
  CHECK(count(text, R"("$id":"urn:x-signhook:)") == 1);
  CHECK(count(text, R"(:strict:dossier.prepared")") == 1);
  CHECK(count(text, "dossier.state.updated") == 0);
  simdjson::dom::parser parser;
  CHECK(keys(parser.parse(text)) ==
        "$schema $id title description type properties required additionalProperties examples "
        "$defs ");
}

// std::regex has ECMAScript's syntax, as JSON Schema requires (section 6.3.3 of Validation).
TEST_CASE("the pattern of ids accepts RFC 9562's text form") {
  const std::regex pattern{std::string(detail::uuid_pattern)};
  const std::string id = "0189abcd-ef01-4ABC-9DEF-0123456789ab";
  CHECK(std::regex_match(id, pattern));
  for (std::size_t at = 0; at < id.size(); ++at) {
    for (const char other : {'-', 'g', 'G', '0', 'f', 'F', '9', 'a', 'A', '/', ':', '@', '`'}) {
      std::string changed = id;
      changed[at] = other;
      const bool is_digit = std::string_view("09afAF").find(other) != std::string_view::npos;
      CHECK(std::regex_match(changed, pattern) == (id[at] == '-' ? other == '-' : is_digit));
    }
    CHECK_FALSE(std::regex_match(id.substr(0, at), pattern));
  }
  CHECK_FALSE(std::regex_match(id + "0", pattern));
}

TEST_CASE("the pattern of times accepts RFC 3339's fields in their ranges") {
  const std::regex pattern{std::string(detail::date_time_pattern)};
  for (const char* const good :
       {"0123-01-10T00:00:00Z", "4567-09-09t23:59:59z", "8999-10-19T19:08:60.0123456789Z",
        "2026-12-31T10:10:10+00:00", "2026-11-20T20:20:20-23:59", "2026-05-29T09:39:49+09:30",
        "2026-08-30T01:29:09.9-19:49", "2026-07-01T00:00:00+20:00"}) {
    INFO(good);
    CHECK(std::regex_match(good, pattern));
  }
  for (const char* const bad :
       {"026-01-01T00:00:00Z",       "20266-01-01T00:00:00Z",     "2026-00-01T00:00:00Z",
        "2026-13-01T00:00:00Z",      "2026-20-01T00:00:00Z",      "2026-01-00T00:00:00Z",
        "2026-01-32T00:00:00Z",      "2026-01-40T00:00:00Z",      "2026-01-01 00:00:00Z",
        "2026-01-01T24:00:00Z",      "2026-01-01T30:00:00Z",      "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:61Z",      "2026-01-01T00:00:70Z",      "2026-01-01T00:00:00",
        "2026-01-01T00:00:00.Z",     "2026-01-01T00:00:00x5Z",    "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00+30:00", "2026-01-01T00:00:00+00:60", "2026-01-01T00:00:00+0000",
        "2026-01-01T00:00:00ZZ",     "x2026-01-01T00:00:00Z"}) {
    INFO(bad);
    CHECK_FALSE(std::regex_match(bad, pattern));
  }
}
