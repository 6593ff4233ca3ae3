// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include <signhook/decoder.hpp>
#include <signhook/encoder.hpp>
#include <signhook/ndjson.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using namespace signhook;

static_assert(std::is_nothrow_move_constructible_v<decoder>);
static_assert(std::is_nothrow_move_assignable_v<decoder>);
static_assert(!std::is_copy_constructible_v<decoder>);

// Types with uninitialised elements are not copyable, and constant evaluation, which rejects a read of one, passes:
// with a nesting of several words, and after a prefix that another reader has read.
static_assert(!std::is_copy_constructible_v<detail::noted_warnings>);
static_assert(!std::is_copy_constructible_v<detail::nesting>);
static_assert(!std::is_copy_constructible_v<detail::noted_fields<event>>);

// A member, and then objects and arrays in each other.
template <std::size_t Depth>
inline constexpr auto nested = [] {
  constexpr std::string_view before = R"({"a":1,"b":[)";
  std::array<char, before.size() + Depth * 8 + 2> text{};
  char* out = text.data() + before.copy(text.data(), before.size());
  for (std::size_t i = 0; i < Depth; ++i) out += std::string_view(R"({"a":[)").copy(out, 6);
  for (std::size_t i = 0; i <= Depth; ++i) out += std::string_view("]}").copy(out, 2);
  return text;
}();
template <std::size_t Depth>
constexpr bool is_json(detail::json_prefix known) {
  return !detail::locator({nested<Depth>.data(), nested<Depth>.size()}, 1000).run(known);
}
constexpr detail::json_prefix after_the_member = {std::string_view(R"({"a":1)").size(), 1};
static_assert(is_json<1>({}) && is_json<100>({}));
static_assert(is_json<1>(after_the_member) && is_json<100>(after_the_member));

#define ID "\"id\":\"b041a287-bc92-4469-801e-ae1a39c08f6e\""
#define TYPE "\"type\":\"dossier.state.updated\""
#define CREATED "\"created\":\"2026-01-01T00:00:00+00:00\""
#define DOSSIER "\"dossier\":{\"id\":\"b659c273-954e-43cf-893a-0f74a7f87153\",\"state\":\"draft\"}"
#define ALL "{" ID "," TYPE "," CREATED "," DOSSIER "}"
#define WITH(member) "{" ID "," TYPE "," CREATED ",\n" DOSSIER ",\n" member "}"

std::string text(error of) {
  return std::string(name(of.code)) + " at '" + std::string(of.path) + "'";
}

struct rejection {
  std::string body;
  errc code;
  std::string_view pointer;
  std::uint32_t line;
  std::uint32_t column;
};

void check(decoder& with, const std::vector<rejection>& rejections) {
  for (const rejection& row : rejections) {
    INFO(row.body);
    const auto decoded = with.decode(row.body);
    REQUIRE_FALSE(decoded);
    CHECK(text(decoded.error()) == text({row.code, 0, row.pointer}));
    const location at = locate(row.body, decoded.error());
    CHECK(at.line == row.line);
    CHECK(at.column == row.column);

    std::vector<diagnostic> found;
    CHECK_FALSE(with.validate(row.body, [&](const diagnostic& one) { found.push_back(one); }));
    bool first = true;
    for (const diagnostic& one : found) {
      if (one.severity == severity::warning || !first) continue;
      first = false;
      CHECK(one.error == decoded.error());
    }
    CHECK_FALSE(first);
  }
}

std::string repeated(std::string_view text, std::size_t count) {
  std::string result;
  while (count-- != 0) result += text;
  return result;
}

}  // namespace

TEST_CASE("a body that is not JSON is rejected at its first invalid byte") {
  decoder with;
  check(with,
        {
            {"", errc::empty_body, "", 1, 1},
            {" \t\r\n", errc::empty_body, "", 1, 1},
            {"\xef\xbb\xbf" ALL, errc::invalid_json, "", 1, 1},  // RFC 8259, section 8.1: we choose
            {"\xef\xbb", errc::invalid_json, "", 1, 1},
            {"\xff", errc::invalid_utf8, "", 1, 1},
            {"{", errc::unexpected_end, "", 1, 2},
            {"}", errc::invalid_json, "", 1, 1},
            {"{\n\"id\"", errc::unexpected_end, "", 2, 5},
            {"{\n\"id\" 1", errc::invalid_json, "", 2, 6},
            {"{\"id\":}", errc::invalid_json, "", 1, 7},
            {"{\"a\":\"b\":\"c\"}", errc::invalid_json, "", 1, 9},
            {"{\"a\":1,}", errc::invalid_json, "", 1, 8},
            {"{,}", errc::invalid_json, "", 1, 2},
            {"{\"a\":1 \"b\":2}", errc::invalid_json, "", 1, 8},
            {"{\"a\":1]", errc::invalid_json, "", 1, 7},
            {"{'a':1}", errc::invalid_json, "", 1, 2},
            {"{a:1}", errc::invalid_json, "", 1, 2},
            {"{\"a\":[1 2]}", errc::invalid_json, "", 1, 9},
            {"{\"a\":[1,]}", errc::invalid_json, "", 1, 9},
            {"{\"a\":[,1]}", errc::invalid_json, "", 1, 7},
            {"{\"a\":[1}", errc::invalid_json, "", 1, 8},
            {WITH("\"a\":01"), errc::invalid_json, "", 3, 6},
            {WITH("\"a\":1."), errc::invalid_json, "", 3, 7},
            {WITH("\"a\":.5"), errc::invalid_json, "", 3, 5},
            {WITH("\"a\":-"), errc::invalid_json, "", 3, 6},
            {WITH("\"a\":+1"), errc::invalid_json, "", 3, 5},
            {WITH("\"a\":1e"), errc::invalid_json, "", 3, 7},
            {WITH("\"a\":1e+"), errc::invalid_json, "", 3, 8},
            {WITH("\"a\":0x1"), errc::invalid_json, "", 3, 6},
            {WITH("\"a\":NaN"), errc::invalid_json, "", 3, 5},
            {WITH("\"a\":nul"), errc::invalid_json, "", 3, 8},
            {WITH("\"a\":nulL"), errc::invalid_json, "", 3, 8},
            {WITH("\"a\":nulll"), errc::invalid_json, "", 3, 9},
            {WITH("\"a\":True"), errc::invalid_json, "", 3, 5},
            {WITH("\"a\":\"\t\""), errc::invalid_json, "", 3, 6},
            {WITH("\"a\":\"\\x\""), errc::invalid_json, "", 3, 7},
            {WITH("\"a\":\"\\u12g4\""), errc::invalid_json, "", 3, 10},
            {WITH("\"a\":\"\\ud800\""), errc::invalid_json, "", 3, 12},
            {WITH("\"a\":\"\\ud800x\""), errc::invalid_json, "", 3, 12},
            {WITH("\"a\":\"\\ud800\\n\""), errc::invalid_json, "", 3, 13},
            {WITH("\"a\":\"\\ud800\\u0041\""), errc::invalid_json, "", 3, 14},
            {WITH("\"a\":\"\\ud800\\ud800\""), errc::invalid_json, "", 3, 15},
            {WITH("\"a\":\"\\udc00\""), errc::invalid_json, "", 3, 9},
            {WITH("\"\\ud800\":1"), errc::invalid_json, "", 3, 8},
            {WITH("\"a\":\"\xff\""), errc::invalid_utf8, "", 3, 6},
            {WITH("\"a\":\"\xc0\x80\""), errc::invalid_utf8, "", 3, 6},          // overlong
            {WITH("\"a\":\"\xe0\x80\x80\""), errc::invalid_utf8, "", 3, 7},      // overlong
            {WITH("\"a\":\"\xed\xa0\x80\""), errc::invalid_utf8, "", 3, 7},      // a surrogate
            {WITH("\"a\":\"\xf4\x90\x80\x80\""), errc::invalid_utf8, "", 3, 7},  // beyond U+10FFFF
            {WITH("\"a\":\"\xe2\x82\""), errc::invalid_utf8, "", 3, 8},          // cut
            {WITH("\"a\":\xc3\xa9"), errc::invalid_json, "", 3, 5},
            {WITH("\"a\":\x80"), errc::invalid_utf8, "", 3, 5},
            {std::string("{\"a\":\0}", 7), errc::invalid_json, "", 1, 6},
            {ALL " x", errc::trailing_content, "", 1, 188},
            {ALL ALL, errc::trailing_content, "", 1, 187},
            {ALL "\n,", errc::trailing_content, "", 2, 1},
            {ALL "\n\xff", errc::invalid_utf8, "", 2, 1},
            {std::string(ALL) + '\0', errc::trailing_content, "", 1, 187},
            // Broken JSON is never reported as a broken schema, wherever the two stand.
            {"{\"id\":1,\"type\":2,\"created\":3", errc::unexpected_end, "", 1, 29},
        });
}

TEST_CASE("the violation at the lowest offset is reported") {
  decoder with;
  check(with,
        {
            {"[]", errc::not_an_object, "", 1, 1},
            {" \n null", errc::not_an_object, "", 2, 2},
            {"\"text\"", errc::not_an_object, "", 1, 1},
            {"-1e9", errc::not_an_object, "", 1, 1},
            {"{}", errc::missing_member, "/id", 1, 1},
            {"\n {" TYPE "}", errc::missing_member, "/id", 2, 2},
            {"{" ID "," CREATED "," DOSSIER "}", errc::missing_member, "/type", 1, 1},
            // An unknown type needs the rest of the envelope, but no dossier.
            {"{" ID ",\"type\":\"x\"}", errc::missing_member, "/created", 1, 1},
            {"{" ID ",\"type\":\"x\"," CREATED ",\"dossier\":{}}", errc::missing_member,
             "/dossier/id", 1, 105},
            {"{" ID ",\"type\":\"x\"," CREATED ",\"dossier\":null}", errc::wrong_type, "/dossier",
             1, 105},
            {"{\"id\":\"B041A287-BC92-4469-801E-AE1A39C08F6\"," TYPE "," CREATED "," DOSSIER "}",
             errc::invalid_uuid, "/id", 1, 7},
            {"{\"id\":\"\"," TYPE "," CREATED "," DOSSIER "}", errc::invalid_uuid, "/id", 1, 7},
            {"{\"id\":\"{041a287-bc92-4469-801e-ae1a39c08f6}\"," TYPE "," CREATED "," DOSSIER "}",
             errc::invalid_uuid, "/id", 1, 7},
            {"{" ID "," TYPE ",\"created\":\"2026-02-29T00:00:00Z\"," DOSSIER "}",
             errc::invalid_timestamp, "/created", 1, 87},
            {"{" ID "," TYPE ",\"created\":\"2026-01-01T00:00:00Z \"," DOSSIER "}",
             errc::invalid_timestamp, "/created", 1, 87},
            {"{" ID "," TYPE ",\"created\":\"2026-01-01T00:00:00Z\\u0000\"," DOSSIER "}",
             errc::invalid_timestamp, "/created", 1, 87},
            // A missing member stands at its object, before what that object holds.
            {"{" ID "," TYPE "," CREATED ",\"dossier\":{\"id\":\"x\"}}", errc::missing_member,
             "/dossier/state", 1, 125},
            {"{\"id\":\"x\"," TYPE "," CREATED "}", errc::missing_member, "/dossier", 1, 1},
            // The first occurrence counts.
            {"{\"id\":\"x\"," ID "," TYPE "," CREATED "," DOSSIER "}", errc::invalid_uuid, "/id", 1,
             7},
            {"{" ID ",\"id\":\"x\"," TYPE "," CREATED "," DOSSIER "}", errc::duplicate_member,
             "/id", 1, 46},
            {"{" ID "," TYPE ",\"type\":\"dossier.prepared\"," CREATED "," DOSSIER "}",
             errc::duplicate_member, "/type", 1, 77},
            {WITH("\"dossier\":null"), errc::duplicate_member, "/dossier", 3, 1},
            {WITH("\"doss\\u0069er\":null"), errc::duplicate_member, "/dossier", 3, 1},
            {WITH("\"dossier\":1,\"id\":\"x\""), errc::duplicate_member, "/dossier", 3, 1},
            // A member of another event's type may be there twice.
            {WITH("\"invite\":1,\"invite\":2,\n\"id\":3"), errc::duplicate_member, "/id", 4, 1},
            {WITH("\"id\":1,\"invite\":1,\"invite\":2"), errc::duplicate_member, "/id", 3, 1},
            {WITH("\"id\":1,\"\\x\":1"), errc::invalid_json, "", 3, 10},
        });
}

TEST_CASE("a member of another event type is an unknown member") {
  decoder with;
  decoder strict{decoder_options::strict()};
  for (const std::string_view member :
       {"\"invite\":{\"id\":1}", "\"invite\":null", "\"invite\":{},\"invite\":[]",
        "\"reassignRequest\":{\"originalInvitee\":{\"id\":\"x\",\"id\":\"\\n\"}}"}) {
    const std::string body =
        "{" ID "," TYPE "," CREATED ",\n" DOSSIER ",\n" + std::string(member) + "}";
    INFO(body);
    CHECK(with.decode(body));
    check(strict, {{body, errc::unknown_member, "", 3, 1}});
  }
  // But it must be JSON, although it is ignored.
  check(with, {{WITH("\"invite\":{\"id\":\"\\ud800\"}"), errc::invalid_json, "", 3, 23},
               {WITH("\"invitee\":{\"state\":\"\\x\"}"), errc::invalid_json, "", 3, 22}});
}

TEST_CASE("an unknown type is kept with its envelope, or rejected") {
  decoder with;
  const std::string body = "{" ID ",\"type\":\"dossier\\u002eburned \\ud83d\\udd25\"," CREATED
                           "," DOSSIER ",\"more\":[]}";
  const auto decoded = with.decode(body);
  REQUIRE(decoded);
  const auto* kept = std::get_if<unknown_event>(&*decoded);
  REQUIRE(kept != nullptr);
  CHECK(kept->type.view() == "dossier.burned \xf0\x9f\x94\xa5");
  CHECK(type_of(*decoded) == kept->type.view());
  REQUIRE(kept->dossier);
  CHECK(kept->dossier->state == dossier_state::draft);

  const auto bare = with.decode("{" CREATED ",\"type\":\"\"," ID "}");
  REQUIRE(bare);
  CHECK_FALSE(std::get<unknown_event>(*bare).dossier);

  decoder strict{decoder_options::strict()};
  check(strict, {{body, errc::unknown_type, "/type", 1, 53}});

  decoder_options types_only;
  types_only.types = unknown::reject;
  decoder rejecting{types_only};
  check(rejecting, {{body, errc::unknown_type, "/type", 1, 53}});
  CHECK(rejecting.decode(WITH("\"more\":1")));
}

TEST_CASE("an unknown state is kept as its text, or rejected") {
  decoder with;
  const std::string body = "{" ID "," TYPE "," CREATED
                           ",\"dossier\":{\"state\":\"de\\u0063lin\\\"ed\","
                           "\"id\":\"b659c273-954e-43cf-893a-0f74a7f87153\"}}";
  const auto decoded = with.decode(body);
  REQUIRE(decoded);
  const auto& state = std::get<dossier_state_updated>(*decoded).dossier.state;
  CHECK_FALSE(state.is_known());
  CHECK(state.text() == "declin\"ed");

  decoder_options states_only;
  states_only.states = unknown::reject;
  decoder rejecting{states_only};
  check(rejecting, {{body, errc::unknown_state, "/dossier/state", 1, 134}});
}

TEST_CASE("an unknown text is kept up to its limit") {
  struct row {
    std::size_t size;
    bool fits_state;
    bool fits_type;
  };
  decoder with;
  decoder strict{decoder_options::strict()};
  for (const row& one :
       {row{45, true, true}, row{46, true, true}, row{47, false, true}, row{78, false, true},
        row{79, false, true}, row{80, false, false}, row{1000, false, false}}) {
    for (const std::string_view letter : {"x", "\\u0078"}) {
      const std::string text = repeated(letter, one.size);
      const std::string state = "{" ID "," TYPE "," CREATED
                                ",\"dossier\":{\"id\":\"b659c273-954e-43cf-893a-0f74a7f87153\","
                                "\"state\":\"" +
                                text + "\"}}";
      const std::string type = "{" ID ",\"type\":\"" + text + "\"," CREATED "}";
      CHECK(with.decode(state).has_value() == one.fits_state);
      CHECK(with.decode(type).has_value() == one.fits_type);
      if (!one.fits_state) check(with, {{state, errc::text_too_long, "/dossier/state", 1, 178}});
      if (!one.fits_type) check(with, {{type, errc::text_too_long, "/type", 1, 53}});
      check(strict, {{state, errc::unknown_state, "/dossier/state", 1, 178},
                     {type, errc::unknown_type, "/type", 1, 53}});
    }
  }
}

TEST_CASE("a number is validated by its grammar, whatever its value") {
  decoder with;
  for (const std::string_view number :
       {"0", "-0", "1e400", "-1E-400", "0.0", "123456789012345678901234567890", "1.5e+3", "0e0"}) {
    const std::string body =
        "{" ID "," TYPE "," CREATED "," DOSSIER ",\"n\":" + std::string(number) + "}";
    INFO(body);
    CHECK(with.decode(body));
  }
}

TEST_CASE("all overloads return the same result") {
  decoder with;
  for (const std::string_view body : {std::string_view(ALL), std::string_view(ALL "x"),
                                      std::string_view("{}"), std::string_view("")}) {
    const simdjson::padded_string padded(body);
    const auto plain = with.decode(body);
    CHECK(with.decode(padded) == plain);
    CHECK(with.decode(simdjson::padded_string_view(padded)) == plain);
    CHECK(with.decode(std::string(body)) == plain);
    // A view that claims too little padding is decoded too.
    CHECK(with.decode(simdjson::padded_string_view(body.data(), body.size(), body.size())) ==
          plain);
  }
  CHECK(with.decode(std::string_view(nullptr, 0)).error().code == errc::empty_body);
  CHECK(with.decode(ALL) == with.decode(std::string(ALL)));
}

TEST_CASE("the bytes after a padded body are ignored") {
  decoder with;
  for (const char after : {'\0', '}', '"', ',', ' ', '\xff'}) {
    std::string body = ALL;
    const std::size_t size = body.size();
    body.append(simdjson::SIMDJSON_PADDING, after);
    CHECK(with.decode(simdjson::padded_string_view(body.data(), size, body.size())));
    CHECK_FALSE(with.decode(simdjson::padded_string_view(body.data(), size - 1, body.size())));
  }
}

TEST_CASE("a decoder decodes after it was moved") {
  decoder first;
  CHECK(first.decode(ALL));
  decoder second = std::move(first);
  CHECK(second.decode(ALL));
  decoder third{decoder_options::strict()};
  third = std::move(second);
  CHECK(third.decode(WITH("\"new\":1")));
}

TEST_CASE("a decoder that was moved from rejects every body") {
  decoder first;
  const decoder second = std::move(first);
  const std::string body = ALL;
  simdjson::padded_string padded(body);
  // NOLINTBEGIN(bugprone-use-after-move)
  CHECK(first.decode(body).error() == error{errc::body_too_large, 0, ""});
  CHECK(first.decode("").error() == error{errc::empty_body, 0, ""});
  CHECK(first.decode(padded).error().code == errc::body_too_large);
  CHECK_FALSE(first.validate(body, [](const diagnostic&) {}));
  decode_lines(first, body, [](const decoded_line& line) {
    CHECK(line.decoded.error().code == errc::body_too_large);
  });
  // NOLINTEND(bugprone-use-after-move)
  struct server {
    decoder of;
  };
  CHECK(server{}.of.decode(body));
}

TEST_CASE("validate reports all diagnostics, by offset and then in the schema's order") {
  decoder with;
  const std::string body =
      "{\"dossier\":{\"state\":\"lost\",\"x\":1,\"state\":null},\"id\":7,\n\"type\":\"dossier."
      "invite.viewed\","
      "\"invitee\":{\"id\":\"no\",\"state\":\"approved\"},\"id\":8}";
  const std::vector<std::string> expected = {
      "violation missing_member at '/created' 1:1 {",
      "violation missing_member at '/invite' 1:1 {",
      "violation missing_member at '/dossier/id' 1:12 {",
      "warning unknown_state at '/dossier/state' 1:21 \"lost\"",
      "warning unknown_member at '/dossier' 1:28 \"x\"",
      "violation duplicate_member at '/dossier/state' 1:34 \"state\"",
      "violation wrong_type at '/id' 1:53 7",
      "violation invalid_uuid at '/invitee/id' 2:48 \"no\"",
      "warning unknown_member at '/invitee' 2:53 \"state\"",
      "violation duplicate_member at '/id' 2:73 \"id\"",
  };
  std::vector<std::string> found;
  CHECK_FALSE(with.validate(body, [&](const diagnostic& one) {
    const location at = locate(body, one.error);
    found.push_back((one.severity == severity::warning ? "warning " : "violation ") +
                    text(one.error) + " " + std::to_string(at.line) + ":" +
                    std::to_string(at.column) + " " + std::string(one.source));
  }));
  CHECK(found == expected);
}

TEST_CASE("validate reports nothing for a body of the schema") {
  decoder with;
  std::size_t found = 0;
  CHECK(with.validate(ALL, [&](const diagnostic&) { ++found; }));
  CHECK(found == 0);
}

TEST_CASE("a body may be as large as the limit and no larger") {
  decoder_options options;
  options.max_bytes = 1000;
  decoder with(options);
  for (const std::size_t size : {999U, 1000U, 1001U, 1064U, 5000U}) {
    std::string body = ALL;
    body.append(size - body.size(), ' ');
    CHECK(with.decode(body).has_value() == (size <= 1000));
    const simdjson::padded_string padded(body);
    CHECK(with.decode(padded).has_value() == (size <= 1000));
    if (size > 1000) check(with, {{body, errc::body_too_large, "", 1, 1}});
  }
}

TEST_CASE("a body may nest as deep as the limit and no deeper") {
  for (const std::uint32_t limit : {0U, 1U, 2U, 3U, 32U, 1024U, 5000U}) {
    decoder_options options;
    options.max_depth = limit;
    decoder with(options);
    const std::uint32_t effective = std::min(limit, decoder_options::max_depth_ceiling);
    for (const std::string_view open : {"[", "{\"a\":"}) {
      for (int more = -1; more <= 1; ++more) {
        // The body's own object is the first level, and the documented dossier the second.
        const int nested = static_cast<int>(effective) - 1 + more;
        if (nested < 1) continue;
        const bool fits = more <= 0 && effective >= 2;
        std::string body = WITH("");
        body.pop_back();
        body += "\"x\":" + repeated(open, static_cast<std::size_t>(nested) - 1);
        const std::size_t last = body.size();
        body += open == "[" ? "[]" : "{}";
        body += repeated(open == "[" ? "]" : "}", static_cast<std::size_t>(nested) - 1) + "}";
        INFO(limit << " " << nested);
        const auto decoded = with.decode(body);
        CHECK(decoded.has_value() == fits);
        if (!fits) CHECK(decoded.error().code == errc::too_deep);
        if (!fits && effective >= 2) CHECK(decoded.error().offset == last);
      }
    }
  }
}

TEST_CASE("a hundred thousand levels are too deep, in a complete and in a truncated body") {
  decoder_options options;
  options.max_bytes = 1U << 20U;
  decoder with(options);
  for (const std::string_view open : {"[", "{\"a\":"}) {
    const std::string nested = repeated(open, 100'000);
    const std::string closed = repeated(open == "[" ? "]" : "}", 100'000);
    for (const std::string& body :
         {nested, nested + "0" + closed, "{\"x\":" + nested + "0" + closed + "}"}) {
      const auto decoded = with.decode(body);
      REQUIRE_FALSE(decoded);
      CHECK(decoded.error().code == errc::too_deep);
      CHECK_FALSE(with.validate(
          body, [](const diagnostic& one) { CHECK(one.error.code == errc::too_deep); }));
    }
  }
}

#undef ID
#undef TYPE
#undef CREATED
#undef DOSSIER
#undef ALL
#undef WITH
