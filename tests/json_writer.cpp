// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include <signhook/detail/json/writer.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>

namespace {

using signhook::detail::json_writer;

template <class Write>
std::string written(Write write) {
  std::string text;
  json_writer to(std::back_inserter(text));
  write(to);
  return text;
}

// The writer works in constant expressions.
constexpr std::size_t constant_object_size = [] {
  std::array<char, 32> text{};
  json_writer<char*> to(text.data());
  to.begin_object();
  to.member("a", 1);
  to.end_object();
  return static_cast<std::size_t>(to.end() - text.data());
}();
static_assert(constant_object_size == std::string_view(R"({"a":1})").size());

}  // namespace

TEST_CASE("commas stand between the values of one container, at any depth") {
  CHECK(written([](auto& to) {
          to.begin_object();
          to.key("a");
          to.begin_array();
          to.begin_array();
          to.end_array();
          to.begin_object();
          to.end_object();
          to.null();
          to.boolean(true);
          to.raw("[1,2]");
          to.plain_string("x");
          to.end_array();
          to.member("b", false);
          to.raw_key("\"c\":");
          to.strings(std::array<std::string_view, 2>{"1", "2"});
          to.key("d");
          to.strings(std::array<std::string_view, 0>{});
          to.end_object();
        }) == R"({"a":[[],{},null,true,[1,2],"x"],"b":false,"c":["1","2"],"d":[]})");
}

TEST_CASE("integers are written in full") {
  CHECK(written([](auto& to) {
          to.begin_array();
          to.number(0);
          to.number(-1);
          to.number(std::numeric_limits<std::int32_t>::min());
          to.number(std::numeric_limits<std::int32_t>::max());
          to.number(std::numeric_limits<std::uint32_t>::max());
          to.number(std::int8_t{-128});
          to.end_array();
        }) == "[0,-1,-2147483648,2147483647,4294967295,-128]");
}

TEST_CASE("strings are escaped where they must be, in keys and in each part of a value") {
  CHECK(written([](auto& to) {
          to.begin_object();
          to.key("\"\\/");
          to.string("\b\f\n", std::string("\r\t"), std::string_view("\x01\x1f\x7f\xc3\xa9"));
          to.end_object();
        }) == "{\"\\\"\\\\/\":\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\xc3\xa9\"}");
}
