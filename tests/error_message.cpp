// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include <signhook/decoder.hpp>
#include <signhook/error/message.hpp>

#include <string>
#include <string_view>

namespace {

using namespace signhook;
using namespace std::string_view_literals;

// The message of what a body is rejected for.
std::string said(std::string_view body, decoder_options options = {}) {
  const auto decoded = decoder(options).decode(body);
  if (decoded) return "accepted";
  const error_message text = message(decoded.error(), body);
  return std::string(text.view());
}

constexpr error_message of_empty_body = message({errc::empty_body, 0, ""});
static_assert(of_empty_body == "the body is empty" && of_empty_body != "the body" &&
              of_empty_body == error_message(of_empty_body));
static_assert(of_empty_body != message({errc::too_deep, 0, ""}));

}  // namespace

TEST_CASE("a syntax error says what was found and what was expected") {
  struct row {
    std::string_view body;
    std::string_view text;
  };
  for (const row& one : {
           row{"", "the body is empty"},
           row{"{", "unexpected end of input, expected a key or '}'"},
           row{"{\"a\"", "unexpected end of input, expected ':'"},
           row{"{\"a", "unexpected end of input, expected the rest of a string"},
           row{"{\"a\":", "unexpected end of input, expected a value"},
           row{"{\"a\":1", "unexpected end of input, expected ',' or '}'"},
           row{"{\"a\":[1", "unexpected end of input, expected ',' or ']'"},
           row{"{\"a\":]", "unexpected ']', expected a value"},
           row{"{\"a\":[1,]}", "unexpected ']', expected a value"},
           row{"{\"a\":[}", "unexpected '}', expected a value or ']'"},
           row{"{\"a\":1,}", "unexpected '}', expected a key"},
           row{"{1:2}", "unexpected '1', expected a key or '}'"},
           row{"{\"a\" 1}", "unexpected '1', expected ':'"},
           row{"{\"a\":1 2}", "unexpected '2', expected ',' or '}'"},
           row{"{\"a\":01}", "leading zeros are not allowed"},
           row{"{\"a\":-x}", "unexpected 'x', expected a digit"},
           row{"{\"a\":nul}", "unexpected '}', expected true, false or null"},
           row{"{\"a\":\"\\q\"}", "unexpected 'q', expected an escape"},
           row{"{\"a\":\"\\u00g0\"}", "unexpected 'g', expected a hexadecimal digit"},
           row{"{\"a\":\"\\ud800x\"}",
               "unexpected 'x', expected the second half of a surrogate pair"},
           row{"{\"a\":\"\n\"}", "unexpected byte \\x0a, expected the rest of a string"},
           row{"{\"a\":\x7f}", "unexpected byte \\x7f, expected a value"},
           row{"\xef\xbb\xbf{}", "a byte order mark is not allowed"},
           row{"{} {}", "unexpected content after the document"},
           row{"{\"\xff\":1}", "invalid UTF-8"},
           row{"[]", "expected an object, found an array"},
           row{"null", "expected an object, found null"},
           row{"{}", "missing required member \"id\""},
       }) {
    INFO(one.body);
    CHECK(said(one.body) == one.text);
  }
}

TEST_CASE("a schema error names the member and what is wrong with it") {
  constexpr std::string_view id = "\"id\":\"b041a287-bc92-4469-801e-ae1a39c08f6e\"";
  constexpr std::string_view created = "\"created\":\"2026-01-01T00:00:00+00:00\"";
  struct row {
    std::string body;
    std::string_view text;
  };
  const std::string dossier =
      "\"dossier\":{\"id\":\"b659c273-954e-43cf-893a-0f74a7f87153\",\"state\":\"draft\"}";
  const std::string common = "{" + std::string(id) + "," + std::string(created) + ",";
  for (const row& one : {
           row{common + "\"type\":null}", "expected a string, found null"},
           row{common + "\"type\":\"dossier.prepared\",\"dossier\":[]}",
               "expected an object, found an array"},
           row{common + "\"type\":\"dossier.prepared\",\"dossier\":{\"state\":\"x\"}}",
               "missing required member \"id\""},
           row{common + "\"type\":\"dossier.prepared\"," + dossier + "," + std::string(id) + "}",
               "duplicate member \"id\""},
           row{common + "\"type\":\"dossier.prepared\"," + dossier + ",\"new\":1}",
               "unknown member \"new\""},
           row{common + "\"type\":\"a.b\"}", "unknown event type \"a.b\""},
           row{common +
                   "\"type\":\"dossier.prepared\",\"dossier\":{\"id\":\"x\",\"state\":\"draft\"}}",
               "expected a UUID"},
       }) {
    INFO(one.body);
    CHECK(said(one.body, decoder_options::strict()) == one.text);
  }
}

TEST_CASE("a message is one line of printable ASCII of bounded size, whatever the error") {
  const std::string path = "/" + std::string(3000, '\n');
  for (unsigned code = 0; code < 256; ++code) {
    for (unsigned expected = 0; expected < 256; ++expected) {
      const error of{static_cast<errc>(code), ~std::uint32_t{0}, path,
                     static_cast<expectation>(expected)};
      for (const std::string_view body : {""sv, "\"\x1b[2J"sv}) {
        const error_message text = message(of, body);
        for (const char c : text.view()) {
          if (c < ' ' || c > '~') FAIL(code);
        }
      }
    }
  }
  const error_message cut = message({errc::missing_member, 0, path});
  CHECK(cut.view().size() == error_message::capacity);
}

static_assert(message(error{errc::too_deep}).append("!").view().ends_with("limit!"));
