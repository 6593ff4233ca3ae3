// SPDX-License-Identifier: BSL-1.0
// RFC 8259, The JavaScript Object Notation (JSON) Data Interchange Format.
#include "../catch.hpp"
#include "harness.hpp"

#include <string>
#include <string_view>

namespace {

using namespace conformance;
using signhook::errc;

// Values, which may stand anywhere; a mark at the end asks for whatever comes next.
const row values[] = {
    {"2", " \t\n\r1\r\n\t "},
    {"2", "[ \t\n\r1\r\n\t ,\r1 ]"},
    {"2", "{ \"a\" \t:\n1\r, \"b\" : 2 }"},
    {"2", "<!>\v1"},
    {"2", "<!>\f1"},
    {"2",
     "<!>\xc2\xa0"
     "1"},
    {"2",
     "<!>\xe2\x80\xa8"
     "1"},
    {"2", "[1,<!>\v2]"},
    {"2",
     "[1,<!>\xc2\xa0"
     "2]"},
    {"2", "<!>/**/1"},
    {"2", "[1<!>/**/]"},
    {"2", "[<!>//\n1]"},
    {"2", "[<!>#\n1]"},
    {"3", "true"},
    {"3", "false"},
    {"3", "null"},
    {"3", "t<!>Rue"},
    {"3", "<!>True"},
    {"3", "<!>NULL"},
    {"3", "n<!>il"},
    {"3", "fals<!>y"},
    {"3", "tru<!>"},
    {"3", "nul<!>"},
    {"3", "[true<!>e]"},
    {"3", "[null<!>0]"},
    {"3", "<!>undefined"},
    {"3", "<!>NaN"},
    {"3", "<!>Infinity"},
    {"3", "-<!>Infinity"},
    {"4", "{}"},
    {"4", "{ }"},
    {"4", "{\"\":0}"},
    {"4", "{\"a\":0,\"a\":0}"},
    {"4", "{\"a\":{\"a\":{\"a\":{}}}}"},
    {"4", "{<!>,}"},
    {"4", "{<!>1:1}"},
    {"4", "{<!>a:1}"},
    {"4", "{<!>'a':1}"},
    {"4", "{<!>null:1}"},
    {"4", "{<!>[]:1}"},
    {"4", "{\"a\"<!>}"},
    {"4", "{\"a\"<!>,}"},
    {"4", "{\"a\" <!>1}"},
    {"4", "{\"a\":<!>}"},
    {"4", "{\"a\":<!>,}"},
    {"4", "{\"a\":<!>:1}"},
    {"4", "{\"a\"<!>=1}"},
    {"4", "{\"a\":1,<!>}"},
    {"4", "{\"a\":1,<!>,\"b\":2}"},
    {"4", "{\"a\":1 <!>\"b\":2}"},
    {"4", "{\"a\":1<!>;\"b\":2}"},
    {"4", "{\"a\":1<!>]"},
    {"4", "{\"a\":1 <!>1}"},
    {"5", "[]"},
    {"5", "[ ]"},
    {"5", "[[],[[]],{}]"},
    {"5", "[1,\"a\",null,true,{}]"},
    {"5", "[<!>,]"},
    {"5", "[<!>,1]"},
    {"5", "[1,<!>]"},
    {"5", "[1,<!>,2]"},
    {"5", "[1 <!>2]"},
    {"5", "[1<!>:2]"},
    {"5", "[1<!>;2]"},
    {"5", "[\"a\"<!>\"b\"]"},
    {"5", "[1<!>}"},
    {"5", "[\"a\"<!>:1]"},
    {"5", "[1,<!>"},
    {"6", "0"},
    {"6", "-0"},
    {"6", "7"},
    {"6", "-1234567890"},
    {"6", "0.0"},
    {"6", "-0.10"},
    {"6", "1.5"},
    {"6", "1e1"},
    {"6", "1E1"},
    {"6", "1e+1"},
    {"6", "1e-1"},
    {"6", "0e0"},
    {"6", "0.5E-007"},
    {"6", "1e400"},
    {"6", "-1e-400"},
    {"6", "1e99999999999999999999"},
    {"6", "18446744073709551616"},
    {"6", "-9223372036854775809"},
    {"6", "123456789012345678901234567890.123456789012345678901234567890"},
    {"6", "<!>+1"},
    {"6", "0<!>1"},
    {"6", "-0<!>1"},
    {"6", "0<!>0"},
    {"6", "<!>.5"},
    {"6", "-<!>.5"},
    {"6", "1.<!>"},
    {"6", "1.<!>e1"},
    {"6", "1.<!>.5"},
    {"6", "[1.5<!>.5]"},
    {"6", "1e<!>"},
    {"6", "1e+<!>"},
    {"6", "1e-<!>"},
    {"6", "1e<!>.5"},
    {"6", "[1e1<!>.5]"},
    {"6", "[1e1<!>e1]"},
    {"6", "1e+<!>-1"},
    {"6", "-<!>"},
    {"6", "-<!>-1"},
    {"6", "-<!> 1"},
    {"6", "0<!>x10"},
    {"6", "[1<!>_000]"},
    {"6", "[1<!>f]"},
    {"6", "[1<!>a]"},
    {"6", "<!>\xef\xbc\x91"},
    {"7", R"("")"},
    {"7", R"("a")"},
    {"7", R"("\"\\\/\b\f\n\r\t")"},
    {"7", R"("\u0041\u00e9\u4e2d\uFFFF\uabCD")"},
    {"7", R"("\u0000")"},
    {"7", R"("\ud834\udd1e")"},
    {"7", R"("\uD834\uDd1E")"},
    {"7", R"("\udbff\udfff\ud800\udc00")"},
    {"7", "\"\x7f\""},
    {"7", "\"/'\""},
    {"7", R"("\<!>a")"},
    {"7", R"("\<!>'")"},
    {"7", R"("\<!>x41")"},
    {"7", R"("\<!>0")"},
    {"7", R"("\<!>U0041")"},
    {"7", R"("\<!> ")"},
    {"7", "\"\\<!>\n\""},
    {"7", R"("\u<!>")"},
    {"7", R"("\u0<!>")"},
    {"7", R"("\u00<!>g0")"},
    {"7", R"("\u004<!>")"},
    {"7", R"("\u<!>+041")"},
    {"7", R"("\u<!>{41}")"},
    {"7", R"("\ud834<!>")"},
    {"7", R"("\ud834<!>a")"},
    {"7", R"("\ud834\<!>n")"},
    {"7", R"("\ud834\u<!>0041")"},
    {"7", R"("\ud834\ud<!>834")"},
    {"7", R"("\ud834\ud<!>b1e")"},
    {"7", R"("\ud<!>d1e")"},
    {"7", R"("\uD<!>C00\uD800")"},
    {"7", "\"<!>\n\""},
    {"7", "\"<!>\t\""},
    {"7", "\"<!>\x1f\""},
    {"7", "\"<!>\x01\""},
    {"7", "<!>'a'"},
    {"7", "<!>`a`"},
    {"7", "<!>a"},
    {"8.1",
     "<!>\xef\xbb\xbf"
     "1"},
    {"8.1",
     "[1,<!>\xef\xbb\xbf"
     "2]"},
    {"8.1", "\"\xef\xbb\xbf\""},
};

}  // namespace

TEST_CASE("RFC 8259: a value that is passed over") {
  for (const row& one : values) check(one, before_member, after_member, errc::invalid_json);
}

TEST_CASE("RFC 8259: a value within others") {
  for (const row& one : values) {
    check(one, std::string(before_member) + "[{\"a\":[",
          std::string("]}]") + std::string(after_member), errc::invalid_json);
  }
}

TEST_CASE("RFC 8259: any value is a text, but only an object is a body") {
  for (const row& one : values) {
    INFO("section " << one.section << ": " << one.text);
    const marked read = read_mark(one.text);
    const verdict got = decoded(read.text);
    REQUIRE_FALSE(got.value);
    if (read.at) {
      // What stands before the mark may be a text already.
      const verdict begun = decoded(std::string_view(read.text).substr(0, *read.at));
      const bool is_document = begun.code != errc::unexpected_end && begun.code != errc::empty_body;
      const bool is_cut = *read.at == read.text.size();
      CHECK(name(got.code) == name(is_cut        ? errc::unexpected_end
                                   : is_document ? errc::trailing_content
                                                 : errc::invalid_json));
      CHECK(got.offset == *read.at);
    } else {
      const std::size_t begin = read.text.find_first_not_of(" \t\r\n");
      CHECK(name(got.code) ==
            name(read.text[begin] == '{' ? errc::missing_member : errc::not_an_object));
      CHECK(got.offset == begin);
    }
  }
}

TEST_CASE("RFC 8259: texts that end too early or go on") {
  const std::string body = std::string(before_member) + "1" + std::string(after_member);
  for (const row& one : {row{"2", "<!>{"},
                         {"2", " \n<!>{}"},
                         {"2", "<!>}"},
                         {"2", "<!>]"},
                         {"2", "<!>,"},
                         {"2", "<!>1"},
                         {"2", "\r<!>null"},
                         {"2", "<!>//"},
                         {"2", "<!>\v"},
                         {"8.1", "<!>\xef\xbb\xbf"},
                         {"2", " \t\r\n"}}) {
    check(one, body, "", errc::trailing_content);
  }
  // Without an end, the end is at fault.
  for (const row& one : {row{"7", "\"<!>"},
                         {"7", "\"a<!>"},
                         {"7", "\"\\<!>"},
                         {"7", "\"\\u<!>"},
                         {"7", "\"\\u004<!>"},
                         {"7", "\"\\ud834<!>"},
                         {"7", "\"\\ud834\\<!>"},
                         {"7", "\"\\ud834\\udd<!>"},
                         {"7", "\"\\\"<!>"},
                         {"5", "[<!>"},
                         {"5", "[1,<!>"},
                         {"4", "{<!>"},
                         {"4", "{\"a<!>"},
                         {"4", "{\"a\"<!>"},
                         {"4", "{\"a\":<!>"},
                         {"4", "{\"a\":1<!>"},
                         {"4", "{\"a\":1,<!>"},
                         {"3", "t<!>"},
                         {"3", "fals<!>"},
                         {"6", "-<!>"},
                         {"6", "1.<!>"},
                         {"6", "1e<!>"},
                         {"6", "1e+<!>"},
                         {"6", "12<!>"},
                         {"2", "<!>"},
                         {"2", " \n<!>"}}) {
    check(one, before_member, "", errc::unexpected_end);
  }
}

TEST_CASE("RFC 8259: no byte below a space may stand in a string, and few outside of it") {
  for (int byte = 0; byte < 0x80; ++byte) {
    const std::string c(1, static_cast<char>(byte));
    INFO(byte);
    const verdict inside =
        decoded(std::string(before_member) + "\"" + c + "x\"" + std::string(after_member));
    CHECK(inside.value.has_value() == (byte >= 0x20 && c != "\"" && c != "\\"));
    const verdict outside =
        decoded(std::string(before_member) + "1" + c + std::string(after_member));
    const bool is_good = c.find_first_of(" \t\r\n0123456789") == 0;
    CHECK(outside.value.has_value() == is_good);
  }
}
