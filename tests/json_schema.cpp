// SPDX-License-Identifier: BSL-1.0
// That the schemas say what the library does, an independent validator shows: json_schema/.
#include "body_tree.hpp"
#include "catch.hpp"
#include <signhook/json_schema.hpp>

#include <array>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

namespace {

using namespace signhook;

// Without memory of its own: in a constant expression, into an array.
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

std::size_t count(std::string_view in, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = in.find(what, at)) != std::string_view::npos; ++at) ++found;
  return found;
}

}  // namespace

TEST_CASE("a JSON Schema holds each documented type once") {
  for (const schema_form form : {schema_form::tolerant, schema_form::strict}) {
    const std::string all = schema_text(form);
    for (const std::string& type : sample_names()) {
      CHECK(count(all, R"({"const":")" + type + "\"}") == 1);
    }
    CHECK(count(all, R"({"const":)") == 8);
  }
  CHECK(schema_text(schema_form::tolerant).size() == schema_size);
}

TEST_CASE("only the tolerant form has room for what is new") {
  const std::string strict = schema_text(schema_form::strict);
  const std::string tolerant = schema_text(schema_form::tolerant);
  CHECK(count(strict, R"("additionalProperties":false)") == count(strict, R"("type":"object")"));
  CHECK(count(tolerant, "additionalProperties") == 0);
  CHECK(count(strict, "any other type") == 0);
  CHECK(count(tolerant, "any other type") == 1);
  CHECK(count(tolerant, R"("maxLength":46)") > 0);
}

TEST_CASE("a type has a JSON Schema of its own") {
  std::string text;
  write_json_schema<dossier_prepared>(std::back_inserter(text), schema_form::strict);
  CHECK(count(text, R"("$id":"urn:x-signhook:)") == 1);
  CHECK(count(text, R"(:strict:dossier.prepared")") == 1);
  CHECK(count(text, "dossier.state.updated") == 0);
}
