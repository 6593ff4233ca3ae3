// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "archive/archive.hpp"
#include "archive/archive_entry.hpp"
#include "archive/rotation.hpp"
#include "listen/delivery_store.hpp"
#include <signhook/delivery.hpp>
#include <signhook/inbox.hpp>
#include <signhook/inbox/memory.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
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
  rotation rotate;
};

// Receives requests, and reports a request as delivered only if it is in the archive. A request with an event that
// is in flight in another request waits for the end of that one. No function waits for the disk.
class request_store final : public delivery_store {
 public:
  // Reads the archive from its end for as long as its events may come again, and remembers them. Throws
  // std::runtime_error.
  explicit request_store(const request_store_options& options);

  void receive(archive_entry request, signhook::fault found_before,
               std::function<void(const received&)> done) override;

  [[nodiscard]] std::string_view trouble() const override;

  // Opens the archive's path again before the next write.
  void reopen() {
    if (archive_) archive_->reopen();
  }

  // The time for which an event is known after it was received.
  static constexpr std::chrono::milliseconds window = signhook::duplicate_window.value;

  // Returns null if there is no archive.
  [[nodiscard]] const archive* kept_in() const { return archive_.get(); }

  // The lines of the archive that were read at the start.
  struct found {
    std::uint64_t events = 0;
    std::uint64_t others = 0;
    std::uint64_t damaged = 0;  // not of an archive
    std::uint64_t doubled = 0;  // events that another line has too
    bool is_full = false;       // the inbox: what is before would be forgotten
  };
  [[nodiscard]] const found& found_at_start() const { return found_; }

  // Returns the number of events that were forgotten because the inbox was full.
  [[nodiscard]] std::uint64_t evictions() const { return ids_.evictions(); }

 private:
  class inbox;
  class delivery;
  using deliveries = std::vector<std::shared_ptr<delivery>>;

  class history;
  // Returns the deliveries that waited for the end of the claim.
  [[nodiscard]] deliveries end_claim(const signhook::inbox_entry& entry,
                                     bool is_committed) noexcept;

  signhook::memory_inbox ids_;
  std::atomic<std::uint64_t> ended_ = 0;  // claims
  // For the end of a claim. Most claims end while none waits, and take no lock.
  std::mutex guard_;
  deliveries waiting_;
  std::atomic<std::size_t> waiting_count_ = 0;
  found found_;
  std::unique_ptr<archive> archive_;
};
