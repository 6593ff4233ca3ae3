// SPDX-License-Identifier: BSL-1.0
// The cost of `process` with a `memory_inbox` beside `decode` alone, for each type of event; and the events a second
// of several threads with one inbox beside one thread. Each delivery has an id of its own.
//   bench_process [DELIVERIES]     medians of nine rounds of as many
#include <signhook/encoder.hpp>
#include <signhook/inbox.hpp>
#include <signhook/inbox/memory.hpp>
#include <signhook/receiver.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace signhook;

constexpr std::string_view secret = "c2VjcmV0IG9mIHRoZSB0ZXN0cw==";
constexpr std::array<std::string_view, 1> secrets = {secret};
// Those that a reverse proxy passes on.
constexpr std::array<header, 8> headers = {{{"Host", "example.com"},
                                            {"User-Agent", "okhttp/4.9.3"},
                                            {"Accept-Encoding", "gzip"},
                                            {"Content-Length", "300"},
                                            {"X-Forwarded-For", "192.0.2.1"},
                                            {"X-Forwarded-Proto", "https"},
                                            {"Content-Type", "application/json; charset=utf-8"},
                                            {"X-Secret", secret}}};

// The bodies of one type, each with the next id.
class deliveries {
 public:
  deliveries(const event& of, std::uint32_t first) : next_(first) {
    std::array<char, max_encoded_size> buffer{};
    body_ = *encode(of, buffer);
    id_ = body_.find("\"id\":\"") + 6;
  }
  [[nodiscard]] std::string_view next() {
    constexpr std::string_view digits = "0123456789abcdef";
    std::uint32_t rest = next_++;
    for (std::size_t i = 0; i < 8; ++i, rest >>= 4U) body_[id_ + 7 - i] = digits[rest & 15U];
    return body_;
  }

 private:
  std::string body_;
  std::size_t id_;
  std::uint32_t next_;
};

template <class Run>
double seconds(Run run) {
  const auto begin = std::chrono::steady_clock::now();
  run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double median(std::vector<double> of) {
  std::nth_element(of.begin(), of.begin() + static_cast<std::ptrdiff_t>(of.size() / 2), of.end());
  return of[of.size() / 2];
}

void handle(const receiver& with, decoder& mine, memory_inbox& box, deliveries& from,
            std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto done =
        process(with, mine, box, {.method = "POST", .headers = headers, .body = from.next()},
                [](const event&) {});
    if (done.outcome != process_outcome::handled) std::abort();
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 20000;
  constexpr int rounds = 9;
  const auto with = receiver::make({.secret_header = "X-Secret", .secrets = secrets});
  if (!with || count == 0) return 1;

  std::printf("ns a delivery           decode  process  difference\n");
  for (const event& of : samples) {
    decoder mine;
    std::vector<double> decoding;
    std::vector<double> processing;
    for (int round = 0; round < rounds; ++round) {
      deliveries first(of, 0);
      decoding.push_back(seconds([&] {
        for (std::size_t i = 0; i < count; ++i) {
          if (!mine.decode(first.next())) std::abort();
        }
      }));
      memory_inbox box;
      deliveries second(of, 0);
      processing.push_back(seconds([&] { handle(*with, mine, box, second, count); }));
    }
    const double scale = 1e9 / static_cast<double>(count);
    const std::string name(type_of(of));
    std::printf("%-31s %6.0f  %7.0f  %10.0f\n", name.c_str(), median(decoding) * scale,
                median(processing) * scale, (median(processing) - median(decoding)) * scale);
  }

  // The same deliveries into an inbox of the same size, so that both find as much in it.
  std::printf(
      "threads  deliveries a second  by one thread  ratio, at best the number of processors\n");
  for (const std::size_t threads :
       {std::size_t{1}, std::size_t{2}, std::size_t{4}, std::size_t{16}}) {
    const std::size_t all = threads * count;
    std::vector<double> shared;
    std::vector<double> alone;
    for (int round = 0; round < rounds; ++round) {
      for (const std::size_t workers : {threads, std::size_t{1}}) {
        memory_inbox box({.capacity = static_cast<std::uint32_t>(all)});
        std::atomic<std::size_t> ready = 0;
        std::vector<std::thread> running;
        (workers == 1 ? alone : shared).push_back(seconds([&] {
          for (std::size_t i = 0; i < workers; ++i) {
            running.emplace_back([&, i] {
              decoder mine;
              deliveries from(samples[0], static_cast<std::uint32_t>(i * (all / workers)));
              for (++ready; ready != workers;) std::this_thread::yield();
              handle(*with, mine, box, from, all / workers);
            });
          }
          for (std::thread& one : running) one.join();
        }));
      }
    }
    if (threads == 1) shared = alone;
    const auto rate = [&](const std::vector<double>& of) {
      return static_cast<double>(all) / median(of);
    };
    std::printf("%7zu  %19.0f  %13.0f  %.2f\n", threads, rate(shared), rate(alone),
                rate(shared) / rate(alone));
  }
}
