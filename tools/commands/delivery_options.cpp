// SPDX-License-Identifier: BSL-1.0
#include "commands/delivery_options.hpp"

#include "commands/option_types.hpp"
#include "http/request_headers.hpp"
#include "system/terminal.hpp"
#include <signhook/detail/http/token.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <utility>

void delivery_options::add_to(CLI::App& app) {
  sending_options& how = request.how;
  secret.add_to(app, false);
  one_value_each(app.add_option("--header", headers,
                                "Send the header NAME:VALUE with each request; may be repeated; "
                                "not for secrets"))
      ->type_name("HEADER");
  client.add_to(app);
  app.add_option("--connections", how.connections, "Use this many connections at the same time")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  app.add_option("--rate", how.rate, "Limit first deliveries per second; 0 is no limit")
      ->capture_default_str()
      ->check(number_between(0, 1e6));
  app.add_option("--first-delay", first_delay,
                 "Wait this many seconds before the first retry; undocumented by CM.com")
      ->capture_default_str()
      ->check(number_between(0.001, 86400));
  app.add_option("--factor", request.factor,
                 "Multiply each further delay by this factor; undocumented by CM.com")
      ->capture_default_str()
      ->check(number_between(1, 1e6));
  app.add_option("--time-scale", how.time_scale, "Retry this many times faster")
      ->capture_default_str()
      ->check(number_between(1, 1e9));
  app.add_flag("--retry-undocumented", how.retry_undocumented,
               "Retry also after 3xx, 4xx and no answer, for which no behaviour is documented");
  app.add_option("--attempts", how.attempts, "Log each attempt to this file, one line of JSON each")
      ->type_name("PATH");
}

void delivery_options::finish(bool json) {
  request.how.to = http_url::from(url);
  for (const auto& text : headers) {
    auto header = header_of(text);
    // Which of two values a server takes for the secret is its own affair.
    if (signhook::detail::equal_without_case(header.first, secret.header)) {
      throw std::runtime_error("the header " + secret.header +
                               " holds the secret, and --header names it, too");
    }
    request.how.headers.push_back(std::move(header));
  }
  for (auto& header : secret.headers()) request.how.headers.push_back(std::move(header));
  check_request_headers(request.how.headers);
  client.finish();
  request.how.client = client.request;
  request.first_delay = std::chrono::milliseconds(static_cast<std::int64_t>(first_delay * 1000));
  request.how.draw_progress = shows_progress(stderr);
  request.json = json;
}
