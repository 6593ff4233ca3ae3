// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "inbox/inbox_connection.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>

// The functions that are the same over each inbox of the library.
template <signhook::delivery_queue Inbox>
class library_connection : public inbox_connection {
 public:
  [[nodiscard]] bool enqueue_batch(std::span<const signhook::inbox_entry> entries,
                                   std::span<signhook::begin_outcome> outcomes) override {
    std::fill(outcomes.begin(), outcomes.end(), signhook::begin_outcome::unavailable);
    return inbox_ && inbox_->enqueue_batch(entries, outcomes);
  }
  [[nodiscard]] bool quarantine(const signhook::quarantine_entry& entry) override {
    return inbox_ && inbox_->quarantine(entry);
  }
  [[nodiscard]] std::string write_error() override {
    if (!inbox_) return last_error();
    signhook::inbox_entry entry;
    std::random_device random;
    for (std::uint8_t& byte : entry.id.value.bytes) byte = static_cast<std::uint8_t>(random());
    if (inbox_->begin(entry) != signhook::begin_outcome::acquired) return last_error();
    const std::string why = inbox_->enqueue(entry) ? std::string() : last_error();
    inbox_->release(entry);
    return why;
  }

  [[nodiscard]] signhook::take_result take(signhook::time_point now) override {
    return inbox_ ? inbox_->take(now) : signhook::take_result();
  }
  [[nodiscard]] std::size_t take_batch(signhook::time_point now,
                                       std::span<signhook::queue_lease> into) override {
    if (!inbox_) return 0;
    if constexpr (requires { inbox_->take_batch(now, into); }) {
      return inbox_->take_batch(now, into);
    } else {
      std::size_t count = 0;
      for (auto outcome = signhook::take_outcome::taken; count < into.size();) {
        const signhook::take_result taken = inbox_->take(now);
        outcome = taken.outcome;
        if (outcome == signhook::take_outcome::taken) into[count++] = taken.lease;
        if (outcome == signhook::take_outcome::idle ||
            outcome == signhook::take_outcome::unavailable) {
          break;
        }
      }
      return count;
    }
  }
  [[nodiscard]] bool open(const signhook::queue_lease& lease) override {
    return inbox_ && inbox_->open(lease);
  }
  [[nodiscard]] std::optional<std::string_view> stored_body(
      const signhook::queue_lease& lease) override {
    return inbox_ ? inbox_->stored_body(lease) : std::nullopt;
  }
  [[nodiscard]] bool finish(const signhook::queue_lease& lease) override {
    return inbox_ && inbox_->finish(lease);
  }
  [[nodiscard]] signhook::retry_outcome retry(const signhook::queue_lease& lease,
                                              signhook::time_point now) override {
    return inbox_ ? inbox_->retry(lease, now) : signhook::retry_outcome::unrecorded;
  }
  [[nodiscard]] bool dead_letter(const signhook::queue_lease& lease,
                                 std::string_view reason) override {
    return inbox_ && inbox_->dead_letter(lease, reason);
  }
  [[nodiscard]] bool take_each(signhook::time_point now, std::size_t at_most,
                               const each_taken& each) override {
    return inbox_ && inbox_->take_each(now, at_most, each);
  }
  [[nodiscard]] bool acknowledge(std::span<const signhook::queue_lease> leases,
                                 std::span<signhook::acknowledge_outcome> outcomes) override {
    std::fill(outcomes.begin(), outcomes.end(), signhook::acknowledge_outcome::unavailable);
    return inbox_ && inbox_->acknowledge(leases, outcomes);
  }
  [[nodiscard]] signhook::retry_outcome retry(const signhook::queue_lease& lease,
                                              signhook::time_point now,
                                              signhook::time_point not_before) override {
    return inbox_ ? inbox_->retry(lease, now, not_before) : signhook::retry_outcome::unrecorded;
  }
  [[nodiscard]] bool has_lost_lease() const override {
    if (!inbox_) return false;
    const auto code = inbox_->last_error().code;
    return code == decltype(code)::lost_lease;
  }
  [[nodiscard]] bool requeue(const signhook::event_id& id, signhook::time_point now) override {
    return inbox_ && inbox_->requeue(id, now);
  }
  [[nodiscard]] std::size_t prune(signhook::time_point older_than, std::size_t at_most) override {
    return inbox_ ? inbox_->prune(older_than, at_most) : 0;
  }

  [[nodiscard]] std::string last_error() const override {
    return own_error_.empty() && inbox_ ? text_of(inbox_->last_error()) : own_error_;
  }

 protected:
  void forget_error() { own_error_.clear(); }

  // Each returns false, to be returned.
  template <class Error>
  bool fail_with(const Error& why) {
    own_error_ = text_of(why);
    return false;
  }
  bool fail(std::string_view why) {
    own_error_ = in_one_line(why);
    return false;
  }

  // The messages of libpq have several lines.
  [[nodiscard]] static std::string in_one_line(std::string_view text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
    std::string made(text);
    std::replace_if(
        made.begin(), made.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
    return made;
  }

  std::optional<Inbox> inbox_;  // once connected

 private:
  template <class Error>
  [[nodiscard]] static std::string text_of(const Error& error) {
    using code = decltype(error.code);
    if (error.code == code::none) return {};
    if (error.code == code::no_schema) {
      return std::string(describe(error.code)) + "; signhook inbox migrate creates them";
    }
    if (error.code == code::other_schema) {
      return std::string(describe(error.code)) +
             "; signhook inbox migrate brings older ones to this one";
    }
    return in_one_line(error.message.view());
  }

  std::string own_error_ = "not connected";
};
