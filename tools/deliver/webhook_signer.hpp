// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "http/headers.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

// Signs requests as Standard Webhooks 1.0.0 has it
// (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md): HMAC-SHA256 over the
// id, the time and the body.
class webhook_signer {
 public:
  webhook_signer() = default;

  // Each secret is `whsec_` and base64 of 24 to 64 bytes; there is a signature for each, so that one can be replaced by
  // another. Throws std::runtime_error, with a message that does not contain the secret.
  explicit webhook_signer(const std::vector<std::string>& secrets);

  // Returns webhook-id and webhook-timestamp, and webhook-signature if there is a secret.
  [[nodiscard]] http_headers headers(const std::string& id,
                                     std::chrono::system_clock::time_point time,
                                     std::string_view body) const;

 private:
  std::vector<std::string> keys_;
};
