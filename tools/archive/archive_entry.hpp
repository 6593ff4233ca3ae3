// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/receiver/result.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The verdict of a listener on a request. Archives, metrics and answers have these names.
enum class request_verdict : std::uint8_t {
  accepted,         // an event that was not there before, and is kept
  duplicate,        // an event that was
  quarantine,       // no event, and kept
  rejected,         // the same, and the answer says so
  unauthenticated,  // without the secret
  failed,           // not kept
};

// A request as it was received, with its verdict: a line of an archive.
struct archive_entry {
  std::chrono::system_clock::time_point received;
  std::string remote;
  std::string method;
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers;  // a secret's value is empty
  std::string body;
  request_verdict verdict{};
  signhook::fault fault{};
  int status = 0;
};

// Returns the entry as a JSON object and a line feed. A body that is not UTF-8 is written as base64.
[[nodiscard]] std::string to_line(const archive_entry& of);

// Returns the time that is at the beginning of a line that `to_line` has made, and nothing if none is.
[[nodiscard]] std::optional<std::chrono::system_clock::time_point> time_of_line(
    std::string_view beginning);

// Parses a line of an archive; returns nothing if it is not one.
[[nodiscard]] std::optional<archive_entry> from_line(std::string_view line);
