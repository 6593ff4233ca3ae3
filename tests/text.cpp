// SPDX-License-Identifier: BSL-1.0
#include "allocations.hpp"
#include "catch.hpp"
#include "printed.hpp"
#include <signhook/text.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace {

using namespace signhook;

enum class foreign { one };

// Types without a text: other people's types, and those of this library that have none.
static_assert(!printable<foreign> && !printable<int> && !printable<std::string>);
static_assert(!printable<std::errc> && !printable<std::errc*> && !printable<result<int>>);
static_assert(!printable<custom_header> && !printable<receiver_options>);
static_assert(printable<result<uuid>> && printable<result<uuid, request_error>>);
static_assert(printable<errc> && printable<sourced<int>> && !printable<sourced<foreign>>);

// In a constant expression too.
constexpr auto nil_text = [] {
  std::array<char, uuid::text_size> text{};
  const auto [end, error] = to_chars(text.data(), text.data() + text.size(), uuid());
  return end == text.data() + text.size() && error == std::errc()
             ? text
             : std::array<char, uuid::text_size>();
}();
static_assert(std::string_view(nil_text.data(), nil_text.size()) ==
              "00000000-0000-0000-0000-000000000000");

}  // namespace

TEST_CASE("to_string returns the text of every type") {
  printed::for_each(
      [](const auto& value, const std::string& text) { CHECK(to_string(value) == text); });
}

TEST_CASE("to_chars writes the text or says that it does not fit, and nothing past the end") {
  printed::for_each([](const auto& value, const std::string& text) {
    static_assert(noexcept(to_chars(nullptr, nullptr, value)));
    // Exactly as many characters as the text has, with more behind.
    std::vector<char> chars(text.size() + 8, '#');
    const auto written = to_chars(chars.data(), chars.data() + text.size(), value);
    CHECK(written.ec == std::errc());
    CHECK(written.ptr == chars.data() + text.size());
    CHECK(std::string(chars.begin(), chars.end()) == text + "########");

    const auto wide = to_chars(chars.data(), chars.data() + chars.size(), value);
    CHECK(wide.ec == std::errc());
    CHECK(wide.ptr == chars.data() + text.size());

    const std::size_t step = text.size() / 50 + 1;
    for (std::size_t size = 0; size < text.size(); size += step) {
      // On the heap and no larger, so that AddressSanitizer sees a byte too many.
      std::vector<char> small(size);
      const auto cut = to_chars(small.data(), small.data() + size, value);
      CHECK(cut.ec == std::errc::value_too_large);
      CHECK(cut.ptr == small.data() + size);

      std::fill(chars.begin(), chars.end(), '#');
      CHECK(to_chars(chars.data(), chars.data() + size, value).ec == std::errc::value_too_large);
      CHECK(std::string_view(chars.data() + size, chars.size() - size).find_first_not_of('#') ==
            std::string_view::npos);
    }
  });
  CHECK(to_chars(nullptr, nullptr, uuid()).ec == std::errc::value_too_large);
  CHECK(to_chars(nullptr, nullptr, event_type_set()).ec == std::errc());
}

TEST_CASE("to_chars allocates nothing") {
  std::vector<char> chars(8000);
  printed::for_each([&](const auto& value, const std::string&) {
    const std::size_t before = allocations::count();
    const auto written = to_chars(chars.data(), chars.data() + chars.size(), value);
    CHECK(allocations::count() == before);
    CHECK(written.ec == std::errc());
  });
}

TEST_CASE("the text of an error whose path is longer than any is cut") {
  const std::string longest(3000, 'x');
  const std::string control(3000, '\x01');
  for (const std::string& path : {longest, control}) {
    const error wrong{errc::missing_member, 0, path};
    const std::string text = to_string(wrong);
    CHECK(text.size() < 1024);
    std::string written(2048, '#');
    const auto end = to_chars(written.data(), written.data() + written.size(), wrong).ptr;
    CHECK(std::string(written.data(), end) == text);
  }
}
