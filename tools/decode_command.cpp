// SPDX-License-Identifier: BSL-1.0
#include "decode_command.hpp"

#include "body_printer.hpp"
#include "input.hpp"
#include "line_blocks.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "summary.hpp"
#include "turns.hpp"

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
      fmt::print(stderr, "signhook: cannot read {}: {}\n", from.name(), *from.failure());
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
    return counted_.all_refusals() != 0 ? exit_code::rejected : exit_code::accepted;
  }

 private:
  void body(input& from) {
    body_printer& with = printers_.front();
    const std::string all = from.read_up_to(std::size_t{with.options().max_bytes} + 1);
    if (from.failure()) return;
    with.body(all, from.name());
    progress no_bar(false, std::nullopt);
    deliver(with, no_bar);
  }

  // Each job takes a block, works on it beside the others, and prints when it is its turn. So does it
  // count the lines, which costs one job nothing that can be measured: the decoder then finds the
  // bytes in the cache.
  void lines(input& from) {
    line_blocks blocks(from, printers_.front().options().max_bytes);
    progress bar(request_.draw_progress, blocks.size());
    turns numbering;
    turns printing;
    std::uint64_t lines = 0;
    const auto work = [&](body_printer& with) {
      try {
        line_block block;
        while (!printing.are_over() && blocks.next(block)) {
          const std::uint64_t lines_in_block = count_lines(block);
          std::uint64_t lines_before = 0;
          numbering.take(block.number, [&] {
            lines_before = std::exchange(lines, lines + lines_in_block);
            return true;
          });
          with.lines(block, from.name(), lines_before);
          blocks.done_with(block);
          printing.take(block.number, [&] {
            deliver(with, bar);
            return !out_.failed();
          });
        }
      } catch (...) {
        numbering.end();
        printing.end();
        throw;
      }
    };
    std::vector<std::future<void>> others;  // which wait for their ends when they go
    for (auto with = std::next(printers_.begin()); with != printers_.end(); ++with)
      others.push_back(std::async(std::launch::async, work, std::ref(*with)));
    work(printers_.front());
    for (std::future<void>& other : others) other.get();
  }

  void deliver(body_printer& with, progress& bar) {
    const printed_bodies& printed = with.printed();
    out_.put({printed.events.data(), printed.events.size()});
    out_.flush();
    if (printed.diagnostics.size() != 0) {
      bar.clear();
      fmt::print(stderr, "{}",
                 std::string_view(printed.diagnostics.data(), printed.diagnostics.size()));
    }
    counted_ += printed.counted;
    bar.advance(printed.counted.bytes);
    with.clear();
  }

  const decode_request& request_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::deque<body_printer> printers_;  // one for each job
  output out_;
  tally counted_;
  bool failed_ = false;
};

}  // namespace

exit_code decode(const decode_request& request) {
  decoding all(request);
  for (const std::string& path : request.files) all.file(path);
  return all.finish();
}
