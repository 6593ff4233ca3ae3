// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include <signhook/subscription/request_error.hpp>

#include <cctype>
#include <set>
#include <string>
#include <string_view>

using namespace signhook;

TEST_CASE("the codes of requests have the names of the enumerators, and descriptions") {
  CHECK(name(request_errc::url_too_long) == "url_too_long");
  CHECK(name(request_errc::padded_header_value) == "padded_header_value");
  CHECK(name(request_errc::buffer_too_small) == "buffer_too_small");
  std::set<std::string_view> names;
  for (const request_errc code : enumerators<request_errc>) {
    names.insert(name(code));
    INFO(name(code));
    REQUIRE_FALSE(describe(code).empty());
    CHECK_FALSE(std::isupper(static_cast<unsigned char>(describe(code)[0])));
    CHECK(describe(code).back() != '.');
  }
  CHECK(names.size() == enumerators<request_errc>.size());
  constexpr auto last = static_cast<int>(enumerators<request_errc>.back());
  for (const int other : {last + 1, 200, 255}) {
    CHECK(name(static_cast<request_errc>(other)).empty());
    CHECK(describe(static_cast<request_errc>(other)).empty());
  }
}

TEST_CASE("a request_result holds a value or a request_error") {
  const request_result<std::string_view> good(std::string_view("x"));
  REQUIRE(good);
  CHECK(*good == "x");
  const request_result<std::string_view> bad(unexpect,
                                             request_error{request_errc::invalid_url_port, 0, 9});
  REQUIRE_FALSE(bad);
  CHECK(bad.error() == request_error{request_errc::invalid_url_port, 0, 9});
}
