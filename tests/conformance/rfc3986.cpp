// SPDX-License-Identifier: BSL-1.0
// RFC 3986, Uniform Resource Identifier (URI): Generic Syntax; with the addresses of RFC 4291, RFC 5952,
// RFC 5954 and RFC 2732, and the zones of RFC 6874. Where a row of theirs has another scheme it stands
// here with https as well.
#include "../catch.hpp"
#include "harness.hpp"
#include <signhook/subscription/request.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace {

using namespace signhook;
using conformance::row;

void check_rows(const auto& rows, request_errc code, std::string_view before = "") {
  for (const row& one : rows) {
    const auto [text, mark] = conformance::read_mark(std::string(before) + std::string(one.text));
    INFO("section " << one.section << ": " << text);
    const auto found = validate(subscription_request{text});
    REQUIRE(found.has_value() == mark.has_value());
    if (!found) continue;
    CHECK(name(found->code) == name(code));
    CHECK(found->offset == *mark);
    CHECK(found->item == 0);
  }
}

// The characters that a part may hold, from the ABNF of appendix A; "%" is for itself.
const std::string letters_and_digits =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const std::string reg_name = letters_and_digits + "-._~" + "!$&'()*+,;=";
const std::string pchar = reg_name + ":@";

// Each byte alone in that place: accepted exactly where the part, or what ends it, may hold it.
void check_bytes(std::string_view before, const std::string& allowed, const std::string& ending,
                 request_errc code) {
  for (int i = 0; i < 256; ++i) {
    const char c = static_cast<char>(i);
    const std::string url = std::string(before) + c + "/a";
    if (ending.find(c) != std::string::npos) continue;
    INFO(before << " and byte " << i);
    const auto found = validate(subscription_request{url});
    REQUIRE(found.has_value() == (allowed.find(c) == std::string::npos));
    if (!found) continue;
    CHECK(name(found->code) == name(code));
    // Where an encoding may stand, it is what follows that is no digit.
    const bool begins_encoding = c == '%' && allowed.find(reg_name) == 0;
    CHECK(found->offset == before.size() + (begins_encoding ? 1 : 0));
  }
}

}  // namespace

TEST_CASE("RFC 3986: examples of other schemes") {
  check_rows(
      std::initializer_list<row>{
          {"1.1.2", "<!>ftp://ftp.is.co.za/rfc/rfc1808.txt"},
          {"1.1.2", "http<!>://www.ietf.org/rfc/rfc2396.txt"},
          {"1.1.2", "<!>ldap://[2001:db8::7]/c=GB?objectClass?one"},
          {"1.1.2", "<!>mailto:John.Doe@example.com"},
          {"1.1.2", "<!>news:comp.infosystems.www.servers.unix"},
          {"1.1.2", "<!>tel:+1-816-555-1212"},
          {"1.1.2", "<!>telnet://192.0.2.16:80/"},
          {"1.1.2", "<!>urn:oasis:names:specification:docbook:dtd:xml:4.1.2"},
          {"3", "<!>foo://example.com:8042/over/there?name=ferret#nose"},
          {"3", "<!>urn:example:animal:ferret:nose"},
          {"3.1", "<!>"},
          {"3.1", "https<!>"},
          {"3.1", "https:<!>"},
          {"3.1", "https:/<!>"},
          {"3.1", "https:/<!>a"},
          {"3.1", "https<!>s://a"},
          {"3.1", "http<!>"},
          {"3.1", "<!> https://a"},
          {"4.2", "<!>//g"},
          {"4.2", "<!>/g"},
          {"4.2", "<!>g?y"},
          {"3.3", "https:<!>g"},
          {"2.1", "<!>%68ttps://a"},
      },
      request_errc::url_not_https);
}

TEST_CASE("RFC 3986: examples, as https") {
  check_rows(
      std::initializer_list<row>{
          {"1.1.2", "https://ftp.is.co.za/rfc/rfc1808.txt"},
          {"1.1.2", "https://www.ietf.org/rfc/rfc2396.txt"},
          {"1.1.2", "https://[2001:db8::7]/c=GB?objectClass?one"},
          {"1.1.2", "https://192.0.2.16:80/"},
          {"3", "https://example.com:8042/over/there?name=ferret"},
          {"3.1", "HTTPS://example.com"},
          {"3.1", "hTtPs://example.com"},
          {"5.4.1", "https://a/b/c/d;p?q"},
          {"5.4.1", "https://a/b/c/g"},
          {"5.4.1", "https://a/b/c/g/"},
          {"5.4.1", "https://a/g"},
          {"5.4.1", "https://g"},
          {"5.4.1", "https://a/b/c/d;p?y"},
          {"5.4.1", "https://a/b/c/g?y"},
          {"5.4.1", "https://a/b/c/;x"},
          {"5.4.1", "https://a/b/c/g;x"},
          {"5.4.2", "https://a/b/c/g."},
          {"5.4.2", "https://a/b/c/..g"},
          {"5.4.2", "https://a/b/c/g;x=1/y"},
          {"5.4.2", "https://a/b/c/g?y/./x"},
          {"5.4.2", "https://a/b/c/g?y/../x"},
          {"6.2.2", "https://a/./b/../b/%63/%7bfoo%7d"},
          {"6.2.2.1", "HTTPS://www.EXAMPLE.com/"},
          {"6.2.3", "https://example.com"},
          {"6.2.3", "https://example.com/"},
          {"6.2.3", "https://example.com:/"},
          {"6.2.3", "https://example.com:443/"},
          {"3.3", "https://a//"},
          {"3.3", "https://a/:@"},
          {"3.4", "https://a?"},
          {"3.4", "https://a?b?/?"},
          {"3.2.2", "https://999.256.01.1/"},  // a reg-name
          {"3.2.2", "https://a.b.c.d.e./"},
          {"3.2.2", "https://%c3%A9/"},
          {"3.2.2", "https://!$&'()*+,;=/"},
          {"3.2.3", "https://a:1"},
          {"3.2.3", "https://a:65535?"},
          {"3.2.3", "https://a:0000000000000000000000000000000443/"},
      },
      request_errc::url_not_https);
}

TEST_CASE("RFC 3986: fragments, users, no host, no port") {
  check_rows(
      std::initializer_list<row>{{"3", "https://example.com:8042/over/there?name=ferret<!>#nose"},
                                 {"5.4.1", "https://a/b/c/d;p?q<!>#s"},
                                 {"5.4.1", "https://a/b/c/g<!>#s"},
                                 {"5.4.2", "https://a/b/c/g<!>#s/./x"},
                                 {"3.5", "https://a<!>#"},
                                 {"3.5", "https://a/<!>##"},
                                 {"3.5", "https://a:1<!>#"}},
      request_errc::url_with_fragment);
  check_rows(
      std::initializer_list<row>{
          {"3.2.1", "https://<!>@a"},
          {"3.2.1", "https://<!>user@a"},
          {"3.2.1", "https://<!>user:@a"},
          {"3.2.1", "https://<!>user:pass:word@a/"},
          {"3.2.1", "https://<!>%41@[::1]"},
          {"7.6", "https://<!>cnn.example.com&story=breaking_news@10.0.0.1/top_story.htm"}},
      request_errc::url_with_user);
  check_rows(std::initializer_list<row>{{"3.2.2", "https://<!>"},
                                        {"3.2.2", "https://<!>/"},
                                        {"3.2.2", "https://<!>/a"},
                                        {"3.2.2", "https://<!>?"},
                                        {"3.2.2", "https://<!>#"},
                                        {"3.2.2", "https://<!>:80"}},
             request_errc::url_without_host);
  check_rows(std::initializer_list<row>{{"3.2.3", "https://a:<!>0"},
                                        {"3.2.3", "https://a:<!>65536"},
                                        {"3.2.3", "https://a:<!>99999999999999999999999/"},
                                        {"3.2.3", "https://a:<!>4294967297/"},
                                        {"3.2.3", "https://a:80<!>a/"},
                                        {"3.2.3", "https://a:<!>-1/"},
                                        {"3.2.3", "https://a:<!>:1/"},
                                        {"3.2.3", "https://a:8<!> /"},
                                        {"3.2.3", "https://a:8<!>%30/"},
                                        {"RFC 5952, 6", "https://2001:<!>db8::1"}},
             request_errc::invalid_url_port);
}

TEST_CASE("RFC 3986, section 2.1: percent-encodings") {
  const auto rows = {row{"2.1", "%41"},      row{"2.1", "%fF"},     row{"2.1", "%00"},
                     row{"2.1", "%<!>"},     row{"2.1", "%4<!>"},   row{"2.1", "%<!>g0"},
                     row{"2.1", "%0<!>g"},   row{"2.1", "%<!>%41"}, row{"2.1", "%4<!>%41"},
                     row{"2.1", "a%41%<!>/"}};
  check_rows(rows, request_errc::invalid_url_host, "https://");
  check_rows(rows, request_errc::invalid_url_host, "https://a");
  check_rows(rows, request_errc::invalid_url_path, "https://a/");
  check_rows(rows, request_errc::invalid_url_query, "https://a?");
  check_rows(rows, request_errc::invalid_url_query, "https://[::1]:80/b?c");
}

TEST_CASE("RFC 3986, appendix A: every byte in every part") {
  check_bytes("https://", reg_name, ":/?#[@", request_errc::invalid_url_host);
  check_bytes("https://h", reg_name, ":/?#@", request_errc::invalid_url_host);
  check_bytes("https://h/p", pchar + "/", "?#", request_errc::invalid_url_path);
  check_bytes("https://h?q", pchar + "/?", "#", request_errc::invalid_url_query);
  check_bytes("https://h/?", pchar + "/?", "#", request_errc::invalid_url_query);
  check_bytes("https://h:8", "0123456789/", "?#@", request_errc::invalid_url_port);
  check_bytes("https://[::1]", "", ":/?#@", request_errc::invalid_url_host);
}

TEST_CASE("RFC 3986, section 3.2.2: IP literals") {
  check_rows(
      std::initializer_list<row>{
          {"RFC 4291, 2.2", "https://[ABCD:EF01:2345:6789:ABCD:EF01:2345:6789]"},
          {"RFC 4291, 2.2", "https://[2001:DB8:0:0:8:800:200C:417A]"},
          {"RFC 4291, 2.2", "https://[FF01:0:0:0:0:0:0:101]"},
          {"RFC 4291, 2.2", "https://[0:0:0:0:0:0:0:1]"},
          {"RFC 4291, 2.2", "https://[0:0:0:0:0:0:0:0]"},
          {"RFC 4291, 2.2", "https://[2001:DB8::8:800:200C:417A]"},
          {"RFC 4291, 2.2", "https://[FF01::101]"},
          {"RFC 4291, 2.2", "https://[::1]"},
          {"RFC 4291, 2.2", "https://[::]"},
          {"RFC 4291, 2.2", "https://[0:0:0:0:0:0:13.1.68.3]"},
          {"RFC 4291, 2.2", "https://[0:0:0:0:0:FFFF:129.144.52.38]"},
          {"RFC 4291, 2.2", "https://[::13.1.68.3]"},
          {"RFC 4291, 2.2", "https://[::FFFF:129.144.52.38]"},
          {"RFC 5952, 1", "https://[2001:db8:0:0:1:0:0:1]"},
          {"RFC 5952, 1", "https://[2001:0db8:0:0:1:0:0:1]"},
          {"RFC 5952, 1", "https://[2001:db8::1:0:0:1]"},
          {"RFC 5952, 1", "https://[2001:db8::0:1:0:0:1]"},
          {"RFC 5952, 1", "https://[2001:db8:0:0:1::1]"},
          {"RFC 5952, 1", "https://[2001:db8:0000:0:1::1]"},
          {"RFC 5952, 6", "https://[2001:db8::1]:80"},
          {"RFC 2732, 2", "https://[FEDC:BA98:7654:3210:FEDC:BA98:7654:3210]:80/index.html"},
          {"RFC 2732, 2", "https://[1080:0:0:0:8:800:200C:417A]/index.html"},
          {"RFC 2732, 2", "https://[3ffe:2a00:100:7031::1]"},
          {"RFC 2732, 2", "https://[1080::8:800:200C:417A]/foo"},
          {"RFC 2732, 2", "https://[::192.9.5.5]/ipng"},
          {"RFC 2732, 2", "https://[::FFFF:129.144.52.38]:80/index.html"},
          {"RFC 2732, 2", "https://[2010:836B:4179::836B:4179]"},
          {"RFC 5954, 4.1", "https://[2001:db8::192.0.2.1]"},
          // The nine lines of IPv6address, each with the most that it takes.
          {"3.2.2", "https://[1:2:3:4:5:6:7:8]"},
          {"3.2.2", "https://[1:2:3:4:5:6:7.8.9.10]"},
          {"3.2.2", "https://[::1:2:3:4:5:6:7]"},
          {"3.2.2", "https://[::1:2:3:4:5:6.7.8.9]"},
          {"3.2.2", "https://[1::2:3:4:5:6:7]"},
          {"3.2.2", "https://[1::2:3:4:5:6.7.8.9]"},
          {"3.2.2", "https://[1:2::3:4:5:6:7]"},
          {"3.2.2", "https://[1:2::3:4:5:6.7.8.9]"},
          {"3.2.2", "https://[1:2:3::4:5:6:7]"},
          {"3.2.2", "https://[1:2:3::4:5:6.7.8.9]"},
          {"3.2.2", "https://[1:2:3:4::5:6:7]"},
          {"3.2.2", "https://[1:2:3:4::5:6.7.8.9]"},
          {"3.2.2", "https://[1:2:3:4:5::6:7]"},
          {"3.2.2", "https://[1:2:3:4:5::6.7.8.9]"},
          {"3.2.2", "https://[1:2:3:4:5:6::7]"},
          {"3.2.2", "https://[1:2:3:4:5:6:7::]"},
          {"3.2.2", "https://[::255.249.199.99]"},
          {"3.2.2", "https://[::0.0.0.0]"},
          {"3.2.2", "https://[v1.a]"},
          {"3.2.2", "https://[VfF.~:!$&'()*+,;=-._]/"},
          // And one step beyond.
          {"3.2.2", "https://[<!>"},
          {"3.2.2", "https://[<!>]"},
          {"3.2.2", "https://[:<!>]"},
          {"3.2.2", "https://[:<!>1]"},
          {"3.2.2", "https://[::<!>"},
          {"3.2.2", "https://[::<!>:]"},
          {"3.2.2", "https://[1<!>]"},
          {"3.2.2", "https://[1:<!>]"},
          {"3.2.2", "https://[1::2:<!>]"},
          {"3.2.2", "https://[1::2:<!>:3]"},
          {"3.2.2", "https://[1:2:3:4:5:6:7<!>]"},
          {"3.2.2", "https://[1:2:3:4:5:6:7:8<!>:9]"},
          {"3.2.2", "https://[1:2:3:4:5:6:7:8<!>::]"},
          {"3.2.2", "https://[::1:2:3:4:5:6:7<!>:8]"},
          {"3.2.2", "https://[1:2:3:4:5:6:7::<!>8]"},
          {"3.2.2", "https://[1:2:3:4:5:6:7:1<!>.2.3.4]"},
          {"3.2.2", "https://[1:2:3:4:5:1<!>.2.3.4]"},
          {"3.2.2", "https://[1:2:3:4:5:6::7<!>.8.9.10]"},
          {"3.2.2", "https://[1:2:3:4:5:6:7::<!>1.2.3.4]"},
          {"3.2.2", "https://[1234<!>5::]"},
          {"3.2.2", "https://[::<!>g]"},
          {"3.2.2", "https://[::1<!>%31]"},
          {"3.2.2", "https://[::1.2.3<!>]"},
          {"3.2.2", "https://[::1.2.3.<!>]"},
          {"3.2.2", "https://[::1.2.3.4<!>.5]"},
          {"3.2.2", "https://[::1.2.3.4<!>:5]"},
          {"3.2.2", "https://[::256<!>.1.1.1]"},
          {"3.2.2", "https://[::1.25<!>6.1.1]"},
          {"3.2.2", "https://[::1.1.1.100<!>0]"},
          {"3.2.2", "https://[::01<!>.2.3.4]"},
          {"3.2.2", "https://[::1.0<!>2.3.4]"},
          {"3.2.2", "https://[::a<!>.2.3.4]"},
          {"3.2.2", "https://[::1.<!>a.3.4]"},
          {"3.2.2", "https://[1<!>.2.3.4]"},
          {"3.2.2", "https://[::1<!>"},
          {"3.2.2", "https://[::1]<!>x"},
          {"3.2.2", "https://[::1]<!>[::1]"},
          {"3.2.2", "https://[::1]<!>@a"},
          {"3.2.2", "https://[v<!>.a]"},
          {"3.2.2", "https://[v1<!>]"},
          {"3.2.2", "https://[v1a<!>]"},
          {"3.2.2", "https://[v1.<!>]"},
          {"3.2.2", "https://[v1.a<!>@]"},
          {"3.2.2", "https://[v1.a<!>%41]"},
          {"3.2.2", "https://[v1.a<!>"},
          {"3.2.2", "https://[<!>w1.a]"},
          {"3.2.2", "https://a<!>[::1]"},
          {"RFC 5954, 3.1", "https://[2001:db8::<!>:192.0.2.1]"},
          // A zone means something to one machine alone.
          {"RFC 6874, 2", "https://[fe80::a<!>%25en1]"},
          {"RFC 6874, 3", "https://[fe80::a<!>%en1]"},
      },
      request_errc::invalid_url_host);
}
