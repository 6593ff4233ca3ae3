// SPDX-License-Identifier: BSL-1.0
// Bodies that end where the readable memory ends.
#include "catch.hpp"
#include "guard_page.hpp"
#include <signhook/decoder.hpp>
#include <signhook/encoder.hpp>
#include <signhook/receiver.hpp>

#if defined(SIGNHOOK_TEST_PAGE_END)

#include <array>
#include <string>
#include <string_view>

using namespace signhook;

namespace {

constexpr std::string_view secret_in_memory = "c2VjcmV0IG9mIHRoZSB0ZXN0cw==";

result<receiver, receiver_errc> receiver_with_secret() {
  const std::array<std::string_view, 1> secrets = {secret_in_memory};
  return receiver::make({.secret_header = "X-Secret", .secrets = secrets});
}

}  // namespace

TEST_CASE("no byte after a body is read, whatever its length") {
  decoder with;
  guard_page end(8192);
  std::array<char, max_encoded_size> buffer{};
  const std::string_view body = *encode(schema<reassign_request_state_updated>::sample, buffer);
  REQUIRE(body.size() > 300);
  for (std::size_t size = 0; size <= 4096; ++size) {
    // A good body and spaces, a string that does not end, an escape that does not end.
    std::string good(body.substr(0, size));
    good.resize(size, ' ');
    const bool accepted = with.decode(end.place(good)).has_value();
    if (accepted != (size >= body.size())) FAIL(size);
    if (with.validate(end.place(good), [](const diagnostic&) {}) != accepted) FAIL(size);
    for (const char filler : {'x', '\\', '"', '[', '{', '1', '\xe2', ' '}) {
      const std::string open = "{\"id\":\"" + std::string(size, filler);
      const std::string_view placed = end.place(std::string_view(open).substr(0, size));
      if (with.decode(placed)) FAIL(size);
      if (with.validate(placed, [](const diagnostic&) {})) FAIL(size);
    }
  }
  SUCCEED();
}

TEST_CASE("no kernel of simdjson reads behind a body, which has no padding") {
  struct row {
    std::string_view end;  // of a body in another order
    bool is_good;
  };
  constexpr row rows[] = {{R"("new":"x"})", true},
                          {R"("new":1})", true},
                          {R"("a":{}})", true},
                          {"\"new\":\"\xc3\xab\"}", true},
                          {"\"new\":\"\xc3}", false},
                          {"\"new\":\"\xe2\x82}", false},
                          {"\"new\":\"\xf0\x9f\x98}", false},
                          {"\"new\":\"\xf0\x9f\x98\x80}", false},
                          {R"("new":"\})", false},
                          {R"("new":"\u}")", false},
                          {R"("new":-})", false},
                          {R"("new":tru})", false},
                          {R"("type"})", false},
                          {R"("i"})", false},
                          {"}", false}};
  guard_page end(4096);
  std::array<char, max_encoded_size> buffer{};
  std::string members(*encode(schema<dossier_prepared>::sample, buffer));
  members.erase(0, 1);
  members.back() = ',';
  const simdjson::implementation* const usual = simdjson::get_active_implementation();
  for (const simdjson::implementation* const kernel : simdjson::get_available_implementations()) {
    if (!kernel->supported_by_runtime_system()) continue;
    INFO(kernel->name());
    simdjson::get_active_implementation() = kernel;
    decoder with;
    for (std::size_t size = 0; size < 130; ++size) {
      for (const auto& [last, is_good] : rows) {
        const std::string body =
            "{\"first\":\"" + std::string(size, 'x') + "\"," + members + std::string(last);
        if (with.decode(end.place(body)).has_value() != is_good) FAIL(body);
      }
    }
  }
  simdjson::get_active_implementation() = usual;
}

TEST_CASE("every prefix of every sample is rejected at its end") {
  decoder with;
  guard_page end(4096);
  std::array<char, max_encoded_size> buffer{};
  for (const event& sample : samples) {
    const std::string_view body = *encode(sample, buffer);
    for (std::size_t size = 1; size < body.size(); ++size) {
      const auto decoded = with.decode(end.place(body.substr(0, size)));
      if (decoded) FAIL(body.substr(0, size));
      if (decoded.error() != error{errc::unexpected_end, static_cast<std::uint32_t>(size), ""})
        FAIL(size);
    }
  }
  SUCCEED();
}

TEST_CASE("the body of an unauthenticated request is not read") {
  result<receiver, receiver_errc> made = receiver_with_secret();
  REQUIRE(made);
  decoder with;
  guard_page end(4096);
  for (const std::string_view sent : {"", "c2VjcmV0IG9mIHRoZSB0ZXN0cw=", "x"}) {
    const std::array<header, 2> headers = {
        {{"X-Secret", sent}, {"Content-Type", "application/json"}}};
    for (const std::size_t size : {0U, 1U, 4096U}) {
      const receive_result got =
          made->receive(with, {.method = "POST", .headers = headers, .body = end.unreadable(size)});
      CHECK(got.verdict == verdict::unauthenticated);
      CHECK(got.status == 401);
    }
  }
}

TEST_CASE("no byte after a header is read") {
  result<receiver, receiver_errc> made = receiver_with_secret();
  REQUIRE(made);
  decoder with;
  guard_page names(64);
  guard_page values(512);
  guard_page types(64);
  guard_page methods(64);
  for (std::size_t size = 0; size <= 300; ++size) {
    const std::string sent = std::string(secret_in_memory) + std::string(300, 'x');
    const std::array<header, 3> headers = {
        {{names.place("X-Secret"), values.place(std::string_view(sent).substr(0, size))},
         {"Content-Type", types.place("application/json; a=\"b")},
         {"X-Secre", secret_in_memory}}};
    const receive_result got =
        made->receive(with, {.method = methods.place("POST"), .headers = headers, .body = {}});
    const bool is_right = size == secret_in_memory.size();
    if ((got.fault == fault::content_type) != is_right) FAIL(size);
    if ((got.verdict == verdict::unauthenticated) == is_right) FAIL(size);
  }
  for (const std::string_view text :
       {"", "P", "POST", "a", "application/json;", "application/json; a",
        "application/json; a=", "application/json; a=\"\\"}) {
    const std::array<header, 2> headers = {
        {{"X-Secret", secret_in_memory}, {"Content-Type", types.place(text)}}};
    const receive_result got =
        made->receive(with, {.method = methods.place(text), .headers = headers, .body = {}});
    CHECK(got.verdict == verdict::quarantine);
    CHECK(made->receive(with, {.method = "POST", .headers = headers, .body = {}}).verdict ==
          verdict::quarantine);
  }
}

#endif
