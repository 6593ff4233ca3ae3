// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "guard_page.hpp"
#include <signhook/subscription/resource.hpp>

#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace signhook;

// The documented answer.
constexpr std::string_view documented_answer = R"({
"id": "77e79832-1708-4a49-9528-3536ba4057d7",
"url": "https://example.com",
"events": [
"dossier.state.updated",
"dossier.prepared"
],
"headers": null,
"disabled": false,
"updatedAt": "2022-01-01T00:00:00+00:00",
"createdAt": "2022-01-01T00:00:00+00:00"
})";

subscription documented_subscription() {
  subscription of;
  of.id = *subscription_id::parse("77e79832-1708-4a49-9528-3536ba4057d7");
  of.url = "https://example.com";
  of.events.emplace();
  of.events->emplace_back("dossier.state.updated");
  of.events->emplace_back("dossier.prepared");
  of.disabled = false;
  of.updated_at = of.created_at = *timestamp::parse("2022-01-01T00:00:00+00:00");
  return of;
}

// Returns the documented answer with one piece of it replaced.
std::string documented_with(std::string_view piece, std::string_view by) {
  std::string text(documented_answer);
  const std::size_t at = text.find(piece);
  REQUIRE(at != std::string::npos);
  return text.replace(at, piece.size(), by);
}

std::string error_text(const error& error) {
  return std::string(name(error.code)) + " at " + std::to_string(error.offset) + " '" +
         std::string(error.path) + "'";
}

template <class T>
std::string rejection_text(const result<T>& decoded) {
  return decoded ? "" : error_text(decoded.error());
}

template <class T>
std::string answer_of(const T& of) {
  std::string text;
  encode_to(of, std::back_inserter(text));
  return text;
}

// A text with the mark "<!>" at the expected offset of the fault.
struct answer_row {
  std::string text;
  std::string code;
  std::string path;
};

template <class Decode>
void check_rows(const std::vector<answer_row>& rows, Decode decode) {
  for (const answer_row& one : rows) {
    std::string text = one.text;
    const std::size_t at = text.find("<!>");
    REQUIRE(at != std::string::npos);
    text.erase(at, 3);
    INFO(text);
    CHECK(rejection_text(decode(text)) ==
          one.code + " at " + std::to_string(at) + " '" + one.path + "'");
  }
}

const auto decode_tolerant = [](std::string_view text) { return decode_subscription(text); };
const auto decode_strict = [](std::string_view text) {
  return decode_subscription(text, subscription_options::strict());
};

constexpr std::string_view documented_events = R"([
"dossier.state.updated",
"dossier.prepared"
])";

}  // namespace

TEST_CASE("the documented answer decodes and encodes") {
  const auto decoded = decode_subscription(documented_answer);
  REQUIRE(rejection_text(decoded).empty());
  CHECK(*decoded == documented_subscription());
  CHECK((*decoded->events)[0].text() == "dossier.state.updated");
  CHECK((*decoded->events)[0].index() == event(dossier_state_updated()).index());
  CHECK(decode_strict(documented_answer) == decoded);
  CHECK(answer_of(*decoded) ==
        R"({"id":"77e79832-1708-4a49-9528-3536ba4057d7","url":"https://example.com",)"
        R"("events":["dossier.state.updated","dossier.prepared"],"headers":null,"disabled":false,)"
        R"("updatedAt":"2022-01-01T00:00:00+00:00","createdAt":"2022-01-01T00:00:00+00:00"})");
}

TEST_CASE("older answers have neither disabled nor events") {
  const auto without_disabled = decode_subscription(documented_with("\"disabled\": false,\n", ""));
  REQUIRE(without_disabled);
  CHECK_FALSE(without_disabled->disabled);
  CHECK(without_disabled->events->size() == 2);

  const std::string oldest = R"({"id":"77e79832-1708-4a49-9528-3536ba4057d7",)"
                             R"("url":"https://example.com","headers":null,)"
                             R"("updatedAt":"2022-01-01T00:00:00+00:00",)"
                             R"("createdAt":"2022-01-01T00:00:00+00:00"})";
  const auto without_both = decode_subscription(oldest);
  REQUIRE(without_both);
  CHECK_FALSE(without_both->disabled);
  CHECK_FALSE(without_both->events);
  CHECK(answer_of(*without_both) == oldest);

  // Absent differs from false and from empty.
  const auto empty = decode_subscription(documented_with(documented_events, "[ ]"));
  REQUIRE(empty);
  REQUIRE(empty->events);
  CHECK(empty->events->empty());
  CHECK(*empty != *without_both);
  const auto disabled = decode_subscription(documented_with("false", "true"));
  REQUIRE(disabled);
  CHECK(disabled->disabled == true);
}

TEST_CASE("headers are null, an object, or an empty array") {
  for (const std::string_view none : {"null", "{}", "{ \n}", "[]", "[\t]"}) {
    INFO(none);
    const auto decoded = decode_subscription(documented_with("null", none));
    REQUIRE(decoded);
    CHECK(*decoded == documented_subscription());
  }
  const auto decoded = decode_subscription(documented_with(
      "null", R"({ "X-Secret" : "a\"\u0062", "x-secret":"", "\u0041":"\ud83d\ude00" })"));
  REQUIRE(rejection_text(decoded).empty());
  CHECK(decoded->headers == std::vector<custom_header>{
                                {"X-Secret", "a\"b"}, {"x-secret", ""}, {"A", "\xf0\x9f\x98\x80"}});
  CHECK(decode_subscription(answer_of(*decoded)) == decoded);
}

TEST_CASE("unknown event types are data, and unknown members are ignored") {
  const auto decoded = decode_subscription(
      documented_with(documented_events, R"(["dossier.prepared", "new\n", "", "new\n"])"));
  REQUIRE(decoded);
  REQUIRE(decoded->events->size() == 4);
  CHECK((*decoded->events)[0].is_known());
  CHECK_FALSE((*decoded->events)[1].is_known());
  CHECK((*decoded->events)[1].index() == event(unknown_event()).index());
  CHECK((*decoded->events)[1].text() == "new\n");
  CHECK_FALSE(event_name().is_known());
  CHECK(event_name("new") == "new");
  CHECK("new" == event_name("new"));
  CHECK(event_name("new") != "news");
  CHECK(decode_subscription(answer_of(*decoded)) == decoded);

  CHECK(decode_subscription(documented_with("{", R"({"new":[{"id":0},"}",1e400],)")) ==
        decode_subscription(documented_answer));
  check_rows({{documented_with(documented_events, R"(["dossier.prepared", <!>"new"])"),
               "unknown_type", "/events"},
              {documented_with("{", R"({<!>"new":[{"id":0}],)"), "unknown_member", ""}},
             decode_strict);
}

TEST_CASE("members are compared unescaped, in any order") {
  const auto decoded = decode_subscription(
      R"({"createdAt":"2022-01-01T00:00:00+00:00","updatedAt":"2022-01-01T00:00:00+00:00",)"
      R"("disabled":false,"headers":null,"events":["dossier\u002estate.updated","dossier.prepared"],)"
      R"("\u0075rl":"https:\/\/example.com","i\u0064":"77E79832-1708-4a49-9528-3536BA4057D7"} )");
  REQUIRE(rejection_text(decoded).empty());
  CHECK(*decoded == documented_subscription());
}

TEST_CASE("an invalid subscription is rejected at the offset of the fault") {
  check_rows(
      {
          {"<!>", "empty_body", ""},
          {"<!>[]", "not_an_object", ""},
          {" <!>null", "not_an_object", ""},
          {"\n<!>\"id\"", "not_an_object", ""},
          {" <!>{}", "missing_member", "/id"},
          {"<!>" + documented_with("\"id\"", "\"Id\""), "missing_member", "/id"},
          {"<!>" + documented_with("\"url\"", "\"URL\""), "missing_member", "/url"},
          {"<!>" + documented_with("\"headers\"", "\"header\""), "missing_member", "/headers"},
          {"<!>" + documented_with("updatedAt", "updated"), "missing_member", "/updatedAt"},
          {"<!>" + documented_with("createdAt", "created"), "missing_member", "/createdAt"},
          // At the brace, even if an earlier member is wrong too.
          {R"(<!>{"id":0,"headers":null,"updatedAt":0,"createdAt":0})", "missing_member", "/url"},
          {documented_with("\"77e79832", "<!>\"77e7983"), "invalid_uuid", "/id"},
          {documented_with("\"77e79832-1708-4a49-9528-3536ba4057d7\"", "<!>77"), "wrong_type",
           "/id"},
          {documented_with("\"https://example.com\"", "<!>null"), "wrong_type", "/url"},
          {documented_with("\"https://example.com\"", "<!>[]"), "wrong_type", "/url"},
          {documented_with(documented_events, "<!>null"), "wrong_type", "/events"},
          {documented_with(documented_events, "<!>{}"), "wrong_type", "/events"},
          {documented_with(documented_events, "<!>\"dossier.prepared\""), "wrong_type", "/events"},
          {documented_with(documented_events, "[\"a\", <!>null]"), "wrong_type", "/events"},
          {documented_with(documented_events, "[<!>[\"a\"]]"), "wrong_type", "/events"},
          {documented_with("null", "<!>false"), "wrong_type", "/headers"},
          {documented_with("null", "<!>\"\""), "wrong_type", "/headers"},
          {documented_with("null", "<!>[null]"), "wrong_type", "/headers"},
          {documented_with("null", "<!>[{}]"), "wrong_type", "/headers"},
          {documented_with("null", R"({"a":"1","b":<!>2})"), "wrong_type", "/headers"},
          {documented_with("null", R"({"a":<!>null})"), "wrong_type", "/headers"},
          {documented_with("null", R"({"a":<!>["1"]})"), "wrong_type", "/headers"},
          {documented_with("null", R"({"a":"1","b":"2",<!>"a":"1"})"), "duplicate_member",
           "/headers"},
          {documented_with("null", R"({"b":"","a":"1",<!>"\u0061":"1","b":""})"),
           "duplicate_member", "/headers"},
          {documented_with("null", R"({"a":"1","b":<!>0,"a":"1"})"), "wrong_type", "/headers"},
          {documented_with("null", R"({"a":"1",<!>"a":0})"), "duplicate_member", "/headers"},
          {documented_with("false", "<!>null"), "wrong_type", "/disabled"},
          {documented_with("false", "<!>0"), "wrong_type", "/disabled"},
          {documented_with("false", "<!>\"false\""), "wrong_type", "/disabled"},
          {documented_with("\"2022-01-01T", "<!>\"2022-02-30T"), "invalid_timestamp", "/updatedAt"},
          {documented_with("\n}", ",<!>\"disabled\": true}"), "duplicate_member", "/disabled"},
          {documented_with("\n}", ",<!>\"\\u0069d\": 0}"), "duplicate_member", "/id"},
          {documented_with("\n}", "<!>"), "unexpected_end", ""},
          {documented_with("false", "fals<!>o"), "invalid_json", ""},
          {documented_with("example", "ex\xc3<!>mple"), "invalid_utf8", ""},
          {documented_with("null", "{\"a\":\"\\ud800<!>\"}"), "invalid_json", ""},
          {std::string(documented_answer) + " <!>,", "trailing_content", ""},
          {"<!>\xef\xbb\xbf" + std::string(documented_answer), "invalid_json", ""},
      },
      decode_tolerant);
}

TEST_CASE("the fault at the lowest offset is reported") {
  // A wrong value before a duplicate member before a wrong value.
  check_rows({{R"({"id":<!>0,"id":0,"url":0,"headers":0,"updatedAt":0,"createdAt":0})",
               "wrong_type", "/id"},
              {R"({"createdAt":"2022-01-01T00:00:00Z",<!>"createdAt":0,"url":0,"headers":0,)"
               R"("updatedAt":0,"id":0})",
               "duplicate_member", "/createdAt"}},
             decode_tolerant);
}

TEST_CASE("the limits of answers are exact") {
  subscription_options options;
  options.max_bytes = static_cast<std::uint32_t>(documented_answer.size());
  CHECK(decode_subscription(documented_answer, options));
  options.max_bytes -= 1;
  CHECK(rejection_text(decode_subscription(documented_answer, options)) ==
        "body_too_large at 0 ''");
  CHECK(rejection_text(decode_subscriptions(documented_answer, options)) ==
        "body_too_large at 0 ''");

  const std::string list = "[" + std::string(documented_answer) + "]";
  options = {};
  options.max_depth = 3;
  CHECK(decode_subscriptions(list, options));
  options.max_depth = 2;
  CHECK(decode_subscription(documented_answer, options));
  CHECK(rejection_text(decode_subscriptions(list, options)) ==
        "too_deep at " + std::to_string(list.find("[\n\"dossier")) + " ''");
  options.max_depth = UINT32_MAX;  // reduced to the ceiling
  const std::string deep =
      documented_with("{", "{\"new\":" + std::string(1023, '[') + std::string(1023, ']') + ",");
  CHECK(decode_subscription(deep, options));
  CHECK(rejection_text(decode_subscription("[" + deep + "]", options)).find("too_deep") == 0);
}

TEST_CASE("a list is a bare array") {
  for (const std::string_view empty : {"[]", " [\n] "}) {
    CHECK(decode_subscriptions(empty) ==
          result<std::vector<subscription>>(std::vector<subscription>()));
  }
  const std::string one(documented_answer);
  const auto two = decode_subscriptions("[" + one + " , " + documented_with("false", "true") + "]");
  REQUIRE(rejection_text(two).empty());
  REQUIRE(two->size() == 2);
  CHECK((*two)[0] == documented_subscription());
  CHECK((*two)[1].disabled == true);

  check_rows({{"<!>" + one, "wrong_type", ""},
              {" <!>null", "wrong_type", ""},
              {"<!>", "empty_body", ""},
              {"[" + one + ", <!>null]", "not_an_object", ""},
              {"[<!>[" + one + "]]", "not_an_object", ""},
              {"[" + one + ",<!>{}]", "missing_member", "/id"},
              {"[" + one + "," + documented_with("false", "<!>0") + "]", "wrong_type", "/disabled"},
              {"[" + one + ",<!>]", "invalid_json", ""},
              {"[" + one + "]<!>]", "trailing_content", ""}},
             [](std::string_view text) { return decode_subscriptions(text); });
}

TEST_CASE("an error answer decodes") {
  const auto decoded = decode_api_error(R"({"status": 404, "message": "Not found\u0021"})");
  REQUIRE(decoded);
  CHECK(*decoded == api_error{404, "Not found!"});
  CHECK(answer_of(*decoded) == R"({"status":404,"message":"Not found!"})");
  for (const std::int32_t status : {0, -1, INT32_MAX, INT32_MIN}) {
    const api_error of{status, ""};
    CHECK(decode_api_error(answer_of(of)) == result<api_error>(of));
  }
  CHECK(decode_api_error(R"({"message":"","new":{},"status":-0 })") ==
        result<api_error>(api_error{}));
  const auto decode = [](std::string_view text) { return decode_api_error(text); };
  check_rows({{R"(<!>{"message":""})", "missing_member", "/status"},
              {R"(<!>{"status":1})", "missing_member", "/message"},
              {R"({"status":<!>"404","message":""})", "wrong_type", "/status"},
              {R"({"status":<!>404.0,"message":""})", "wrong_type", "/status"},
              {R"({"status":<!>4e2 ,"message":""})", "wrong_type", "/status"},
              {R"({"status":<!>2147483648,"message":""})", "wrong_type", "/status"},
              {R"({"status":<!>-2147483649,"message":""})", "wrong_type", "/status"},
              {R"({"status":<!>1e400,"message":""})", "wrong_type", "/status"},
              {R"({"status":<!>null,"message":""})", "wrong_type", "/status"},
              {R"({"status":<!>[1],"message":""})", "wrong_type", "/status"},
              {R"({"message":<!>null,"status":1})", "wrong_type", "/message"},
              {R"({"message":"","status":1,<!>"status":1})", "duplicate_member", "/status"},
              {R"(<!>[])", "not_an_object", ""},
              {R"(<!><html>)", "invalid_json", ""}},
             decode);
  CHECK(rejection_text(decode_api_error(R"({"status":1,"message":"","new":0})",
                                        subscription_options::strict())) ==
        "unknown_member at 25 ''");
}

TEST_CASE("many headers are compared in linear time") {
  // To compare each with each would take 900 million steps.
  std::string headers = "{";
  for (int i = 0; i < 30'000; ++i) headers += "\"" + std::to_string(i) + "\":\"\",";
  const std::string good = documented_with("null", headers + "\"x\":\"\"}");
  const auto decoded = decode_subscription(good);
  REQUIRE(decoded);
  CHECK(decoded->headers.size() == 30'001);
  const std::string bad = documented_with("null", headers + "\"0\":\"\"}");
  CHECK(rejection_text(decode_subscription(bad)) ==
        "duplicate_member at " + std::to_string(bad.rfind("\"0\":\"\"")) + " '/headers'");
}

#if defined(__unix__) || defined(__APPLE__)
TEST_CASE("no byte after an answer is read") {
  guard_page end(4096);
  const std::string list = "[" + std::string(documented_answer) + "]";
  const std::string_view failed = R"({"status": 404, "message": "no\u0021"})";
  for (const std::string_view text :
       {std::string_view(documented_answer), std::string_view(list), failed}) {
    for (std::size_t size = 0; size <= text.size(); ++size) {
      const std::string_view placed = end.place(text.substr(0, size));
      const int accepted = int{decode_subscription(placed).has_value()} +
                           int{decode_subscriptions(placed).has_value()} +
                           int{decode_api_error(placed).has_value()};
      if (accepted != (size == text.size() ? 1 : 0)) FAIL(size);
    }
  }
  SUCCEED();
}
#endif
