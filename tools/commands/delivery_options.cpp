// SPDX-License-Identifier: BSL-1.0
#include "commands/delivery_options.hpp"

#include "system/terminal.hpp"

#include <chrono>
#include <cstdint>
#include <cstdio>

void delivery_options::add_to(CLI::App& app) {
  sending_options& how = request.how;
  secret.add_to(app, false);
  app.add_option("--header", headers, "NAME:VALUE, with each request; not for secrets");
  app.add_option("--cacert", how.client.ca_file,
                 "A file with certificates to trust in the place of the system's, as PEM");
  app.add_option("--connections", how.connections, "So many at the same time")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  app.add_option("--rate", how.rate, "So many first deliveries a second; 0 is as fast as can be")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1e6));
  app.add_option("--first-delay", first_delay,
                 "Seconds until the first retry, which the service does not state")
      ->capture_default_str()
      ->check(CLI::Range(0.001, 86400.0));
  app.add_option("--factor", request.factor, "How each delay grows, which it does not state")
      ->capture_default_str()
      ->check(CLI::Range(1.0, 1e6));
  app.add_option("--time-scale", how.time_scale, "Retry so many times as fast as the service")
      ->capture_default_str()
      ->check(CLI::Range(1.0, 1e9));
  app.add_flag("--retry-unstated", how.retry_unstated,
               "Retry also what the service says nothing of: 3xx, 4xx, and no answer");
  app.add_option("--attempts", how.attempts,
                 "A file to write each attempt to, a line of JSON each");
}

void delivery_options::finish(bool json) {
  request.how.to = http_url::from(url);
  for (const auto& header : headers) request.how.headers.insert(header_of(header));
  for (const auto& header : secret.headers()) request.how.headers.insert(header);
  request.first_delay = std::chrono::milliseconds(static_cast<std::int64_t>(first_delay * 1000));
  request.how.draw_progress = is_terminal(stderr);
  request.json = json;
}
