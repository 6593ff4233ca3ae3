// SPDX-License-Identifier: BSL-1.0
// RFC 9110, HTTP Semantics: the names and values of custom headers.
#include "../catch.hpp"
#include "harness.hpp"
#include <signhook/subscription/request.hpp>

#include <cctype>
#include <optional>
#include <string>
#include <string_view>

namespace {

using namespace signhook;

std::optional<request_error> check_header(std::string_view name, std::string_view value) {
  const auto found = validate(subscription_request{
      "https://a", {}, {{"Other", "x"}, {std::string(name), std::string(value)}}});
  if (found) CHECK(found->item == 1);
  return found;
}

std::string code_of(const std::optional<request_error>& found) {
  return found ? std::string(name(found->code)) : "";
}

}  // namespace

TEST_CASE("RFC 9110, section 5.6.2: every byte in a name") {
  // tchar, as the section lists it.
  const std::string allowed =
      "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool is_good = allowed.find(c) != std::string::npos;
    for (const std::string& before : {std::string("X"), std::string("X-Token")}) {
      const auto found = check_header(before + c + "1", "v");
      INFO(byte);
      REQUIRE(found.has_value() == !is_good);
      if (found)
        CHECK(*found == request_error{request_errc::invalid_header_name, 1, before.size()});
    }
  }
  CHECK(check_header("", "v") == request_error{request_errc::invalid_header_name, 1, 0});
  CHECK(code_of(check_header("X-A:", "v")) == "invalid_header_name");
  CHECK(code_of(check_header(":authority", "v")) == "invalid_header_name");
}

TEST_CASE("RFC 9110, section 5.5: every byte in a value") {
  for (int byte = 0; byte < 0x80; ++byte) {
    const char c = static_cast<char>(byte);
    const bool is_good = c == '\t' || (byte >= 0x20 && byte < 0x7f);
    const auto found = check_header("X", std::string("a") + c + "b");
    INFO(byte);
    REQUIRE(found.has_value() == !is_good);
    if (found) CHECK(*found == request_error{request_errc::invalid_header_value, 1, 1});
  }
}

TEST_CASE("RFC 9110, section 5.5: values") {
  struct value_row {
    std::string_view text;
    std::string code;
  };
  using namespace std::string_view_literals;
  for (const value_row& one : {
           value_row{"", ""},
           value_row{"a", ""},
           value_row{"a b\tc", ""},
           value_row{"Bearer ~!@#$%^&*()[]{}\"\\;'", ""},
           value_row{"<!> a"sv, "padded_header_value"},
           value_row{"<!>\ta"sv, "padded_header_value"},
           value_row{"<!> "sv, "padded_header_value"},
           value_row{"a<!> "sv, "padded_header_value"},
           value_row{"a<!> \t "sv, "padded_header_value"},
           value_row{"a<!>\r\nX-Evil: 1"sv, "invalid_header_value"},
           value_row{"a<!>\n b"sv, "invalid_header_value"},
           value_row{"a<!>\0b"sv, "invalid_header_value"},
           value_row{"a<!>\x7f"sv, "invalid_header_value"},
           value_row{"a<!>\n "sv, "invalid_header_value"},
           // obs-text, where it is UTF-8.
           value_row{"caf\xc3\xa9", ""},
           value_row{"\xf0\x9f\x98\x80", ""},
           value_row{"\xc2\x80", ""},
           value_row{"\xc2\xa0", ""},
           value_row{"caf\xe9<!>"sv, "header_value_not_utf8"},
           value_row{"caf\xc3<!>"sv, "header_value_not_utf8"},
           value_row{"\xed<!>\xa0\x80"sv, "header_value_not_utf8"},
           value_row{"<!>\xff"sv, "header_value_not_utf8"},
           value_row{"\xf0\x9f<!>A"sv, "header_value_not_utf8"},
       }) {
    const auto [text, mark] = conformance::read_mark(one.text);
    INFO(one.text);
    const auto found = check_header("X-Token", text);
    CHECK(code_of(found) == one.code);
    if (found) CHECK(found->offset == mark);
  }
}

TEST_CASE("RFC 9110: HTTP's own names, and those that are free") {
  // Sections 6.5.1, 7.2, 7.6.1 and those of the fields; RFC 9112, sections 6.1 and 12.1; RFC 9113,
  // section 8.2.2; RFC 7540, section 3.2.1.
  for (const std::string_view field : {"Host",
                                       "Content-Length",
                                       "Content-Type",
                                       "Content-Encoding",
                                       "Content-Language",
                                       "Content-Location",
                                       "Content-Range",
                                       "Transfer-Encoding",
                                       "Trailer",
                                       "Connection",
                                       "Close",
                                       "Keep-Alive",
                                       "Proxy-Connection",
                                       "Proxy-Authenticate",
                                       "Proxy-Authorization",
                                       "Proxy-Authentication-Info",
                                       "TE",
                                       "Upgrade",
                                       "HTTP2-Settings",
                                       "Via",
                                       "Max-Forwards",
                                       "Expect",
                                       "Date",
                                       "If-Match",
                                       "If-None-Match",
                                       "If-Modified-Since",
                                       "If-Unmodified-Since",
                                       "If-Range",
                                       "Range",
                                       "*"}) {
    std::string lower;
    std::string upper;
    for (const char c : field) {
      lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      upper += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    for (const std::string& spelling : {std::string(field), lower, upper}) {
      INFO(spelling);
      CHECK(is_reserved_header(spelling));
      CHECK(check_header(spelling, "v") == request_error{request_errc::reserved_header_name, 1, 0});
      CHECK_FALSE(is_reserved_header(spelling + "x"));
      CHECK(code_of(check_header("X" + spelling, "v")).empty());
    }
  }
  for (const std::string_view field : {"Authorization", "X-Api-Key", "Cookie", "User-Agent",
                                       "Accept", "My-Custom-Header", "Hosts", "hos", "t"}) {
    INFO(field);
    CHECK_FALSE(is_reserved_header(field));
    CHECK_FALSE(check_header(field, "v"));
  }
}
