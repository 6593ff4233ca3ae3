// SPDX-License-Identifier: BSL-1.0
#include "commands/client_options.hpp"

#include "commands/option_types.hpp"

#include <chrono>
#include <cstdint>

void client_options::add_to(CLI::App& app, const std::string& prefix) {
  app.add_option("--" + prefix + "cacert", request.ca_file,
                 "Trust the certificates in this PEM file instead of the system's")
      ->type_name("PATH");
  app.add_option("--" + prefix + "timeout", timeout,
                 "Give up a request that is not answered after this many seconds")
      ->capture_default_str()
      ->check(number_between(0.001, 86400));
  app.add_flag(
      "--" + prefix + "no-proxy", no_proxy,
      "Connect directly, whatever http_proxy, https_proxy and all_proxy in the environment "
      "name");
}

void client_options::finish() {
  if (!request.ca_file.empty()) check_ca_file(request.ca_file);
  request.timeout = std::chrono::milliseconds(static_cast<std::int64_t>(timeout * 1000));
  request.use_proxy = !no_proxy;
}
