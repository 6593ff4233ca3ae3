// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "archive/archive.hpp"
#include "archive/archive_entry.hpp"
#include <signhook/receiver.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// What a listener receives with, and where it keeps what it received.
struct intake_options {
  std::string secret_header;
  std::vector<std::string> secrets;
  signhook::answer_policy policy = signhook::never_lose;
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
    signhook::receipt receipt;
    std::chrono::nanoseconds decoding;  // and what else the receiver does
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
  [[nodiscard]] std::uint64_t displaced() const;

 private:
  void remember(std::string_view line);
  [[nodiscard]] bool is_secret(std::string_view name) const;

  const std::string secret_header_;
  const std::string any_secret_;
  mutable std::mutex door_;
  signhook::receiver receiver_;
  std::set<signhook::event_id> on_their_way_;  // to the archive
  std::condition_variable arrived_;
  found found_;
  std::unique_ptr<archive> archive_;
};
