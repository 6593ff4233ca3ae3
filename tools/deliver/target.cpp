// SPDX-License-Identifier: BSL-1.0
#include "deliver/target.hpp"

#include "deliver/command_target.hpp"
#include "deliver/url_target.hpp"

std::unique_ptr<target> make_target(const target_options& options,
                                    const std::atomic<bool>& is_stopping) {
  if (!options.url.empty()) return std::make_unique<url_target>(options, is_stopping);
  return std::make_unique<command_target>(options, is_stopping);
}
