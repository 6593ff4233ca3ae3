// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include <signhook/error.hpp>

#include <set>
#include <string>
#include <string_view>
#include <system_error>

namespace {

using namespace signhook;

// The interface: these names, and no others.
constexpr std::string_view code_names[] = {
    "empty_body",       "body_too_large", "invalid_utf8",  "invalid_json",      "unexpected_end",
    "trailing_content", "too_deep",       "not_an_object", "missing_member",    "wrong_type",
    "duplicate_member", "unknown_member", "invalid_uuid",  "invalid_timestamp", "unknown_type",
    "unknown_state",    "text_too_long"};

}  // namespace

TEST_CASE("a code's text is its name") {
  CHECK(name(errc::empty_body) == "empty_body");
  CHECK(name(errc::invalid_timestamp) == "invalid_timestamp");
  for (std::size_t i = 0; i < std::size(code_names); ++i) {
    CHECK(name(static_cast<errc>(i + 1)) == code_names[i]);
  }
  CHECK(enumerators<errc>.size() == std::size(code_names));
  CHECK(name(errc{}).empty());
  CHECK(name(static_cast<errc>(200)).empty());
  CHECK(from_name<errc>("too_deep") == errc::too_deep);
  CHECK_FALSE(from_name<errc>("deep"));
}

TEST_CASE("every code has a description of its own") {
  std::set<std::string_view> said;
  for (const errc code : enumerators<errc>) said.insert(describe(code));
  CHECK(said.size() == std::size(code_names));
  CHECK_FALSE(said.contains(""));
}

TEST_CASE("an error code is one of the standard library") {
  const std::error_code none = errc{};
  CHECK_FALSE(none);
  CHECK(none.message() == "success");
  const std::error_code deep = errc::too_deep;
  CHECK(deep);
  CHECK(deep == errc::too_deep);
  CHECK(deep != errc::wrong_type);
  CHECK(deep.category() == error_category<errc>());
  CHECK(std::string_view(deep.category().name()) == "signhook");
  CHECK(deep.message() == describe(errc::too_deep));
  // 256 more is no code, although it has the same byte.
  const std::error_code unknown(static_cast<int>(errc::too_deep) + 256, error_category<errc>());
  CHECK(unknown.message() == "unknown error");
}

TEST_CASE("a place is a line and a column in bytes, both from 1") {
  struct row {
    std::string_view body;
    std::uint32_t offset;
    std::uint32_t line;
    std::uint32_t column;
  };
  for (const row& one :
       {row{"", 0, 1, 1}, row{"", 5, 1, 1}, row{"abc", 0, 1, 1}, row{"abc", 3, 1, 4},
        row{"abc", 99, 1, 4}, row{"a\nb", 1, 1, 2}, row{"a\nb", 2, 2, 1}, row{"\n\n\n", 3, 4, 1},
        row{"a\r\nb", 3, 2, 1}, row{"a\rb", 2, 1, 3}, row{"\xc3\xa9x", 2, 1, 3}}) {
    const location at = locate(one.body, {errc::invalid_json, one.offset, ""});
    INFO(one.body << " " << one.offset);
    CHECK(at.line == one.line);
    CHECK(at.column == one.column);
  }
  static_assert(locate("a\nbc", {errc::invalid_json, 3, ""}) == location{2, 2});
}
