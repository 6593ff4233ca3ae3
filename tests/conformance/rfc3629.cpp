// SPDX-License-Identifier: BSL-1.0
// RFC 3629, UTF-8, a transformation format of ISO 10646; sections 3 (the definition) and 4 (its grammar).
#include "../catch.hpp"
#include "harness.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace {

using namespace conformance;
using signhook::errc;

// Characters within a string.
const row texts[] = {
    {"3", "\x7f"},
    {"3", "\xc2\x80"},
    {"3", "\xdf\xbf"},
    {"3", "\xe0\xa0\x80"},
    {"3", "\xed\x9f\xbf"},
    {"3", "\xee\x80\x80"},
    {"3", "\xef\xbf\xbf"},
    {"3", "\xf0\x90\x80\x80"},
    {"3", "\xf4\x8f\xbf\xbf"},
    {"6", "\xef\xbb\xbf"},
    {"7", "\x41\xe2\x89\xa2\xce\x91\x2e"},
    {"7", "\xed\x95\x9c\xea\xb5\xad\xec\x96\xb4"},
    {"7", "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"},
    {"7", "\xef\xbb\xbf\xf0\xa3\x8e\xb4"},
    // Continuations without a beginning.
    {"3", "<!>\x80"},
    {"3", "<!>\xbf"},
    {"3",
     "a<!>\x80"
     "b"},
    {"3", "\xc3\xa9<!>\xa9"},
    // Beginnings without a continuation.
    {"3", "\xc3<!>"},
    {"3", "\xc3<!>x"},
    {"3", "\xc3<!>\xc3\xa9"},
    {"3", "\xe2<!>"},
    {"3", "\xe2\x82<!>"},
    {"3", "\xe2\x82<!>x"},
    {"3", "\xf0\x9f<!>"},
    {"3", "\xf0\x9f\x98<!>"},
    {"3", "\xf0\x9f\x98<!>\xf0"},
    // Longer than needed (section 10 has the reason).
    {"3", "<!>\xc0\x80"},
    {"3", "<!>\xc0\xaf"},
    {"3", "<!>\xc1\xbf"},
    {"3", "\xe0<!>\x80\x80"},
    {"3", "\xe0<!>\x9f\xbf"},
    {"3", "\xf0<!>\x80\x80\x80"},
    {"3", "\xf0<!>\x8f\xbf\xbf"},
    // Surrogates.
    {"3", "\xed<!>\xa0\x80"},
    {"3", "\xed<!>\xbf\xbf"},
    {"3", "\xed<!>\xa1\x8c\xed\xbe\xb4"},
    // Beyond U+10FFFF.
    {"3", "\xf4<!>\x90\x80\x80"},
    {"3", "<!>\xf5\x80\x80\x80"},
    {"3", "<!>\xf7\xbf\xbf\xbf"},
    {"3", "<!>\xf8\x88\x80\x80\x80"},
    {"3", "<!>\xfc\x84\x80\x80\x80\x80"},
    {"3", "<!>\xfe"},
    {"3", "<!>\xff"},
};

std::string utf8(unsigned c) {
  const auto byte = [](unsigned value) {
    return static_cast<char>(static_cast<unsigned char>(value));
  };
  if (c < 0x80) return {byte(c)};
  if (c < 0x800) return {byte(0xc0 | c >> 6U), byte(0x80 | (c & 0x3fU))};
  if (c < 0x10000)
    return {byte(0xe0 | c >> 12U), byte(0x80 | (c >> 6U & 0x3fU)), byte(0x80 | (c & 0x3fU))};
  return {byte(0xf0 | c >> 18U), byte(0x80 | (c >> 12U & 0x3fU)), byte(0x80 | (c >> 6U & 0x3fU)),
          byte(0x80 | (c & 0x3fU))};
}

}  // namespace

TEST_CASE("RFC 3629: in the value of an unknown member, in a key, in a state") {
  for (const row& one : texts) {
    check(one, std::string(before_member) + "\"", "\"}", errc::invalid_utf8);
    check(one, std::string(before_member) + "{\"", "\":1}}", errc::invalid_utf8);
    check(one, before_state, after_state, errc::invalid_utf8);
    // The same around the edge of a block of 64 bytes.
    for (std::size_t size = 56; size < 72; ++size) {
      check(one, std::string(before_member) + "\"" + std::string(size, 'x'), "\"}",
            errc::invalid_utf8);
    }
  }
}

TEST_CASE("RFC 3629: cut at the end of the body") {
  for (const std::string_view character : {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"}) {
    for (std::size_t size = 1; size < character.size(); ++size) {
      const std::string body =
          std::string(before_member) + "\"" + std::string(character.substr(0, size));
      const verdict got = decoded(body);
      CHECK(name(got.code) == name(errc::unexpected_end));
      CHECK(got.offset == body.size());
    }
  }
}

TEST_CASE("RFC 3629: outside of strings only what JSON has there") {
  for (const std::string_view bytes : {"\x80", "\xc0", "\xff", "\xed\xa0\x80"}) {
    for (const std::string& before :
         {std::string(), std::string(before_member), std::string(before_member) + "1}"}) {
      const verdict got = decoded(before + std::string(bytes));
      // A lead byte is no JSON there; what leads nothing is not even UTF-8.
      const bool leads = bytes[0] == '\xed';
      CHECK(name(got.code) == name(!leads                  ? errc::invalid_utf8
                                   : before.ends_with('}') ? errc::trailing_content
                                                           : errc::invalid_json));
      CHECK(got.offset == before.size());
    }
  }
}

TEST_CASE("RFC 3629: every character there is") {
  for (unsigned first = 0; first < 0x110000; first += 0x400) {
    std::string text;
    for (unsigned c = std::max(first, 0x80U); c < first + 0x400; ++c) text += utf8(c);
    const bool are_surrogates = first >= 0xd800 && first < 0xe000;
    const verdict got = decoded(std::string(before_member) + "\"" + text + "\"}");
    if (got.value.has_value() == are_surrogates) FAIL(first);
  }
  SUCCEED();
}

TEST_CASE("RFC 3629: every pair of bytes, and every third after those that may begin one") {
  for (unsigned lead = 0x80; lead < 0x100; ++lead) {
    for (unsigned second = 0; second < 0x100; ++second) {
      std::string text = {static_cast<char>(lead), static_cast<char>(second)};
      static_cast<void>(decoded(std::string(before_state) + text + std::string(after_state)));
      if (lead < 0xe0 || second % 16 > 1) continue;
      for (const char third : {'\x7f', '\x80', '\xbf', '\xc0', '"'}) {
        text.resize(2);
        text += third;
        static_cast<void>(decoded(std::string(before_state) + text + std::string(after_state)));
        text += '\x80';
        static_cast<void>(decoded(std::string(before_state) + text + std::string(after_state)));
      }
    }
  }
}
