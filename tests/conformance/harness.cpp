// SPDX-License-Identifier: BSL-1.0
#include "harness.hpp"

#include "../catch.hpp"

namespace conformance {

verdict decoded(std::string_view body) {
  static signhook::decoder decoder;
  const auto got = decoder.decode(body);
  const reference::outcome expected = reference::decode(body, decoder.options());
  INFO(body);
  REQUIRE(got.has_value() == expected.value.has_value());
  if (got) {
    CHECK(*got == *expected.value);
    return {*got};
  }
  const reference::diagnostic& first = expected.first_violation();
  CHECK(name(got.error().code) == name(first.code));
  CHECK(got.error().offset == first.offset);
  CHECK(got.error().path == first.path);
  return {std::nullopt, first.code, first.offset};
}

marked read_mark(std::string_view text) {
  const std::size_t at = text.find("<!>");
  if (at == std::string_view::npos) return {std::string(text), std::nullopt};
  return {std::string(text.substr(0, at)) + std::string(text.substr(at + 3)), at};
}

void check(const row& of, std::string_view before, std::string_view after, signhook::errc code) {
  INFO("section " << of.section << ": " << of.text);
  const marked read = read_mark(of.text);
  const verdict got = decoded(std::string(before) + read.text + std::string(after));
  REQUIRE(got.value.has_value() == !read.at.has_value());
  if (!read.at) return;
  CHECK(name(got.code) == name(code));
  CHECK(got.offset == before.size() + *read.at);
}

}  // namespace conformance
