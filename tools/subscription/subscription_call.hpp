// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "http/client.hpp"
#include "system/exit_code.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

enum class webhook_call : std::uint8_t { create, list, show, update, enable, remove };

struct webhook_call_request {
  webhook_call call{};
  std::string base;
  http_client_options client;
  std::string client_id;  // the client Key ID
  std::string token;
  std::string id;   // of the webhook; unused by create and list
  std::string url;  // receives the events; for create and update
  std::vector<std::string> events;
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::string> handled;  // event types for the audit of the answer; all if empty
  bool dry_run = false;
  bool json = false;
};

// Calls the subscription API, or prints the request it would send.
[[nodiscard]] exit_code call_webhooks(const webhook_call_request& request);
