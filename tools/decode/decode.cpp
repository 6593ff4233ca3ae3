// SPDX-License-Identifier: BSL-1.0
#include "decode/decode.hpp"

#include "decode/body_printer.hpp"
#include "decode/line_blocks.hpp"
#include "decode/ordered_executor.hpp"
#include "decode/summary.hpp"
#include "system/input.hpp"
#include "system/output.hpp"
#include "system/progress.hpp"
#include "system/report.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <functional>
#include <future>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

class decoding {
 public:
  explicit decoding(const decode_request& request) : request_(request) {
    for (std::size_t i = 0; i < request.jobs; ++i) printers_.emplace_back(request);
  }

  void file(const std::string& path) {
    if (out_.failed()) return;
    input from(path);
    request_.lines ? lines(from) : body(from);
    if (from.failure()) {
      report("cannot read {}: {}", from.name(), *from.failure());
      failed_ = true;
    }
  }

  [[nodiscard]] exit_code finish() {
    if (request_.summary) {
      const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin_;
      out_.line(request_.json ? summary_json(counted_, time.count())
                              : summary_text(counted_, time.count()));
    }
    if (!out_.finish() || failed_) return exit_code::failed;
    return counted_.total_rejections() != 0 ? exit_code::rejected : exit_code::accepted;
  }

 private:
  void body(input& from) {
    body_printer& with = printers_.front();
    const std::string all = from.read_up_to(std::size_t{with.options().max_bytes} + 1);
    if (from.failure()) return;
    with.body(all, from.name());
    progress no_bar(false, std::nullopt);
    print(with, no_bar);
  }

  // Each worker takes a block and decodes it in parallel with the others; line numbers and output
  // follow the order of the blocks. Counting the lines first costs a single worker no measurable time,
  // because the decoder then finds the bytes in the cache.
  void lines(input& from) {
    line_blocks blocks(from, printers_.front().options().max_bytes);
    progress bar(request_.draw_progress, blocks.size());
    ordered_executor numbering;
    ordered_executor printing;
    std::uint64_t lines = 0;
    const auto work = [&](body_printer& with) {
      try {
        line_block block;
        while (!printing.is_stopped() && blocks.next(block)) {
          const std::uint64_t lines_in_block = count_lines(block);
          std::uint64_t lines_before = 0;
          numbering.run(block.number, [&] {
            lines_before = std::exchange(lines, lines + lines_in_block);
            return true;
          });
          with.lines(block, from.name(), lines_before);
          blocks.release(block);
          printing.run(block.number, [&] {
            print(with, bar);
            return !out_.failed();
          });
        }
      } catch (...) {
        numbering.stop();
        printing.stop();
        throw;
      }
    };
    std::vector<std::future<void>> others;  // their destructors wait for the workers
    for (auto with = std::next(printers_.begin()); with != printers_.end(); ++with)
      others.push_back(std::async(std::launch::async, work, std::ref(*with)));
    work(printers_.front());
    for (std::future<void>& other : others) other.get();
  }

  void print(body_printer& with, progress& bar) {
    const printed_bodies& printed = with.printed();
    out_.write({printed.events.data(), printed.events.size()});
    out_.flush();
    if (printed.diagnostics.size() != 0) {
      bar.clear();
      print_error("{}", std::string_view(printed.diagnostics.data(), printed.diagnostics.size()));
    }
    counted_ += printed.counted;
    bar.advance(printed.counted.bytes);
    with.clear();
  }

  const decode_request& request_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::deque<body_printer> printers_;  // one for each worker
  output out_;
  counters counted_;
  bool failed_ = false;
};

}  // namespace

exit_code decode(const decode_request& request) {
  decoding all(request);
  for (const std::string& path : request.files) all.file(path);
  return all.finish();
}
