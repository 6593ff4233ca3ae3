// SPDX-License-Identifier: BSL-1.0
#include "allocations.hpp"
#include "catch.hpp"
#include "guard_page.hpp"
#include "naive_lines.hpp"
#include <signhook/encoder.hpp>
#include <signhook/ndjson.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <ranges>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace signhook;

static_assert(line_sink<void (*)(const decoded_line&)>);
static_assert(line_sink<bool (*)(const decoded_line&)>);
static_assert(!line_sink<int (*)(const decoded_line&)>);
static_assert(!line_sink<void (*)(int)>);

const std::string event_text =
    R"({"id":"c36f5fc9-b412-4aeb-9cbd-bdb6cdca581f","type":"dossier.prepared",)"
    R"("created":"2026-01-01T00:00:00+00:00",)"
    R"("dossier":{"id":"b659c273-954e-43cf-893a-0f74a7f87153","state":"draft"}})";
// As valid, but not of the canonical form.
const std::string other_text = R"({"new":[1],)" + event_text.substr(1);

std::string describe_lines(std::string_view bytes) {
  decoder with;
  std::string text;
  const auto passed = decode_lines(with, bytes, [&](const decoded_line& line) {
    text += std::to_string(line.number) + "@" + std::to_string(line.offset) + "+" +
            std::to_string(line.bytes.size()) + " ";
    if (line.decoded) {
      text += "event";
    } else {
      text += name(line.decoded.error().code);
      text += ":" + std::to_string(line.decoded.error().offset);
    }
    text += "; ";
  });
  return text + std::to_string(passed.lines) + " lines, " + std::to_string(passed.events) +
         " events, " + std::to_string(passed.rejections) + " rejections, " +
         std::to_string(passed.bytes) + " bytes";
}

struct row {
  std::string bytes;
  std::string expected;
};

}  // namespace

static_assert(std::ranges::input_range<lines> && std::ranges::view<lines>);
static_assert(!std::ranges::forward_range<lines>);

TEST_CASE("a range gives the lines that a sink gets") {
  const std::string bytes =
      event_text + "\n\n" + other_text + "\r\n{}\n \n\n" + event_text + "\n\n";
  decoder with;
  std::vector<decoded_line> expected;
  const auto passed =
      decode_lines(with, bytes, [&](const decoded_line& line) { expected.push_back(line); });
  REQUIRE(expected.size() == 5);

  std::size_t next = 0;
  lines all(with, bytes);
  for (const decoded_line& line : all) {
    REQUIRE(next != expected.size());
    CHECK(line.number == expected[next].number);
    CHECK(line.offset == expected[next].offset);
    CHECK(line.bytes.data() == expected[next].bytes.data());
    CHECK(line.bytes.size() == expected[next].bytes.size());
    CHECK(line.decoded == expected[next].decoded);
    ++next;
  }
  CHECK(next == expected.size());
  CHECK(all.summary() == passed);
  CHECK(all.begin() == all.end());

  SECTION("a break stops it, and it goes on after that line") {
    lines twice(with, bytes);
    for (const auto& line : twice) {
      if (line.number == 3) break;
    }
    CHECK(twice.summary() == lines_summary{3, 2, 0, expected[2].offset});
    CHECK(twice.begin()->number == 4);
  }
#if defined(__cpp_lib_ranges)  // libc++ 14 has no algorithms of ranges
  SECTION("algorithms take it") {
    const auto is_event = [](const decoded_line& line) { return line.decoded.has_value(); };
    CHECK(std::ranges::count_if(lines(with, bytes), is_event) == 3);
  }
#endif
  SECTION("nothing is allocated") {
    const std::size_t before = allocations::count();
    std::size_t events = 0;
    for (const auto& line : lines(with, bytes)) {
      if (line.decoded) ++events;
    }
    CHECK(allocations::count() == before);
    CHECK(events == 3);
  }
  SECTION("a buffer without lines") {
    for (const std::string_view none : {"", "\n", "\r\n\n"}) {
      lines of(with, none);
      CHECK(of.begin() == of.end());
      CHECK(of.summary().bytes == none.size());
    }
  }
}

TEST_CASE("a line ends with LF, CRLF or the end of the buffer") {
  REQUIRE(event_text.size() == 181);
  const std::string& e = event_text;
  const std::string zero(1, '\0');
  const std::vector<row> rows = {
      {"", "0 lines, 0 events, 0 rejections, 0 bytes"},
      {"\n", "1 lines, 0 events, 0 rejections, 1 bytes"},
      {"\r", "1 lines, 0 events, 0 rejections, 1 bytes"},
      {"\r\n", "1 lines, 0 events, 0 rejections, 2 bytes"},
      {"\n\n\r\n\n", "4 lines, 0 events, 0 rejections, 5 bytes"},
      {e, "1@0+181 event; 1 lines, 1 events, 0 rejections, 181 bytes"},
      {e + "\n", "1@0+181 event; 1 lines, 1 events, 0 rejections, 182 bytes"},
      {e + "\r", "1@0+181 event; 1 lines, 1 events, 0 rejections, 182 bytes"},
      {e + "\r\n", "1@0+181 event; 1 lines, 1 events, 0 rejections, 183 bytes"},
      {e + "\n" + e, "1@0+181 event; 2@182+181 event; 2 lines, 2 events, 0 rejections, 363 bytes"},
      {e + "\r\n\n" + e + "\n\r\n",
       "1@0+181 event; 3@184+181 event; 4 lines, 2 events, 0 rejections, 368 bytes"},
      // White space alone is a line.
      {" \n\t\r\n\r\r\n",
       "1@0+1 empty_body:0; 2@2+1 empty_body:0; 3@5+1 empty_body:0; 3 lines, 0 events, 3 "
       "rejections, "
       "8 bytes"},
      // So is CR within one, which JSON takes for white space.
      {"\r" + e + "\r\r\n" + e + "\r" + e,
       "1@0+183 event; 2@185+363 trailing_content:182; 2 lines, 1 events, 1 rejections, 548 bytes"},
      {"{}\n" + e + "\n[1]\nx",
       "1@0+2 missing_member:0; 2@3+181 event; 3@185+3 not_an_object:0; 4@189+1 invalid_json:0; 4 "
       "lines, 1 events, 3 rejections, 190 bytes"},
      // A body on several lines is rejected, and decoding continues.
      {"{\n\"id\":1\n}\n" + e,
       "1@0+1 unexpected_end:1; 2@2+6 trailing_content:4; 3@9+1 invalid_json:0; 4@11+181 event; 4 "
       "lines, 1 events, 3 rejections, 192 bytes"},
      {zero + "\n" + e + zero + "\n" + e,
       "1@0+1 invalid_json:0; 2@2+182 trailing_content:181; 3@185+181 event; 3 lines, 1 events, 2 "
       "rejections, 366 bytes"},
      {"\xff\xfe{\n\xc3\n\xa9\n",
       "1@0+3 invalid_utf8:0; 2@4+1 invalid_json:0; 3@6+1 invalid_utf8:0; 3 lines, 0 events, 3 "
       "rejections, 8 bytes"},
      {"{\"id\":\"\n" + e,
       "1@0+7 unexpected_end:7; 2@8+181 event; 2 lines, 1 events, 1 rejections, "
       "189 bytes"},
  };
  for (const row& one : rows) {
    INFO(one.bytes);
    CHECK(describe_lines(one.bytes) == one.expected);
  }
  CHECK(describe_lines(std::string_view(nullptr, 0)) == "0 lines, 0 events, 0 rejections, 0 bytes");
}

TEST_CASE("a line that is too long is rejected, and decoding continues after it") {
  decoder_options options;
  options.max_bytes = static_cast<std::uint32_t>(event_text.size()) + 2;
  decoder with(options);
  for (const std::string_view line_end : {"\n", "\r\n"}) {
    for (std::size_t spaces = 0; spaces < 200; ++spaces) {
      std::string bytes = event_text + std::string(spaces, ' ');
      bytes += line_end;
      bytes += event_text;
      std::vector<result<event>> found;
      decode_lines(with, bytes, [&](const decoded_line& line) { found.push_back(line.decoded); });
      REQUIRE(found.size() == 2);
      CHECK(found[0].has_value() == (spaces <= 2));
      if (!found[0]) CHECK(found[0].error() == error{errc::body_too_large, 0, ""});
      CHECK(found[1].has_value());
    }
  }
}

TEST_CASE(
    "a sink that returns false stops the decoding, and the summary has the offset to continue at") {
  const std::string bytes = "\n" + event_text + "\r\n\n{}\n" + event_text;
  decoder with;
  std::vector<std::uint64_t> numbers;
  std::vector<lines_summary> stops;
  std::string_view rest = bytes;
  while (!rest.empty()) {
    stops.push_back(decode_lines(with, rest, [&](const decoded_line& line) {
      numbers.push_back(line.number);
      return false;
    }));
    rest.remove_prefix(stops.back().bytes);
  }
  CHECK(numbers == std::vector<std::uint64_t>{2, 2, 1});
  CHECK(stops == std::vector<lines_summary>{{2, 1, 0, 184}, {2, 0, 1, 4}, {1, 1, 0, 181}});

  std::size_t given = 0;
  const auto all = decode_lines(with, bytes, [&](const decoded_line&) {
    ++given;
    return true;
  });
  CHECK(given == 3);
  CHECK(all == lines_summary{5, 2, 1, bytes.size()});
}

TEST_CASE("line_part divides a buffer at the ends of lines") {
  constexpr std::string_view text = "aaaa\nb\n\ncccccccccccc\ndd";
  CHECK(line_part(text, 0, 1) == text);
  CHECK(line_part(text, 0, 2) == "aaaa\nb\n\ncccccccccccc\n");
  CHECK(line_part(text, 1, 2) == "dd");
  CHECK(line_part(text, 0, 3) == "aaaa\nb\n\n");
  CHECK(line_part(text, 1, 3) == "cccccccccccc\n");
  CHECK(line_part(text, 2, 3) == "dd");
  CHECK(line_part(text, 2, 2).empty());
  CHECK(line_part(text, 0, 0).empty());
  CHECK(line_part({}, 0, 3).empty());
  CHECK(line_part("aaaa", 0, 3) == "aaaa");
  CHECK(line_part("aaaa", 2, 3).empty());
  static_assert(line_part("a\nb\n", 1, 2) == "b\n");
  for (std::size_t parts = 1; parts < 40; ++parts) {
    for (std::size_t size = 0; size <= text.size(); ++size) {
      const std::string differs = difference_of_parts(text.substr(0, size), parts);
      if (!differs.empty()) FAIL(differs);
    }
  }
  // No product of sizes overflows.
  constexpr std::size_t most = std::size_t{0} - 1;
  CHECK(line_part(text, most - 1, most) == "");
  CHECK(line_part(text, 0, most) == "aaaa\n");
}

TEST_CASE("lines of random bytes are decoded as if each were a body") {
  // The parts of random lines, ends and bodies, so that they occur in all combinations.
  const std::vector<std::string> pieces = {
      "\n",
      "\n",
      "\r\n",
      "\r",
      " ",
      event_text,
      event_text,
      other_text,
      event_text.substr(0, 100),
      event_text.substr(100),
      "{}",
      "\"",
      "\\",
      "{\"id\":\"",
      std::string(1, '\0'),
      "\xff",
      "\xf0\x9f",
      std::string(64, 'x'),
      std::string(300, ' '),
      std::string(1000, '['),
  };
  decoder_options options;
  options.max_bytes = 800;
  decoder with(options);
  std::mt19937 random(7);
  for (int i = 0; i < 3000; ++i) {
    std::string bytes;
    for (std::size_t count = random() % 12; count != 0; --count)
      bytes += pieces[random() % pieces.size()];
    for (std::size_t size : {bytes.size(), random() % (bytes.size() + 1)}) {
      const std::string_view cut = std::string_view(bytes).substr(0, size);
      INFO(cut);
      REQUIRE(difference_from_naive(with, cut) == "");
      REQUIRE(difference_of_parts(cut, 1 + random() % 9) == "");
    }
  }
}

TEST_CASE("decoding lines allocates nothing", "[allocations]") {
  std::string bytes;
  for (int i = 0; i < 50; ++i) {
    bytes += event_text + "\n" + other_text + "\r\n\n{}\n" + event_text.substr(0, 90) + "\n";
    bytes += std::string(70'000, ' ') + "\n";
  }
  decoder with;
  std::size_t given = 0;
  const std::size_t before = allocations::count();
  const lines_summary passed = decode_lines(with, bytes, [&](const decoded_line&) { ++given; });
  CHECK(allocations::count() == before);
  CHECK(given == 250);
  CHECK(passed == lines_summary{300, 100, 150, bytes.size()});
}

#if defined(SIGNHOOK_TEST_PAGE_END)
TEST_CASE("no byte after a buffer of lines is read") {
  decoder with;
  guard_page end(4096);
  // All distances of the last lines from the end of the page.
  for (std::size_t size = 0; size < 300; ++size) {
    for (const std::string& last :
         {std::string(size, 'x'), std::string(size, ' '), std::string(size, '\n'),
          event_text + std::string(size, ' '), other_text.substr(0, size),
          "{\"x\":\"" + std::string(size, 'y'), other_text + "\n" + std::string(size, '[')}) {
      const std::string differs =
          difference_from_naive(with, end.place(other_text + "\r\n" + event_text + "\n" + last));
      if (!differs.empty()) FAIL(differs << " with " << last);
    }
  }
  SUCCEED();
}
#endif
