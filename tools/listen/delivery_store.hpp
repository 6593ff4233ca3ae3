// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "archive/archive_entry.hpp"
#include "listen/current_receiver.hpp"
#include <signhook/event.hpp>
#include <signhook/inbox.hpp>
#include <signhook/receiver/result.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The place where a listener keeps what it receives. No function waits for it.
class delivery_store {
 public:
  delivery_store(std::string secret_header, const std::vector<std::string>& secrets,
                 const signhook::answer_policy& policy)
      : receiver_(std::move(secret_header), secrets, policy) {}
  virtual ~delivery_store() = default;
  delivery_store(const delivery_store&) = delete;
  delivery_store& operator=(const delivery_store&) = delete;

  struct received {
    request_verdict verdict{};
    signhook::process_result result;
    std::optional<signhook::event> event;  // also of a duplicate
    std::string_view body;                 // valid until `done` returns
    std::chrono::nanoseconds decoding{};   // and all other work before the request is kept
  };

  // Calls `done` once, at once or from another thread. `request` needs no verdict; the values of secrets are
  // not kept. With a fault that was found before, an authenticated request is only kept. Thread-safe.
  virtual void receive(archive_entry request, signhook::fault found_before,
                       std::function<void(const received&)> done) = 0;

  // Returns why requests cannot be kept, or nothing if they can.
  [[nodiscard]] virtual std::string_view trouble() const = 0;

  // The secrets that it accepts.
  [[nodiscard]] current_receiver& secrets() { return receiver_; }
  [[nodiscard]] const current_receiver& secrets() const { return receiver_; }

  // Returns the status for requests without a secret.
  [[nodiscard]] int unauthenticated() const { return receiver_.get()->policy().unauthenticated; }

 protected:
  [[nodiscard]] static signhook::time_point in_milliseconds(
      std::chrono::system_clock::time_point time) {
    return std::chrono::floor<std::chrono::milliseconds>(time);
  }
  [[nodiscard]] static request_verdict verdict_of(const signhook::process_result& of);

 private:
  current_receiver receiver_;
};
