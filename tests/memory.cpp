// SPDX-License-Identifier: BSL-1.0
// Bodies that end where the readable memory ends.
#include "catch.hpp"
#include "page_end.hpp"
#include <signhook/decoder.hpp>
#include <signhook/encoder.hpp>

#if defined(SIGNHOOK_TEST_PAGE_END)

#include <array>
#include <string>
#include <string_view>

using namespace signhook;

TEST_CASE("no byte behind a body is read, whatever its length") {
  decoder with;
  page_end end(8192);
  std::array<char, max_encoded_size> buffer{};
  const std::string_view body = *encode(samples[7], buffer);
  REQUIRE(body.size() > 300);
  for (std::size_t size = 0; size <= 4096; ++size) {
    // A good body and spaces, a string that does not end, an escape that does not end.
    std::string good(body.substr(0, size));
    good.resize(size, ' ');
    const bool accepted = with.decode(end.place(good)).has_value();
    if (accepted != (size >= body.size())) FAIL(size);
    if (with.validate(end.place(good), [](const finding&) {}) != accepted) FAIL(size);
    for (const char filler : {'x', '\\', '"', '[', '{', '1', '\xe2', ' '}) {
      const std::string open = "{\"id\":\"" + std::string(size, filler);
      const std::string_view placed = end.place(std::string_view(open).substr(0, size));
      if (with.decode(placed)) FAIL(size);
      if (with.validate(placed, [](const finding&) {})) FAIL(size);
    }
  }
  SUCCEED();
}

TEST_CASE("every prefix of every sample is refused at its end") {
  decoder with;
  page_end end(4096);
  std::array<char, max_encoded_size> buffer{};
  for (const event& sample : samples) {
    const std::string_view body = *encode(sample, buffer);
    for (std::size_t size = 1; size < body.size(); ++size) {
      const auto decoded = with.decode(end.place(body.substr(0, size)));
      if (decoded) FAIL(body.substr(0, size));
      if (decoded.error() != error{errc::invalid_json, static_cast<std::uint32_t>(size), ""})
        FAIL(size);
    }
  }
  SUCCEED();
}

#endif
