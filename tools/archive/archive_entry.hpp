// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/receipt.hpp>
#include <signhook/receiver.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A request as it was received, with its verdict: a line of an archive.
struct archive_entry {
  std::chrono::system_clock::time_point received;
  std::string remote;
  std::string method;
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers;  // a secret's value is empty
  std::string body;
  signhook::verdict verdict{};
  signhook::fault fault{};
  int status = 0;
};

// Returns the entry as a JSON object and a line feed. A body that is not UTF-8 is written as base64.
[[nodiscard]] std::string to_line(const archive_entry& of);

// Parses a line of an archive; returns nothing if it is not one.
[[nodiscard]] std::optional<archive_entry> from_line(std::string_view line);
