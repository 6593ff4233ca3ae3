// SPDX-License-Identifier: BSL-1.0
// Nothing is allocated once a decoder or a receiver is made.
#include "allocations.hpp"
#include "catch.hpp"
#include <signhook/decoder.hpp>
#include <signhook/encoder.hpp>
#include <signhook/receiver.hpp>
#include <signhook/shared_receiver.hpp>

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

TEST_CASE("receiving allocates nothing, whatever comes", "[allocations]") {
  const std::vector<std::string> all = bodies();
  const std::string long_secret(256, 's');
  const std::array<std::string_view, 2> secrets = {"c2VjcmV0IG9mIHRoZSB0ZXN0cw==", long_secret};
  // Room for fewer events than there are, so that some have to go.
  const receiver_options options = {
      .secret_header = "X-Secret", .secrets = secrets, .remembered = 5};
  auto alone = receiver::make(options);
  const auto shared = shared_receiver::make(options);
  REQUIRE((alone && shared));
  shared_receiver::worker worker = shared->make_worker();
  std::array<std::size_t, 6> seen{};
  const std::size_t before = allocations::count();
  for (int round = 0; round < 20; ++round) {
    const auto now = std::chrono::sys_days() + std::chrono::hours(round);
    for (const std::string& body : all) {
      for (const std::string_view sent : {secrets[0], secrets[1], std::string_view("wrong")}) {
        for (const std::string_view type : {"application/json", "text/plain"}) {
          const std::array<header, 2> headers = {{{"X-Secret", sent}, {"Content-Type", type}}};
          for (const receipt& got : {alone->receive("POST", headers, body, now),
                                     worker.receive("POST", headers, body, now)}) {
            ++seen[static_cast<std::size_t>(got.verdict)];
          }
        }
      }
    }
    const receipt first = alone->receive("POST", std::array<header, 0>{}, {}, now);
    ++seen[static_cast<std::size_t>(alone->failed(first).verdict)];
    alone->forget(event_id());
  }
  CHECK(allocations::count() == before);
  CHECK(alone->displaced() > 0);
  for (const auto of :
       {verdict::accepted, verdict::duplicate, verdict::quarantine, verdict::unauthenticated}) {
    CHECK(seen[static_cast<std::size_t>(of)] > 100);
  }
}
