// SPDX-License-Identifier: BSL-1.0
#include "../fuzz/random_event.hpp"
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
    std::string bytes;
    while (bytes.size() < 512) bytes += static_cast<char>(random() & 0xffU);
    fuzz::choices from(bytes);
    const event original = fuzz::random_event(from);
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
  dossier_prepared one = schema<dossier_prepared>::sample;
  for (const std::string_view time : {"2016-12-31T23:59:60.5+00:00", "2026-01-01T00:00:00-00:00"}) {
    one.created = *timestamp::parse(time);
    const std::string body = encoded(one);
    CHECK(body.find(time) != std::string::npos);
    const auto decoded = with.decode(body);
    REQUIRE(decoded);
    CHECK(*decoded == event(one));
  }
}

TEST_CASE("only quotes, backslashes and control characters are escaped") {
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

TEST_CASE("an event is encoded to any output iterator") {
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
