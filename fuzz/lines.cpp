// SPDX-License-Identifier: BSL-1.0
// Any bytes: decode_lines() decodes each line as decode() does, and the parts of a buffer make the whole.
//   cmake --workflow --preset fuzz && build/fuzz/fuzz/lines -dict=build/fuzz/fuzz/lines.dict build/fuzz/fuzz/seeds/lines
#include "../tests/allocations.hpp"
#include "../tests/naive_lines.hpp"
#include "target.hpp"

namespace {

using namespace signhook;

decoder_options small_options() {
  decoder_options options = decoder_options::strict();
  options.max_bytes = 300;
  return options;
}

void check_allocations(decoder& with, std::string_view bytes) {
  const std::size_t before = allocations::count();
  std::size_t lines = 0;
  const lines_summary passed = decode_lines(with, bytes, [&](const decoded_line&) { ++lines; });
  if (allocations::count() != before) fuzz::stop(bytes, "something was allocated");
  if (passed.events + passed.rejections != lines)
    fuzz::stop(bytes, "a summary that does not count");
}

// Stopped at each line, it goes on where it stopped.
void check_stops(decoder& with, std::string_view bytes) {
  std::size_t offset = 0;
  std::uint64_t lines_before = 0;
  std::size_t next = 0;
  const std::vector<naive_line> expected = naive_lines(bytes);
  while (offset != bytes.size()) {
    const auto passed = decode_lines(with, bytes.substr(offset), [&](const decoded_line& line) {
      if (next == expected.size() || expected[next].offset != offset + line.offset ||
          expected[next].number != lines_before + line.number) {
        fuzz::stop(bytes, "to be stopped makes a difference");
      }
      ++next;
      return false;
    });
    if (passed.bytes == 0) fuzz::stop(bytes, "nothing is passed over");
    offset += passed.bytes;
    lines_before += passed.lines;
  }
  if (next != expected.size()) fuzz::stop(bytes, "lines are left out");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static decoder tolerant;
  static decoder small(small_options());
  const std::string_view bytes = fuzz::input(data, size);
  for (decoder* const with : {&tolerant, &small}) {
    const std::string differs = difference_from_naive(*with, bytes);
    if (!differs.empty()) fuzz::stop(bytes, differs);
    check_allocations(*with, bytes);
  }
  check_stops(tolerant, bytes);
  for (const std::size_t parts : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}}) {
    const std::string differs = difference_of_parts(bytes, parts);
    if (!differs.empty()) fuzz::stop(bytes, differs);
  }
  return 0;
}
