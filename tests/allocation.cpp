// SPDX-License-Identifier: BSL-1.0
// Nothing is allocated once a decoder or a receiver is made.
#include "allocations.hpp"
#include "catch.hpp"
#include <signhook/decoder.hpp>
#include <signhook/encoder.hpp>
#include <signhook/inbox/memory.hpp>
#include <signhook/receiver.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace signhook;

std::vector<std::string> bodies() {
  std::vector<std::string> all;
  for (const event& sample : samples) {
    std::array<char, max_encoded_size> buffer{};
    const std::string good(*encode(sample, buffer));
    all.push_back(good);
    all.push_back(good.substr(0, good.size() / 2));
    all.push_back(good + "x");
    all.push_back("{\"new\":[1,{\"\\u0061\":\"\\ud83d\\ude00\"}]," + good.substr(1));
    all.push_back("{\"id\":\"x\"," + good.substr(1));
    for (const std::string_view from : {"26-01", "\"state\"", "dossier.", ":\"", "-4"}) {
      for (const std::string_view to : {"26-13", "\\u0061", "null", "\"\"", "\xff", "1e5"}) {
        std::string changed = good;
        if (changed.find(from) != std::string::npos)
          changed.replace(changed.find(from), from.size(), to);
        all.push_back(changed);
      }
    }
  }
  all.push_back(std::string(70'000, ' '));
  all.push_back(std::string(60'000, '['));
  all.push_back("{\"x\":\"" + std::string(60'000, 'y') + "\"}");
  all.push_back("");
  return all;
}

}  // namespace

TEST_CASE("the counter counts", "[allocations]") {
  if (!allocations::are_counted()) return;
  const std::size_t before = allocations::count();
  // A compiler may leave out an allocation that nobody looks at (C++20, [expr.new]).
  const std::vector<int>* volatile const made = new std::vector<int>(10'000);
  CHECK(allocations::count() >= before + 2);
  delete made;
}

#if defined(__OPTIMIZE__)
constexpr std::size_t many = 1'000'000;
#else
constexpr std::size_t many = 50'000;  // under a sanitizer the million takes half a minute
#endif

TEST_CASE("many decodes allocate nothing, good and bad", "[allocations]") {
  const std::vector<std::string> all = bodies();
  decoder tolerant;
  decoder strict{decoder_options::strict()};
  std::size_t accepted = 0;
  std::size_t decodes = 0;
  std::size_t found = 0;
  const std::size_t before = allocations::count();
  while (decodes < many) {
    for (const std::string& body : all) {
      if (body.size() > 1000 && decodes > 10'000) continue;
      accepted += tolerant.decode(std::string_view(body)).has_value();
      accepted += strict.decode(std::string_view(body)).has_value();
      decodes += 2;
      if (decodes < many / 10) tolerant.validate(body, [&](const diagnostic&) { ++found; });
    }
  }
  const std::size_t after = allocations::count();
  CHECK(after == before);
  CHECK(accepted > decodes / 100);
  CHECK(accepted < decodes / 2);
  CHECK(found > 0);
}

TEST_CASE("encoding into a buffer allocates nothing", "[allocations]") {
  std::array<char, max_encoded_size> buffer{};
  std::size_t size = 0;
  const std::size_t before = allocations::count();
  for (int i = 0; i < 1000; ++i) {
    for (const event& sample : samples) size += encode(sample, buffer)->size();
  }
  CHECK(allocations::count() == before);
  CHECK(size > 1'000'000);
}

TEST_CASE("receiving and processing allocate nothing, whatever comes", "[allocations]") {
  const std::vector<std::string> all = bodies();
  const std::string long_secret(256, 's');
  const std::array<std::string_view, 2> secrets = {"c2VjcmV0IG9mIHRoZSB0ZXN0cw==", long_secret};
  const auto made = receiver::make({.secret_header = "X-Secret", .secrets = secrets});
  REQUIRE(made);
  decoder with;
  // Room for fewer events than there are, so that some have to go.
  memory_inbox_options options;
  options.capacity = 5;
  options.quarantine = [](const quarantine_entry&) { return true; };
  options.dead_letter = [](const inbox_entry&, std::string_view) { return true; };
  memory_inbox box(options);
  std::array<std::size_t, 12> seen{};
  std::size_t count = 0;
  const std::size_t before = allocations::count();
  for (int round = 0; round < 20; ++round) {
    const time_point now = time_point() + std::chrono::hours(round);
    for (const std::string& body : all) {
      for (const std::string_view sent : {secrets[0], secrets[1], std::string_view("wrong")}) {
        for (const std::string_view type : {"application/json", "text/plain"}) {
          const std::array<header, 2> headers = {{{"X-Secret", sent}, {"Content-Type", type}}};
          const auto handler = [&](const event&) {
            return ++count % 3 == 0 ? handled::retry
                   : count % 3 == 1 ? handled::done
                                    : handled::dead_letter("a reason");
          };
          const auto got = process(
              *made, with, box, {.method = "POST", .headers = headers, .body = body}, handler, now);
          ++seen[static_cast<std::size_t>(got.outcome)];
        }
      }
    }
    box.prune(now - std::chrono::hours(2), 3);
    box.erase(event_id());
  }
  CHECK(allocations::count() == before);
  CHECK(box.evictions() > 0);
  for (const auto of :
       {process_outcome::handled, process_outcome::duplicate, process_outcome::quarantined,
        process_outcome::unauthenticated, process_outcome::retry, process_outcome::dead_lettered}) {
    INFO(static_cast<int>(of));
    CHECK(seen[static_cast<std::size_t>(of)] > 20);
  }
}
