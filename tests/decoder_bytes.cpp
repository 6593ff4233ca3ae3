// SPDX-License-Identifier: BSL-1.0
#include "allocations.hpp"
#include "catch.hpp"
#include <signhook/decoder.hpp>
#include <signhook/decoder/bytes.hpp>
#include <signhook/encoder.hpp>
#include <signhook/ndjson.hpp>
#include <signhook/receiver.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <iterator>
#include <list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#if __has_include(<sys/uio.h>)
#include <sys/uio.h>
#endif

namespace {

using namespace signhook;

// As Asio's: data() is untyped.
class const_buffer {
 public:
  const_buffer() = default;
  explicit const_buffer(std::string_view of) : data_(of.data()), size_(of.size()) {}
  [[nodiscard]] const void* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  const void* data_ = nullptr;
  std::size_t size_ = 0;
};

static_assert(buffer_sequence<std::vector<const_buffer>>);
static_assert(buffer_sequence<const_buffer[2]>);
static_assert(buffer_sequence<std::list<std::string>>);
static_assert(buffer_sequence<std::array<std::span<const std::byte>, 3>>);
static_assert(!buffer_sequence<const_buffer>);
static_assert(!buffer_sequence<std::string>);
static_assert(!buffer_sequence<std::vector<char>>);
static_assert(!buffer_sequence<std::vector<int>>);
static_assert(!buffer_sequence<char[4]>);

std::string body_of(const event& of) {
  std::string text;
  encode_to(of, std::back_inserter(text));
  return text;
}

const std::string canonical = body_of(samples[0]);
const std::string other_body = R"({"new":[1],)" + canonical.substr(1);

template <class Byte>
std::vector<Byte> bytes_of_type(std::string_view text) {
  std::vector<Byte> bytes(text.size());
  std::transform(text.begin(), text.end(), bytes.begin(),
                 [](char c) { return static_cast<Byte>(static_cast<unsigned char>(c)); });
  return bytes;
}

template <class Body>
void check_accepted(const Body& body) {
  decoder with;
  const std::size_t before = allocations::count();
  CHECK(with.decode(body) == samples[0]);
  CHECK(with.validate(body, [](const diagnostic&) {}));
  CHECK(allocations::count() == before);
}

template <class Body>
void check_received(const Body& body) {
  decoder with;
  const std::string_view secrets[] = {"0123456789abcdefghijklmnop"};
  const auto checks = receiver::make({.secret_header = "X-Secret", .secrets = secrets});
  const std::vector<header> headers = {{"X-Secret", secrets[0]},
                                       {"Content-Type", "application/json"}};
  const auto got = checks->receive(with, {.method = "POST", .headers = headers, .body = body});
  CHECK(got.event == samples[0]);
  std::size_t events = 0;
  for (const auto& line : lines(with, body)) {
    if (line.decoded == samples[0]) ++events;
  }
  CHECK(events == 1);
  CHECK(decode_lines(with, body, [](const decoded_line&) {}).events == 1);
}

}  // namespace

TEST_CASE("a body is taken in any container of bytes") {
  for (const std::string& text : {canonical, other_body}) {
    const auto check = [](const auto& body) {
      check_accepted(body);
      check_received(body);
    };
    check(text);
    check(std::string_view(text));
    check(text.c_str());
    check(bytes_of_type<char>(text));
    check(bytes_of_type<unsigned char>(text));
    check(bytes_of_type<std::byte>(text));
    check(bytes_of_type<char8_t>(text));
    const auto bytes = bytes_of_type<std::byte>(text);
    check(std::span(bytes));
    check(std::span<const unsigned char>(bytes_of_type<unsigned char>(text)));
    check_accepted(const_buffer(text));
  }
  decoder with;
  CHECK(with.decode("").error().code == errc::empty_body);
  CHECK(with.decode(std::vector<std::byte>{}).error().code == errc::empty_body);
  CHECK(with.decode(std::span<const char>{}).error().code == errc::empty_body);
}

TEST_CASE("a body in a sequence of buffers is decoded wherever it is divided") {
  decoder with;
  for (const std::string& text : {canonical, other_body, canonical + "]", std::string("{")}) {
    const result<event> expected = with.decode(text);
    for (std::size_t at = 0; at <= text.size(); ++at) {
      const auto first = std::string_view(text).substr(0, at);
      const auto last = std::string_view(text).substr(at);
      const std::array<const_buffer, 4> buffers = {const_buffer(first), const_buffer(),
                                                   const_buffer(last), const_buffer()};
      const std::size_t before = allocations::count();
      CHECK(with.decode(buffers) == expected);
      const auto joined = with.join(buffers);
      CHECK(allocations::count() == before);
      REQUIRE(joined == text);
      // Without a copy where one buffer has all, and otherwise decoded where it was copied to.
      CHECK((joined->data() == text.data()) == (at == 0 || at == text.size()));
      CHECK(with.decode(*joined) == expected);
      CHECK(with.join(buffers) == text);
    }
  }
#if __has_include(<sys/uio.h>)
  std::string first = canonical.substr(0, 50);
  std::string last = canonical.substr(50);
  const iovec vectors[] = {{first.data(), first.size()}, {last.data(), last.size()}};
  CHECK(with.decode(vectors) == samples[0]);
  CHECK(with.decode(std::span(vectors)) == samples[0]);
#endif
  std::list<std::string> strings;
  for (const char c : canonical) strings.emplace_back(1, c);
  CHECK(with.decode(strings) == samples[0]);
  CHECK(with.decode(std::vector<const_buffer>{}).error().code == errc::empty_body);
}

TEST_CASE("a sequence of buffers may be as large as a body may be") {
  decoder_options options;
  options.max_bytes = static_cast<std::uint32_t>(canonical.size());
  decoder with(options);
  const auto half = std::string_view(canonical).substr(0, 60);
  const auto rest = std::string_view(canonical).substr(60);
  CHECK(with.decode(std::vector{half, rest}) == samples[0]);
  const std::vector<std::string_view> larger = {half, rest, " "};
  CHECK(with.decode(larger).error().code == errc::body_too_large);
  CHECK_FALSE(with.join(larger));
  const std::string spaced = canonical + " ";
  CHECK_FALSE(with.join(std::vector<std::string_view>{spaced}));
  CHECK(with.decode(std::vector<std::string_view>{spaced}).error().code == errc::body_too_large);

  std::array<char, 4> buffer{};
  CHECK(join(std::vector<std::string_view>{"ab", "", "cd"}, buffer) == "abcd");
  CHECK_FALSE(join(std::vector<std::string_view>{"ab", "cd", "e"}, buffer));
  CHECK(join(std::vector<std::string_view>{"", "abcdef"}, buffer) == "abcdef");
  CHECK(join(std::vector<std::string_view>{}, buffer) == "");
}
