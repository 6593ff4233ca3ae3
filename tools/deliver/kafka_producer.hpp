// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "deliver/bus_address.hpp"
#include "deliver/cloud_event_message.hpp"
#include "deliver/kafka_settings.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

// The end of an attempt to write a message.
struct kafka_report {
  bool is_delivered = false;
  bool is_rejected = false;     // a repetition would be rejected too
  bool is_interrupted = false;  // the program is stopping
  int code = 0;                 // of the protocol, if a broker has answered with one
  std::string reason;
};

// An idempotent producer of librdkafka, whose messages are written once all replicas in sync have them. Thread-safe:
// one is shared by all threads, so that their messages go in common batches over common connections.
class kafka_producer {
 public:
  // Throws std::runtime_error if librdkafka does not take the settings.
  kafka_producer(kafka_address to, std::string ca_file, std::vector<kafka_setting> settings,
                 std::chrono::milliseconds timeout, const std::atomic<bool>& is_stopping);
  ~kafka_producer();
  kafka_producer(const kafka_producer&) = delete;
  kafka_producer& operator=(const kafka_producer&) = delete;

  // Returns once the message is written, or after the time-out at the latest.
  [[nodiscard]] kafka_report produce(const cloud_event_message& message, const std::string& key,
                                     const std::string& traceparent);

 private:
  class client;

  [[nodiscard]] std::shared_ptr<client> current();
  void replace(const std::shared_ptr<client>& broken);

  const kafka_address to_;
  const std::string ca_file_;
  const std::vector<kafka_setting> settings_;
  const std::chrono::milliseconds timeout_;
  const std::atomic<bool>& is_stopping_;
  std::mutex guard_;
  std::shared_ptr<client> client_;  // guarded; null while the last one could not be replaced
};
