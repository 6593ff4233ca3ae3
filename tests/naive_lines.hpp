// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/ndjson.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// Splits lines byte by byte, and compares decode_lines() with decoding each line by itself.

struct naive_line {
  std::uint64_t number = 1;
  std::size_t offset = 0;
  std::string bytes = {};
};

// The lines that are not empty.
[[nodiscard]] inline std::vector<naive_line> naive_lines(std::string_view bytes) {
  std::vector<naive_line> lines;
  naive_line next;
  const auto end_line = [&] {
    if (!next.bytes.empty() && next.bytes.back() == '\r') next.bytes.pop_back();
    if (!next.bytes.empty()) lines.push_back(next);
  };
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] != '\n') {
      next.bytes += bytes[i];
      continue;
    }
    end_line();
    next = {next.number + 1, i + 1};
  }
  end_line();
  return lines;
}

// Returns the difference in words, empty where there is none. Each line is copied before it is decoded
// by itself, so that the bytes around it have no influence.
[[nodiscard]] inline std::string difference_from_naive(signhook::decoder& with,
                                                       std::string_view bytes) {
  const std::vector<naive_line> expected = naive_lines(bytes);
  std::vector<signhook::decoded_line> found;
  const signhook::lines_summary passed = signhook::decode_lines(
      with, bytes, [&](const signhook::decoded_line& line) { found.push_back(line); });
  if (found.size() != expected.size()) return "another number of lines";
  signhook::lines_summary counted;
  counted.bytes = bytes.size();
  for (const char c : bytes) counted.lines += c == '\n' ? 1U : 0U;
  if (!bytes.empty() && bytes.back() != '\n') ++counted.lines;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const naive_line& line = expected[i];
    const std::string nth = "line " + std::to_string(line.number) + ": ";
    if (found[i].number != line.number) return nth + "another number";
    if (found[i].offset != line.offset) return nth + "another offset";
    if (found[i].bytes != line.bytes) return nth + "other bytes";
    if (found[i].bytes.data() != bytes.data() + line.offset) return nth + "bytes from elsewhere";
    const auto alone = with.decode(line.bytes);
    if (found[i].decoded != alone) return nth + "decoded otherwise than by itself";
    ++(alone ? counted.events : counted.rejections);
  }
  if (passed != counted) return "a summary that does not count";
  return "";
}

// The same for parts of the bytes against the whole.
[[nodiscard]] inline std::string difference_of_parts(std::string_view bytes, std::size_t parts) {
  const std::string of = " of " + std::to_string(parts) + " parts";
  const char* next = bytes.data();
  for (std::size_t i = 0; i < parts; ++i) {
    const std::string_view part = signhook::line_part(bytes, i, parts);
    const std::string nth = "part " + std::to_string(i) + of;
    if (part.data() != next) return nth + " begins elsewhere than where the one before it ends";
    next += part.size();
    const bool is_at_end = next == bytes.data() + bytes.size();
    if (!part.empty() && !is_at_end && part.back() != '\n') return nth + " ends within a line";
    // No larger than it must be: without its last line it would not reach its even share.
    if (part.size() > bytes.size() / parts + 1) {
      const std::size_t last = part.substr(0, part.size() - 1).rfind('\n') + 1;
      if (last > bytes.size() / parts + 1) return nth + " is larger than it must be";
    }
  }
  if (next != bytes.data() + bytes.size()) return "all" + of + " are not the whole";
  if (!signhook::line_part(bytes, parts, parts).empty()) return "more than all" + of;
  return "";
}
