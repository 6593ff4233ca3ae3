// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "http/headers.hpp"
#include <signhook/receiver.hpp>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

// A receiver that may be replaced while others use it, to accept other secrets. Thread-safe.
class current_receiver {
 public:
  // Throws std::runtime_error.
  current_receiver(std::string secret_header, const std::vector<std::string>& secrets,
                   const signhook::answer_policy& policy);

  // Accepts these secrets, and no others, from now on. Throws std::runtime_error and changes nothing.
  void accept(const std::vector<std::string>& secrets);

  [[nodiscard]] std::shared_ptr<const signhook::receiver> get() const;

  // Returns whether the headers have an accepted secret.
  [[nodiscard]] bool is_authenticated(const http_headers& headers) const;

  // Removes the values of secrets.
  void remove_secrets(http_headers& from) const;

 private:
  [[nodiscard]] std::shared_ptr<const signhook::receiver> make(
      const std::vector<std::string>& secrets) const;

  const std::string secret_header_;
  const signhook::answer_policy policy_;
  mutable std::mutex guard_;
  std::shared_ptr<const signhook::receiver> receiver_;
};
