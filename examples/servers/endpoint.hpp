// SPDX-License-Identifier: BSL-1.0
// The part of an endpoint that does not depend on the server library: the secret, the inbox, the effect and the answer.
#pragma once

#include <signhook/inbox/memory.hpp>
#include <signhook/ostream.hpp>
#include <signhook/receiver.hpp>

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

class endpoint {
 public:
  // For servers that have a limit: more than the receiver takes, so that the receiver answers what is too large.
  static constexpr std::size_t max_body = std::size_t{256} * 1024;

  // Ends the program where SIGNHOOK_SECRET is no secret.
  explicit endpoint(std::string file) : file_(std::move(file)) {
    const char* const secret = std::getenv("SIGNHOOK_SECRET");  // NOLINT(concurrency-*)
    const std::string_view secrets[] = {secret != nullptr ? secret : ""};
    auto made = signhook::receiver::make(
        {.secret_header = "X-Secret", .secrets = secrets, .policy = signhook::http_semantics});
    if (!made) {
      std::cerr << "SIGNHOOK_SECRET: " << signhook::describe(made.error()) << '\n';
      std::exit(2);  // NOLINT(concurrency-*)
    }
    receiver_.emplace(*std::move(made));
  }

  // Returns the status to answer. Any number of threads may call it.
  int answer(const signhook::request& request) {
    thread_local signhook::decoder decoder;
    return signhook::process(*receiver_, decoder, inbox_, request,
                             [this](const signhook::event& event) {
                               return append(signhook::type_of(event), signhook::id(event));
                             })
        .status;
  }

 private:
  // The effect of an event: a line of the file, by which a test counts. False if it cannot be written.
  template <class... Words>
  bool append(const Words&... words) {
    std::ofstream file(file_, std::ios::app);
    ((file << words << ' '), ...) << std::endl;
    return file.good();
  }

  std::string file_;
  std::optional<signhook::receiver> receiver_;
  // It covers one process until it ends. docs/receiving.md has the table of what that can lose or double, and
  // endpoint_sqlite.cpp and endpoint_postgresql.cpp have what a restart and other machines need.
  signhook::memory_inbox inbox_{{.quarantine = [this](const signhook::quarantine_entry& entry) {
    return append("quarantined", entry.reason, entry.body.size());
  }}};
};
