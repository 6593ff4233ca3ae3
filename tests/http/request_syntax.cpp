// SPDX-License-Identifier: BSL-1.0
#include "http/request_syntax.hpp"

#include "../catch.hpp"

#include <cstddef>
#include <string>
#include <string_view>

using namespace std::string_literals;

namespace {

constexpr std::string_view head = "POST /a HTTP/1.1\r\nHost: a\r\nX:\t b c \r\n\r\n";

// Scans the text as it would arrive in pieces of this size.
std::optional<http_rejection> scan(head_scanner& with, std::string_view text, std::size_t piece) {
  for (std::size_t end = piece; end < text.size() + piece; end += piece) {
    if (auto wrong = with.scan(text.substr(0, end))) return wrong;
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("a head ends with its first empty line, in pieces of any size") {
  for (std::size_t piece = 1; piece <= head.size() + 6; ++piece) {
    head_scanner scanner;
    const std::string text = std::string(head) + "\r\n\n\rbody\0"s;
    CAPTURE(piece);
    CHECK_FALSE(scan(scanner, text, piece));
    CHECK(scanner.size() == head.size());
    CHECK(scanner.line_size() == head.find('\n') + 1);
  }
}

TEST_CASE("a part of a head has no end") {
  for (std::size_t size = 0; size < head.size(); ++size) {
    head_scanner scanner;
    CAPTURE(size);
    CHECK_FALSE(scanner.scan(head.substr(0, size)));
    CHECK(scanner.size() == 0);
  }
}

TEST_CASE("what no head can begin with is rejected when it arrives") {
  struct row {
    std::string text;
    std::string_view reason;
  };
  const row rows[] = {
      {"\n", "a bare CR or LF"},        {"a\n", "a bare CR or LF"},
      {"a\r\n\n", "a bare CR or LF"},   {"a\rb", "a bare CR or LF"},
      {"a\r\r", "a bare CR or LF"},     {"a\r\nb\rc", "a bare CR or LF"},
      {"a\0"s, "a control character"},  {"\x16\x03\x01", "a control character"},
      {"a\x1b", "a control character"}, {"a\x7f", "a control character"},
  };
  for (const auto& [text, reason] : rows) {
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
      head_scanner scanner;
      CAPTURE(text, piece);
      const auto wrong = scan(scanner, text, piece);
      REQUIRE(wrong);
      CHECK(wrong->status == 400);
      CHECK(wrong->reason == reason);
    }
  }
}

TEST_CASE("empty lines before a request are counted") {
  CHECK(empty_lines("") == 0);
  CHECK(empty_lines("\r") == 0);
  CHECK(empty_lines("\r\n") == 2);
  CHECK(empty_lines("\r\n\r\nPOST") == 4);
  CHECK(empty_lines("\n\r\n") == 0);
}

TEST_CASE("the syntax of a head") {
  struct row {
    std::string line;
    std::string field;
    int status;  // 0 if it is valid
  };
  const row rows[] = {
      {"POST / HTTP/1.1", "X: a", 0},
      {"!#$%&'*+-.^_`|~aA0 * HTTP/1.0", "X:", 0},
      {"POST / HTTP/1.9", "X: \x80", 0},
      {"POST /\"<>\\^`{|} HTTP/1.1", "X: : :", 0},
      {"POST / HTTP/2.0", "X: a", 505},
      {"POST / HTTP/0.9", "X: a", 505},
      {"POST / HTTP/1.1 ", "X: a", 400},
      {"POST / HTTP/1.", "X: a", 400},
      {"POST / HTTP/a.1", "X: a", 400},
      {"POST / HTTP/1.a", "X: a", 400},
      {"POST / http/1.1", "X: a", 400},
      {"POST /", "X: a", 400},
      {"POST", "X: a", 400},
      {"", "X: a", 400},
      {"POST  / HTTP/1.1", "X: a", 400},
      {"POST /  HTTP/1.1", "X: a", 400},
      {"POST\t/ HTTP/1.1", "X: a", 400},
      {"P(T / HTTP/1.1", "X: a", 400},
      {"POST /# HTTP/1.1", "X: a", 400},
      {"POST /\x80 HTTP/1.1", "X: a", 400},
      {"POST / HTTP/1.1", "X : a", 400},
      {"POST / HTTP/1.1", "X\t: a", 400},
      {"POST / HTTP/1.1", " X: a", 400},
      {"POST / HTTP/1.1", "\tX: a", 400},
      {"POST / HTTP/1.1", "X", 400},
      {"POST / HTTP/1.1", ": a", 400},
      {"POST / HTTP/1.1", "X Y: a", 400},
      {"POST / HTTP/1.1", "X@: a", 400},
      {"POST / HTTP/1.1", "\x80: a", 400},
      {"POST / HTTP/1.1", " ", 400},
  };
  for (const auto& [line, field, status] : rows) {
    const std::string text = line + "\r\nHost: a\r\n" + field + "\r\nY: b\r\n\r\n";
    CAPTURE(text);
    const auto wrong = check_syntax(text);
    CHECK((wrong ? wrong->status : 0) == status);
  }
  CHECK_FALSE(check_syntax("GET / HTTP/1.1\r\n\r\n"));
}

TEST_CASE("a quoted string without an end is found once its line is there", "[http]") {
  const std::vector<std::pair<std::string, bool>> rows = {
      {"", false},
      {"5", false},
      {"5\r\n", false},
      {"5;a=\"b", false},
      {"5;a=\"b\r", false},
      {"5;a=\"b\r\n", true},
      {"\r\n5;a=\"b\r\n", true},
      {"5;a=\"b\"\r\n\"", false},
      {"5;a=\"b\";c=\"\r\n12345\"", true},
      {"5;a=\"b\\\"\r\n", true},
      {"5;a=\"b\\\\\"\r\n", false},
      {"5;a=\"\\\r\n", true},
      {"0;a=\"b\r\n", true},
      {"0;a=b\r\nX: \"\r\n\r\n", false},
  };
  for (const auto& [text, expected] : rows) {
    CAPTURE(text);
    CHECK(has_endless_string(text) == expected);
  }
}

TEST_CASE("trailers have the syntax of fields", "[http]") {
  const std::vector<std::pair<std::string, bool>> rows = {
      {"", true},
      {"X: a\r\n", true},
      {"X: a\r\nY:\tb\r\n", true},
      {"X: a\r\n b\r\n", false},
      {" X: a\r\n", false},
      {"X : a\r\n", false},
      {"X: a\x01\r\n", false},
      {"X: a\rb\r\n", false},
      {"X: a\n", false},
      {"X\r\n", false},
      {": a\r\n", false},
  };
  for (const auto& [fields, is_valid] : rows) {
    for (const std::string_view before : {"", "\r\n"}) {
      const std::string text = std::string(before) + "0;a=b\r\n" + fields + "\r\n";
      CAPTURE(text);
      CHECK(!check_trailers(text) == is_valid);
    }
  }
}

TEST_CASE("extensions of a chunk have no control character", "[http]") {
  CHECK(has_no_control_character(""));
  CHECK(has_no_control_character(";a=\"\t b\x80\""));
  for (const char c : {'\0', '\x01', '\n', '\r', '\x1f', '\x7f'}) {
    CAPTURE(static_cast<int>(c));
    CHECK_FALSE(has_no_control_character(std::string(";a=\"b") + c + "\""));
  }
}
