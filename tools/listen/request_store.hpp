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

// What a listener receives with, and where it keeps what it received.
struct intake_options {
  std::string secret_header;
  std::vector<std::string> secrets;
  signhook::answer_policy policy = signhook::always_acknowledge;
  std::uint32_t remembered = 256 * 1024;
  std::string archive;  // none where empty
  durability keep = durability::group;
};

// Receives requests, and answers none as delivered that is not kept. A request that brings an event
// which another just now brought waits for what becomes of that one.
class intake {
 public:
  // Reads the archive, and remembers the events in it. Throws std::runtime_error.
  explicit intake(const intake_options& options);

  struct taken {
    request_verdict verdict{};
    signhook::process_result result;
    std::optional<signhook::event> event;  // also of a duplicate
    std::chrono::nanoseconds decoding{};   // and what else comes before the archive
  };

  // From any thread. `request` needs no verdict; the values of secrets are taken out of it.
  [[nodiscard]] taken take(archive_entry request);

  // None where nothing is kept.
  [[nodiscard]] const archive* kept_in() const { return archive_.get(); }

  struct found {
    std::uint64_t events = 0;  // that are remembered
    std::uint64_t others = 0;
    std::uint64_t damaged = 0;  // lines that are none of an archive
  };
  [[nodiscard]] const found& found_at_start() const { return found_; }

  // How many events were forgotten for want of room.
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
  std::mutex guard_;  // between the end of a claim and those who wait for it
  std::condition_variable ended_;
  found found_;
  std::unique_ptr<archive> archive_;
};
