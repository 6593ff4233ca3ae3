// SPDX-License-Identifier: BSL-1.0
// RFC 9562, Universally Unique IDentifiers (UUIDs); section 4 for the text form, which is the same for
// every version and variant.
#include "../catch.hpp"
#include "harness.hpp"
#include <signhook/uuid.hpp>

#include <cstdio>
#include <string>
#include <string_view>
#include <variant>

namespace {

using namespace conformance;
using signhook::errc;

const row uuids[] = {
    {"4", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"},
    {"4", "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6"},
    {"4", "f81D4fae-7dEC-11d0-A765-00a0c91e6bF6"},
    {"4.1", "f81d4fae-7dec-11d0-0765-00a0c91e6bf6"},
    {"4.1", "f81d4fae-7dec-11d0-f765-00a0c91e6bf6"},
    {"4.2", "f81d4fae-7dec-f1d0-a765-00a0c91e6bf6"},
    {"5.9", "00000000-0000-0000-0000-000000000000"},
    {"5.10", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"},
    {"A.1", "C232AB00-9414-11EC-B3C8-9F6BDECED846"},
    {"A.2", "5df41881-3aed-3515-88a7-2f4a814cf09e"},
    {"A.3", "919108f7-52d1-4320-9bac-f847db4148a8"},
    {"A.4", "2ed6657d-e927-568b-95e1-2665a8aea6a2"},
    {"A.5", "1EC9414C-232A-6B00-B3C8-9F6BDECED846"},
    {"A.6", "017F22E2-79B0-7CC3-98C4-DC0C0C07398F"},
    {"B.1", "2489E9AD-2EE2-8E00-8EC9-32D5F69181C0"},
    {"B.2", "5c146b14-3c52-8afd-938a-375d0df1fbf6"},
};

const row others[] = {
    {"4", ""},
    {"4", "f81d4fae-7dec-11d0-a765-00a0c91e6bf"},
    {"4", "f81d4fae-7dec-11d0-a765-00a0c91e6bf66"},
    {"4", "f81d4fae7dec11d0a76500a0c91e6bf6"},
    {"4", "f81d4fae-7dec11d0-a765-00a0c91e6bf6"},
    {"4", "f81d4fae-7dec-11d0-a76500a0-c91e6bf6"},
    {"4", "f81d4fae--7dec-11d0-a76-00a0c91e6bf6"},
    {"4", "-f81d4fae7dec-11d0-a765-00a0c91e6bf6"},
    {"4", "f81d4fae-7dec-11d0-a765-00a0c91e6bf-"},
    {"4", "f81d4fae_7dec_11d0_a765_00a0c91e6bf6"},
    {"4", "f81d4fae 7dec 11d0 a765 00a0c91e6bf6"},
    {"4", "{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}"},
    {"4", "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6"},
    {"4", " f81d4fae-7dec-11d0-a765-00a0c91e6bf6"},
    {"4", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6 "},
    {"4", "g81d4fae-7dec-11d0-a765-00a0c91e6bf6"},
    {"4", "f81d4fae-7dec-11d0-a765-00a0c91e6bfG"},
    {"4", "0x1d4fae-7dec-11d0-a765-00a0c91e6bf6"},
    {"4", "+81d4fae-7dec-11d0-a765-00a0c91e6bf6"},
    {"4", "f81d4fae-7dec-11d0-a765-00a0c91e6b\xc3\xa9"},
    {"4",
     "\xef\xbc\x91"
     "1d4fae-7dec-11d0-a765-00a0c91e6bf6"},
    {"4",
     "f81d4fae\xe2\x80\x93"
     "7dec-11d0-a765-00a0c91e6bf6"},
};

verdict with_id(std::string_view text) {
  return decoded(std::string(before_id) + "\"" + std::string(text) + "\"" + std::string(after_id));
}

void check_no_uuid(std::string_view text) {
  const verdict got = with_id(text);
  REQUIRE_FALSE(got.value);
  CHECK(name(got.code) == name(errc::invalid_uuid));
  CHECK(got.offset == before_id.size());
}

std::string octets(const signhook::event& of) {
  std::string text;
  for (const auto byte : std::visit([](const auto& event) { return event.id.value.bytes; }, of)) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned>(byte));
    text += digits;
  }
  return text;
}

}  // namespace

TEST_CASE("RFC 9562: what is a UUID, octet by octet") {
  for (const row& one : uuids) {
    INFO("section " << one.section << ": " << one.text);
    const verdict got = with_id(one.text);
    REQUIRE(got.value);
    std::string expected;
    for (const char c : one.text) {
      if (c != '-') expected += c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    CHECK(octets(*got.value) == expected);
  }
}

TEST_CASE("RFC 9562: what is none") {
  for (const row& one : others) {
    INFO("section " << one.section << ": " << one.text);
    check_no_uuid(one.text);
  }
}

TEST_CASE("RFC 9562: every character at every place") {
  const std::string id = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
  for (std::size_t at = 0; at < id.size(); ++at) {
    for (int byte = 0x20; byte < 0x7f; ++byte) {
      if (byte == '"' || byte == '\\') continue;
      std::string changed = id;
      changed[at] = static_cast<char>(byte);
      const bool is_digit = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') ||
                            (byte >= 'A' && byte <= 'F');
      const bool is_good = id[at] == '-' ? byte == '-' : is_digit;
      if (with_id(changed).value.has_value() != is_good) FAIL(changed);
    }
  }
  SUCCEED();
}
