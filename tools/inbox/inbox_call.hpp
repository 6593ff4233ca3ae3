// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "inbox/inbox_address.hpp"
#include "system/exit_code.hpp"
#include <signhook/delivery.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

enum class inbox_call : std::uint8_t {
  status,
  list,
  dead,
  quarantine,
  show,
  requeue,
  prune,
  migrate
};

struct inbox_call_request {
  inbox_call call{};
  inbox_address address;
  std::vector<std::string> ids;  // of `show` and `requeue`
  std::size_t at_most = 100;     // rows
  std::chrono::seconds older_than =
      std::chrono::duration_cast<std::chrono::seconds>(signhook::duplicate_window.value);
  bool json = false;
};

// Prints what an inbox holds, or changes it.
[[nodiscard]] exit_code call_inbox(const inbox_call_request& request);
