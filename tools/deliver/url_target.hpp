// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "deliver/event_request.hpp"
#include "deliver/target.hpp"
#include "deliver/webhook_signer.hpp"
#include "http/client.hpp"
#include "http/url.hpp"

#include <atomic>

// Posts an event to an address.
class url_target final : public target {
 public:
  url_target(const target_options& options, const std::atomic<bool>& is_stopping);

  [[nodiscard]] delivery_report deliver(const delivery& one) override;

 private:
  const http_url to_;
  const event_request_maker requests_;
  const webhook_signer signer_;
  http_client client_;
};
