// SPDX-License-Identifier: BSL-1.0
#include "archive/backward_lines.hpp"

#include "../catch.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace {

// Returns the lines of a file with this content, and checks where they begin.
std::vector<std::string> lines_of(const std::string& content, std::size_t max_line = 1U << 30U) {
  std::FILE* const file = std::tmpfile();
  REQUIRE(file != nullptr);
  REQUIRE(std::fwrite(content.data(), 1, content.size(), file) == content.size());
  REQUIRE(std::fflush(file) == 0);
  backward_lines lines(fileno(file), static_cast<std::int64_t>(content.size()), max_line);
  std::vector<std::string> found;
  auto end = static_cast<std::int64_t>(content.size());
  while (const auto one = lines.next()) {
    found.emplace_back(*one);
    CHECK(lines.offset() < end);
    end = lines.offset();
    CHECK((end == 0 || content[static_cast<std::size_t>(end) - 1] == '\n'));
  }
  CHECK(end == 0);
  std::fclose(file);
  return found;
}

constexpr std::size_t block = std::size_t{256} << 10U;

}  // namespace

TEST_CASE("lines are read from the last to the first") {
  using lines = std::vector<std::string>;
  CHECK(lines_of("").empty());
  CHECK(lines_of("\n") == lines{""});
  CHECK(lines_of("a") == lines{"a"});
  CHECK(lines_of("a\n") == lines{"a"});
  CHECK(lines_of("\na") == lines{"a", ""});
  CHECK(lines_of("a\nbc\n\n") == lines{"", "bc", "a"});
}

TEST_CASE("lines may begin and end anywhere in the blocks of a file") {
  for (const std::size_t size :
       {block - 2, block - 1, block, block + 1, 3 * block, 100 * block + 7}) {
    const std::string one(size, 'a');
    CHECK(lines_of(one) == std::vector<std::string>{one});
    CHECK(lines_of(one + "\n") == std::vector<std::string>{one});
    CHECK(lines_of("b\n" + one + "\nc\n") == std::vector<std::string>{"c", one, "b"});
    CHECK(lines_of(one + "\n" + one + "\n") == std::vector<std::string>{one, one});
  }
}

TEST_CASE("a line that is too long is empty and hides no other") {
  CHECK(lines_of("abc\nabcd\n", 3) == std::vector<std::string>{"", "abc"});
  for (const std::size_t size : {block, 2 * block - 2, 2 * block - 1, 2 * block, 9 * block + 1}) {
    const auto found = lines_of("b\n" + std::string(size, 'a') + "\nc\n", block / 2);
    CHECK(found == std::vector<std::string>{"c", "", "b"});
  }
}
