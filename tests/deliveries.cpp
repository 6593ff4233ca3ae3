// SPDX-License-Identifier: BSL-1.0
// Delivers the same events from several threads to one request store, under ThreadSanitizer, which ends the
// program with 66 on a data race. Each event must be accepted once and be in the archive once.
#include "listen/request_store.hpp"
#include "send/sample_maker.hpp"
#include <signhook/encoder.hpp>

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <semaphore>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

constexpr std::size_t events = 300;
constexpr std::size_t deliveries = 6;  // of each

const std::string accepted_secret = "dGVzdHMtdXNlLXRoaXMtc2VjcmV0LW9ubHk=";

std::vector<std::string> make_bodies() {
  sample_maker maker({}, 1);
  std::vector<std::string> bodies(events);
  for (std::string& one : bodies) {
    signhook::encode_to(maker.next(std::chrono::system_clock::now()), std::back_inserter(one));
  }
  return bodies;
}

request_store_options options(const std::filesystem::path& path, durability keep) {
  request_store_options made;
  made.secret_header = "X-Secret";
  made.secrets = {accepted_secret};
  made.archive = path;
  made.keep = keep;
  return made;
}

bool is_each_kept_once(const std::filesystem::path& path, durability keep) {
  std::filesystem::remove(path);
  const std::vector<std::string> bodies = make_bodies();
  std::atomic<std::size_t> accepted = 0;
  std::atomic<std::size_t> others = 0;
  {
    request_store into(options(path, keep));
    std::counting_semaphore<> answered(0);
    std::vector<std::thread> senders;
    for (std::size_t i = 0; i < deliveries; ++i) {
      senders.emplace_back([&] {
        for (const std::string& body : bodies) {
          archive_entry request;
          request.received = std::chrono::system_clock::now();
          request.method = "POST";
          request.headers = {{"X-Secret", accepted_secret}, {"Content-Type", "application/json"}};
          request.body = body;
          into.receive(std::move(request), signhook::fault::none, [&](const auto& of) {
            accepted += of.verdict == request_verdict::accepted ? 1U : 0U;
            others += of.verdict == request_verdict::duplicate ? 0U : 1U;
            answered.release();
          });
          static_cast<void>(into.kept_in()->is_working());
        }
      });
    }
    for (auto& one : senders) one.join();
    for (std::size_t i = 0; i < events * deliveries; ++i) answered.acquire();
    if (into.kept_in()->counted().lines != events) return false;
  }
  const request_store again(options(path, keep));
  const auto& found = again.found_at_start();
  return accepted == events && others == events && found.events == events && found.others == 0 &&
         found.damaged == 0;
}

}  // namespace

int main() {
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("signhook_deliveries_" + std::to_string(getpid()));
  bool is_well = true;
  for (const durability keep : {durability::group, durability::each, durability::none}) {
    is_well = is_each_kept_once(path, keep) && is_well;
  }
  std::filesystem::remove(path);
  return is_well ? 0 : 1;
}
