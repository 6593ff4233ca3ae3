// SPDX-License-Identifier: BSL-1.0
#include "listen/current_receiver.hpp"

#include <signhook/decoder.hpp>
#include <signhook/detail/http/token.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>
#include <utility>

current_receiver::current_receiver(std::string secret_header,
                                   const std::vector<std::string>& secrets,
                                   const signhook::answer_policy& policy)
    : secret_header_(std::move(secret_header)), policy_(policy), receiver_(make(secrets)) {}

std::shared_ptr<const signhook::receiver> current_receiver::make(
    const std::vector<std::string>& secrets) const {
  const std::vector<std::string_view> views(secrets.begin(), secrets.end());
  auto made = signhook::receiver::make(
      {.secret_header = secret_header_, .secrets = views, .policy = policy_});
  if (!made) throw std::runtime_error(std::string(describe(made.error())));
  return std::make_shared<const signhook::receiver>(std::move(*made));
}

void current_receiver::accept(const std::vector<std::string>& secrets) {
  auto made = make(secrets);
  const std::lock_guard lock(guard_);
  receiver_.swap(made);
}

std::shared_ptr<const signhook::receiver> current_receiver::get() const {
  const std::lock_guard lock(guard_);
  return receiver_;
}

bool current_receiver::is_authenticated(const http_headers& headers) const {
  thread_local signhook::decoder decoder;
  return get()->receive(decoder, {.headers = headers}).verdict !=
         signhook::verdict::unauthenticated;
}

void current_receiver::remove_secrets(http_headers& from) const {
  constexpr std::array<std::string_view, 3> others{"authorization", "cookie",
                                                   "proxy-authorization"};
  for (auto& [name, value] : from) {
    const auto is_name = [&name = name](std::string_view one) {
      return signhook::detail::equal_without_case(name, one);
    };
    if (is_name(secret_header_) || std::any_of(others.begin(), others.end(), is_name)) {
      value.clear();
    }
  }
}
