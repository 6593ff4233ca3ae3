// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include <signhook/draft_error.hpp>

#include <cctype>
#include <set>
#include <string>
#include <string_view>

using namespace signhook;

TEST_CASE("codes of drafts have the names of the enumerators, and descriptions of their own") {
  CHECK(name(draft_errc::url_too_long) == "url_too_long");
  CHECK(name(draft_errc::padded_header_value) == "padded_header_value");
  CHECK(name(draft_errc::buffer_too_small) == "buffer_too_small");
  constexpr auto last = static_cast<int>(draft_errc::buffer_too_small);
  CHECK(detail::enumerator_names<draft_errc>.size() == last + 1);
  std::set<std::string_view> names;
  for (int i = 0; i <= last; ++i) {
    const auto code = static_cast<draft_errc>(i);
    names.insert(name(code));
    INFO(name(code));
    REQUIRE_FALSE(describe(code).empty());
    CHECK_FALSE(std::isupper(static_cast<unsigned char>(describe(code)[0])));
    CHECK(describe(code).back() != '.');
  }
  CHECK(names.size() == last + 1);
  CHECK(describe(static_cast<draft_errc>(last + 1)).empty());
}

TEST_CASE("a draft_result holds a text or a draft_error") {
  const draft_result<std::string_view> good(std::string_view("x"));
  REQUIRE(good);
  CHECK(*good == "x");
  const draft_result<std::string_view> bad(draft_error{draft_errc::invalid_url_port, 0, 9});
  REQUIRE_FALSE(bad);
  CHECK(bad.error() == draft_error{draft_errc::invalid_url_port, 0, 9});
}
