// SPDX-License-Identifier: BSL-1.0
#include "body_tree.hpp"
#include "catch.hpp"
#include <signhook/decoder.hpp>
#include <signhook/encoder.hpp>

#include <array>
#include <cstddef>
#include <iterator>
#include <list>
#include <random>
#include <string>
#include <string_view>

namespace {

using namespace signhook;

std::string encoded(const event& of) {
  std::string body;
  encode_to(of, std::back_inserter(body));
  return body;
}

std::string random_text(std::mt19937& random, std::size_t most) {
  static const std::string_view pieces[] = {"a",
                                            "\"",
                                            "\\",
                                            "/",
                                            "\n",
                                            "\x01",
                                            "\x7f",
                                            "\xc3\xa9",
                                            "\xe2\x82\xac",
                                            "\xf0\x9f\x94\xa5",
                                            "\t",
                                            "\b\f\r",
                                            " "};
  std::string text;
  while (true) {
    const std::string_view piece = pieces[random() % std::size(pieces)];
    if (text.size() + piece.size() > most || random() % 40 == 0) return text;
    text += piece;
  }
}

// An output iterator that cannot be copied.
class move_only_inserter {
 public:
  using difference_type = std::ptrdiff_t;

  explicit move_only_inserter(std::string& to) : to_(&to) {}
  move_only_inserter(move_only_inserter&&) = default;
  move_only_inserter& operator=(move_only_inserter&&) = default;

  move_only_inserter& operator*() { return *this; }
  move_only_inserter& operator++() { return *this; }
  move_only_inserter& operator++(int) { return *this; }
  move_only_inserter& operator=(char c) {
    *to_ += c;
    return *this;
  }

 private:
  std::string* to_;
};
static_assert(std::output_iterator<move_only_inserter, char>);

template <class Id>
Id random_id(std::mt19937& random) {
  uuid id;
  for (auto& byte : id.bytes) byte = static_cast<std::uint8_t>(random());
  return Id(id);
}

template <class Known>
open_state<Known> random_state(std::mt19937& random) {
  const auto texts = open_state<Known>::known_texts();
  if (random() % 2 == 0) return *open_state<Known>::from_text(texts[random() % texts.size()]);
  return *open_state<Known>::from_text(random_text(random, open_state<Known>::max_text_size));
}

timestamp random_time(std::mt19937& random) {
  const auto seconds = std::uniform_int_distribution<std::int64_t>(-62167219200 + 86400,
                                                                   253402300799 - 86400)(random);
  const auto fraction = random() % 2 == 0 ? 0 : static_cast<std::int64_t>(random() % 1'000'000'000);
  const int offset = static_cast<int>(random() % 2879) - 1439;
  return *timestamp::from(std::chrono::sys_seconds(std::chrono::seconds(seconds)),
                          std::chrono::nanoseconds(fraction), std::chrono::minutes(offset));
}

dossier random_dossier(std::mt19937& random) {
  return {random_id<dossier_id>(random), random_state<dossier_state>(random)};
}

event random_event(std::mt19937& random) {
  const auto id = random_id<event_id>(random);
  const auto created = random_time(random);
  const invite of{random_id<invite_id>(random)};
  const invitee who{random_id<invitee_id>(random), random_state<invitee_state>(random)};
  switch (random() % 9) {
    case 0: return invite_created{id, created, random_dossier(random), of};
    case 1: return invite_expired{id, created, random_dossier(random), of};
    case 2: return invite_undelivered{id, created, random_dossier(random), of};
    case 3: return invite_viewed{id, created, random_dossier(random), of, {who.id}};
    case 4: return invitee_state_updated{id, created, random_dossier(random), who};
    case 5: return dossier_prepared{id, created, random_dossier(random)};
    case 6: return dossier_state_updated{id, created, random_dossier(random)};
    case 7:
      return reassign_request_state_updated{id,
                                            created,
                                            random_dossier(random),
                                            {random_id<reassign_request_id>(random),
                                             random_state<reassign_request_state>(random), who}};
    default: {
      unknown_event unknown{
          id, *type_text::from(random_text(random, type_text::capacity)), created, {}};
      if (random() % 2 == 0) unknown.dossier = random_dossier(random);
      return unknown;
    }
  }
}

}  // namespace

TEST_CASE("the samples encode to the documented bodies, compact") {
  for (const std::string& name : sample_names()) {
    const body_tree tree = read_tree(sample_text(name));
    for (const event& sample : samples) {
      if (type_of(sample) == name) CHECK(encoded(sample) == print_compact(tree).text);
    }
  }
}

TEST_CASE("every event decodes to itself once encoded") {
  decoder with;
  std::mt19937 random(20260101);
  for (int i = 0; i < 20'000; ++i) {
    const event original = random_event(random);
    const std::string body = encoded(original);
    if (body.size() > max_encoded_size) FAIL(body);
    const auto decoded = with.decode(body);
    if (!decoded || !(*decoded == original)) FAIL(body);
    if (encoded(*decoded) != body) FAIL(body);
  }
  SUCCEED();
}

TEST_CASE("a leap second and an unknown offset come back") {
  decoder with;
  dossier_prepared one = std::get<dossier_prepared>(samples[5]);
  for (const std::string_view time : {"2016-12-31T23:59:60.5+00:00", "2026-01-01T00:00:00-00:00"}) {
    one.created = *timestamp::parse(time);
    const std::string body = encoded(one);
    CHECK(body.find(time) != std::string::npos);
    const auto decoded = with.decode(body);
    REQUIRE(decoded);
    CHECK(*decoded == event(one));
  }
}

TEST_CASE("what must be escaped is, and nothing else") {
  unknown_event one;
  one.type = *type_text::from("\"\\/\b\f\n\r\t\x01\x1f\x7f\xc3\xa9");
  CHECK(encoded(one) ==
        "{\"id\":\"00000000-0000-0000-0000-000000000000\","
        "\"type\":\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\xc3\xa9\","
        "\"created\":\"1970-01-01T00:00:00+00:00\"}");
}

TEST_CASE("a buffer that is too small is left alone") {
  for (const event& sample : samples) {
    const std::string body = encoded(sample);
    std::string buffer(body.size() + 1, '?');
    for (const std::size_t room : {std::size_t{0}, body.size() - 1}) {
      CHECK_FALSE(encode(sample, {buffer.data(), room}));
      CHECK(buffer == std::string(body.size() + 1, '?'));
    }
    CHECK(encode(sample, {buffer.data(), body.size()}) == body);
    CHECK(buffer == body + "?");
  }
}

TEST_CASE("any output iterator will do") {
  std::list<char> list;
  encode_to(samples[0], std::back_inserter(list));
  CHECK(std::string(list.begin(), list.end()) == encoded(samples[0]));

  std::string text;
  encode_to(samples[0], move_only_inserter(text));
  CHECK(text == encoded(samples[0]));
}

TEST_CASE("the longest event just fits") {
  const std::string worst(open_state<dossier_state>::max_text_size, '\x01');
  const dossier of{{}, *open_state<dossier_state>::from_text(worst)};
  const event largest =
      reassign_request_state_updated{{},
                                     *timestamp::parse("2026-01-01T00:00:00.123456789+00:00"),
                                     of,
                                     {{},
                                      *open_state<reassign_request_state>::from_text(worst),
                                      {{}, *open_state<invitee_state>::from_text(worst)}}};
  const std::string body = encoded(largest);
  CHECK(body.size() <= max_encoded_size);
  std::array<char, max_encoded_size> buffer{};
  CHECK(encode(largest, buffer) == body);
}
