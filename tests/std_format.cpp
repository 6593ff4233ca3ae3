// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "printed.hpp"
#include <signhook/std_format.hpp>

#include <version>
#if defined(__cpp_lib_format)
#include <chrono>
#include <format>
#include <iterator>
#include <string>
#include <string_view>

namespace {

using namespace signhook;

template <class T>
std::string formatted(std::string_view format, const T& value) {
  return std::vformat(format, std::make_format_args(value));
}

}  // namespace

TEST_CASE("std::format prints every type as it prints its text") {
  printed::for_each([]<class T>(const T& value, const std::string& text) {
    CHECK(std::format("{}", value) == text);
    std::string appended;
    std::format_to(std::back_inserter(appended), "{}", value);
    CHECK(appended == text);
    if constexpr (printed::is_unbounded<T>) {
#if defined(__cpp_exceptions)
      CHECK_THROWS_AS(formatted("{:>8}", value), std::format_error);
#endif
    } else if constexpr (!printed::is_number<T>) {
      const int width = static_cast<int>(text.size()) + 7;
      for (const std::string_view format : {"{:<{}}", "{:*>{}}", "{:^{}}", "{:-^{}.5}"}) {
        CHECK(std::vformat(format, std::make_format_args(value, width)) ==
              std::vformat(format, std::make_format_args(text, width)));
      }
    }
  });
}

TEST_CASE("std::format prints what has no text in the format of the value") {
  const error wrong{errc::empty_body, 0, ""};
  CHECK(std::format("[{:>5}]", max_retries) == "[    4 (documented)]");
  CHECK(std::format("{:x}", result<int>(255)) == "ff");
  CHECK(std::format("{:x}", result<int>(unexpect, wrong)) ==
        "empty_body at (body): the body is empty");
  CHECK(std::format("{:>3}", result<std::string_view>("x")) == "  x");
  CHECK(std::format("[{:>42}]", result<std::string_view>(unexpect, wrong)) ==
        "[   empty_body at (body): the body is empty]");
  CHECK(std::format("{:.3}", result<uuid>(unexpect, wrong)) == "emp");
}
#elif (defined(_GLIBCXX_RELEASE) && _GLIBCXX_RELEASE >= 13) || \
    (defined(_LIBCPP_VERSION) && _LIBCPP_VERSION >= 190000)
#error "this standard library has std::format"
#endif
