// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include <signhook/uuid.hpp>

#include <string>
#include <string_view>
#include <unordered_set>

namespace {

using namespace signhook;

static_assert(std::is_trivially_copyable_v<uuid>);
static_assert(!std::is_convertible_v<dossier_id, invite_id>);
static_assert(!std::is_convertible_v<uuid, dossier_id>);
static_assert(uuid::parse("00000000-0000-0000-0000-000000000000") == uuid{});

std::string text(const uuid& id) {
  std::string written(uuid::text_size, '?');
  CHECK(id.write_to(written.data()) == written.data() + written.size());
  return written;
}

}  // namespace

// The examples of RFC 9562, appendices A and B, the special ones of sections 5.9 and 5.10.
TEST_CASE("UUIDs are read and written back in lower case") {
  for (const std::string_view valid :
       {"C232AB00-9414-11EC-B3C8-9F6BDECED846", "5df41881-3aed-3515-88a7-2f4a814cf09e",
        "919108f7-52d1-4320-9bac-f847db4148a8", "2ed6657d-e927-568b-95e1-2665a8aea6a2",
        "1EC9414C-232A-6B00-B3C8-9F6BDECED846", "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
        "2489E9AD-2EE2-8E00-8EC9-32D5F69181C0", "00000000-0000-0000-0000-000000000000",
        "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "b659c273-954e-43cf-893a-0f74a7f87153"}) {
    INFO(valid);
    const auto read = uuid::parse(valid);
    REQUIRE(read);
    std::string lower(valid);
    for (char& c : lower) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    CHECK(text(*read) == lower);
    CHECK(uuid::parse(lower) == read);
  }
}

TEST_CASE("the bytes of a UUID are in the order of its digits") {
  const auto read = uuid::parse("00112233-4455-6677-8899-aabbccddeeff");
  REQUIRE(read);
  for (std::size_t i = 0; i < 16; ++i) CHECK(read->bytes[i] == 0x11 * i);
}

TEST_CASE("every other byte in every place is rejected") {
  const std::string valid = "b659c273-954e-43cf-893a-0f74a7f87153";
  for (std::size_t place = 0; place < valid.size(); ++place) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = valid;
      changed[place] = static_cast<char>(byte);
      const bool is_dash_place = place == 8 || place == 13 || place == 18 || place == 23;
      const bool fits = is_dash_place
                            ? byte == '-'
                            : (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') ||
                                  (byte >= 'A' && byte <= 'F');
      if (uuid::parse(changed).has_value() != fits) FAIL(place << " " << byte);
    }
  }
  SUCCEED();
}

TEST_CASE("every other length and form is rejected") {
  const std::string valid = "b659c273-954e-43cf-893a-0f74a7f87153";
  for (std::size_t size = 0; size < valid.size(); ++size)
    CHECK_FALSE(uuid::parse(valid.substr(0, size)));
  for (const std::string& other :
       {valid + "0", " " + valid, valid + " ", "{" + valid + "}", "urn:uuid:" + valid,
        std::string("b659c273954e43cf893a0f74a7f87153")}) {
    CHECK_FALSE(uuid::parse(other));
  }
}

TEST_CASE("ids order and hash by their bytes") {
  const auto low = dossier_id::parse("00000000-0000-0000-0000-00000000ff00");
  const auto high = dossier_id::parse("00000000-0000-0000-0000-000000010000");
  REQUIRE((low && high));
  CHECK(*low < *high);
  CHECK(*low != *high);
  CHECK(std::hash<dossier_id>{}(*low) == std::hash<uuid>{}(low->value));

  // Ids that differ in one bit fall into different places.
  std::unordered_set<std::size_t> hashes;
  for (std::size_t bit = 0; bit < 128; ++bit) {
    uuid id;
    id.bytes[bit / 8] = static_cast<std::uint8_t>(1U << (bit % 8));
    hashes.insert(std::hash<uuid>{}(id));
  }
  CHECK(hashes.size() == 128);
}
