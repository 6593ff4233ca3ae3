// SPDX-License-Identifier: BSL-1.0
#include "listen/forwarder.hpp"

#include "listen/command_forwarder.hpp"
#include "listen/url_forwarder.hpp"
#include <signhook/detail/http/token.hpp>

bool forward_options::is_url() const {
  const auto begins_with = [this](std::string_view scheme) {
    return signhook::detail::equal_without_case(std::string_view(to).substr(0, scheme.size()),
                                                scheme);
  };
  return begins_with("http://") || begins_with("https://");
}

std::unique_ptr<forwarder> make_forwarder(const forward_options& options) {
  if (options.is_url()) return std::make_unique<url_forwarder>(options);
  return std::make_unique<command_forwarder>(options.to);
}
