// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "archive/archive.hpp"
#include "archive/archive_entry.hpp"
#include <signhook/inbox.hpp>
#include <signhook/inbox/memory.hpp>
#include <signhook/receiver.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The options of a request store.
struct request_store_options {
  std::string secret_header;
  std::vector<std::string> secrets;
  signhook::answer_policy policy = signhook::always_acknowledge;
  std::uint32_t remembered = 256 * 1024;
  std::string archive;  // path; none if empty
  durability keep = durability::group;
};

// Receives requests, and answers a request as delivered only if it is in the archive. A request with an event that
// is in flight in another request waits for the end of that one.
class request_store {
 public:
  // Reads the archive, and remembers its events. Throws std::runtime_error.
  explicit request_store(const request_store_options& options);

  struct received {
    request_verdict verdict{};
    signhook::process_result result;
    std::optional<signhook::event> event;  // also of a duplicate
    std::chrono::nanoseconds decoding{};   // and all other work before the archive
  };

  // Thread-safe. `request` needs no verdict; the values of secrets are removed from it.
  [[nodiscard]] received receive(archive_entry request);

  // Returns null if there is no archive.
  [[nodiscard]] const archive* kept_in() const { return archive_.get(); }

  struct found {
    std::uint64_t events = 0;  // remembered
    std::uint64_t others = 0;
    std::uint64_t damaged = 0;  // lines that are not of an archive
  };
  [[nodiscard]] const found& found_at_start() const { return found_; }

  // Returns the number of events that were forgotten because the inbox was full.
  [[nodiscard]] std::uint64_t evictions() const { return ids_.evictions(); }

 private:
  class delivery;

  void remember(std::string_view line);
  [[nodiscard]] bool is_secret(std::string_view name) const;
  using headers = std::vector<std::pair<std::string, std::string>>;
  [[nodiscard]] headers without_secrets(headers all) const;
  [[nodiscard]] bool keep(const archive_entry& request);

  const std::string secret_header_;
  const signhook::receiver receiver_;
  signhook::memory_inbox ids_;
  std::mutex guard_;  // between the end of a claim and the requests that wait for it
  std::condition_variable ended_;
  found found_;
  std::unique_ptr<archive> archive_;
};
