// SPDX-License-Identifier: BSL-1.0
// Compares the validation of URLs with uriparser, over all texts one byte away from some URLs, and over random
// sequences of pieces of URLs; and that of URI-references over such sequences.
#include "catch.hpp"
#include <signhook/detail/http/uri_reference.hpp>
#include <signhook/subscription/request.hpp>

#include <uriparser/Uri.h>

#include <cstddef>
#include <iterator>
#include <random>
#include <string>
#include <string_view>

namespace {

using namespace signhook;

std::string_view text_of(const UriTextRangeA& range) {
  if (range.first == nullptr) return {};
  return {range.first, static_cast<std::size_t>(range.afterLast - range.first)};
}

bool is_https(std::string_view scheme) {
  return scheme.size() == 5 && detail::equal_without_case(scheme, "https");
}

bool is_port(std::string_view digits) {
  unsigned long value = 0;
  for (const char c : digits) {
    value = value * 10 + static_cast<unsigned long>(c - '0');
    if (value > 65535) return false;
  }
  return digits.empty() || value != 0;
}

// Returns true if a URL of these parts, as uriparser finds them, can be subscribed.
bool accepts(std::string_view url) {
  UriUriA uri;
  const char* fault = nullptr;
  if (uriParseSingleUriExA(&uri, url.data(), url.data() + url.size(), &fault) != URI_SUCCESS)
    return false;
  const bool accepted = is_https(text_of(uri.scheme)) && !text_of(uri.hostText).empty() &&
                        uri.userInfo.first == nullptr && uri.fragment.first == nullptr &&
                        is_port(text_of(uri.portText));
  uriFreeUriMembersA(&uri);
  return accepted;
}

std::size_t accepted = 0;
std::size_t compared = 0;

void compare(const std::string& url) {
  const bool expected = accepts(url);
  ++compared;
  accepted += expected ? 1 : 0;
  if (validate(subscription_request{url}).has_value() == expected) FAIL(url << " " << expected);
}

}  // namespace

TEST_CASE("uriparser agrees on every URL one byte away from these") {
  accepted = compared = 0;
  for (const std::string_view from :
       {"https://example.com", "HTTPS://a.b:8042/over/there?name=ferret", "https://192.0.2.16:80/",
        "https://[2001:db8::7]/c=GB?objectClass?one", "https://[::13.1.68.3]:443?",
        "https://[1:2:3:4:5:6:7:8]/", "https://[ABCD:EF01::6789:255.249.199.10]",
        "https://[1:2:3:4:5:6::]/a", "https://[v1.a:b]:1/", "https://%41.%c3%a9/%7E;a=1,2?%20/?",
        "https://user:word@a", "https://a:65535/#b", "https://a:0", "https:///a", "http://a", ""}) {
    const std::string url(from);
    compare(url);
    for (std::size_t at = 0; at <= url.size(); ++at) {
      compare(url.substr(0, at));
      compare(std::string(url).erase(at, 1));
      if (at + 1 < url.size()) {
        std::string swapped = url;
        std::swap(swapped[at], swapped[at + 1]);
        compare(swapped);
      }
      // A NUL ends the text for a parser of C.
      for (int byte = 1; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        compare(std::string(url).insert(at, 1, c));
        if (at == url.size()) continue;
        std::string changed = url;
        changed[at] = c;
        compare(changed);
      }
    }
  }
  CHECK(compared > 150'000);
  CHECK(accepted > compared / 20);
  CHECK(accepted < compared / 2);
}

TEST_CASE("uriparser agrees on random sequences of pieces") {
  static constexpr std::string_view pieces[] = {
      "a",   "A",  "0",  "1",   "9",   "25",  "255", "256", "80", "65536", "ffff",  "::",
      ":",   ".",  "-",  "~",   "_",   "%41", "%4",  "%",   "/",  "?",     "#",     "@",
      "[",   "]",  "!",  "$",   "&",   "'",   "(",   ")",   "*",  "+",     ",",     ";",
      "=",   " ",  "<",  "\"",  "\\",  "^",   "`",   "{",   "|",  "}",     "\x7f",  "\xc3\xa9",
      "v1.", "1:", "2:", "::1", "0.0", "1.2", "01",  "g",   "V",  "[::1]", "[v1.a]"};
  static constexpr std::string_view beginnings[] = {"https://", "https://a", "https://[",
                                                    "https://[::", "https://[1:2:3:4:5:"};
  static constexpr std::string_view hex[] = {"0", "1", "a", "F",  "12", "ffff", ":",  ":",
                                             ":", ":", ".", "::", "]",  "9",    "255"};
  accepted = compared = 0;
  std::mt19937 random(20260101);
  for (int i = 0; i < 400'000; ++i) {
    std::string url(beginnings[random() % std::size(beginnings)]);
    const bool is_literal = url.find('[') != std::string::npos;
    for (std::size_t left = random() % 12; left != 0; --left) {
      url += is_literal ? hex[random() % std::size(hex)] : pieces[random() % std::size(pieces)];
    }
    if (is_literal && random() % 2 == 0) url += ']';
    compare(url);
  }
  CHECK(accepted > compared / 100);
  CHECK(accepted < compared / 2);
}

TEST_CASE("uriparser agrees on URI-references") {
  static constexpr std::string_view pieces[] = {
      "a", "Z", "0", "9", "-",     ".",      "_",     "~",   "+",  ":",    "/",        "//", "?",
      "#", "@", "[", "]", "[::1]", "[v1.a]", "[::g]", "%41", "%4", "%",    "!",        "$",  "=",
      ",", ";", "'", "(", " ",     "<",      "\\",    "^",   "|",  "\x7f", "\xc3\xa9", "a:", "80"};
  accepted = compared = 0;
  std::mt19937 random(20260102);
  for (int i = 0; i < 400'000; ++i) {
    std::string text;
    for (std::size_t left = random() % 9; left != 0; --left) {
      // Mostly those that may be anywhere, so that long texts are accepted too.
      text += pieces[random() % (random() % 2 == 0 ? 15 : std::size(pieces))];
    }
    UriUriA uri;
    const char* fault = nullptr;
    const bool expected =
        uriParseSingleUriExA(&uri, text.data(), text.data() + text.size(), &fault) == URI_SUCCESS;
    if (expected) uriFreeUriMembersA(&uri);
    ++compared;
    accepted += expected ? 1 : 0;
    if (detail::is_uri_reference(text) != expected) FAIL(text << " " << expected);
  }
  CHECK(accepted > compared / 5);
  CHECK(accepted < compared * 4 / 5);
}
