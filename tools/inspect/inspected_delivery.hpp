// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "http/headers.hpp"
#include "http/message.hpp"
#include <signhook/error.hpp>
#include <signhook/event.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// A request and its answer, as the inspector shows them. It has no value of a secret.
struct inspected_delivery {
  // A longer body is cut: a decoder rejects one of a quarter of it, and a browser has to show it.
  static constexpr std::size_t max_body_bytes = std::size_t{256} << 10U;

  struct header {
    std::string name;
    std::optional<std::string> value;  // none if it is hidden
  };

  // An error of the body, and where it is.
  struct body_error {
    std::string_view code;
    std::string_view path;  // JSON Pointer
    std::string message;
    std::size_t offset = 0;
    signhook::location at;
  };

  std::uint64_t number = 0;    // in the order of the answers, from 1
  std::uint64_t again_of = 0;  // the number of the delivery that this one repeats; 0 if it is new
  std::chrono::system_clock::time_point received;
  std::chrono::nanoseconds took{};
  std::string remote;
  std::string method;
  std::string target;
  std::vector<header> headers;
  std::string body;
  std::size_t body_bytes = 0;  // of the whole body
  bool has_arrived = false;    // completely; a request that was answered before has no body
  std::string_view verdict;
  int status = 0;
  std::string reason;  // of a request that is not an event
  std::optional<body_error> error;
  std::optional<signhook::event> event;

  // Returns whether it can be delivered again as it was.
  [[nodiscard]] bool is_repeatable() const { return has_arrived && body.size() == body_bytes; }
  [[nodiscard]] std::size_t bytes() const;

  void set_error(const signhook::error& error_of_body);
};

// Hides the values that nobody but the process may see.
struct secret_rule {
  std::string header;                               // of the secret
  std::function<bool(std::string_view)> is_secret;  // whether a value is an accepted one
};

// Returns what is known of a request before it is answered. The values of secrets are left out: of the fields whose
// names speak of credentials, and of a query's parameters that do.
[[nodiscard]] inspected_delivery inspected(const http_request& request, const secret_rule& hidden);

// Returns the request again, with this value of the secret. What else was hidden is empty.
[[nodiscard]] http_request request_of(const inspected_delivery& again,
                                      std::string_view secret_header, const std::string& secret);

// Returns it as a JSON object on one line. A body that is not UTF-8 is written as base64.
[[nodiscard]] std::string to_json(const inspected_delivery& of);
