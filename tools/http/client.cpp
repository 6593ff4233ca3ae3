// SPDX-License-Identifier: BSL-1.0
#include "http/client.hpp"

#include <algorithm>
#include <stdexcept>

http_url http_url::from(std::string_view text) {
  const std::size_t scheme = text.find("://");
  const std::string_view name = text.substr(0, std::min(scheme, text.size()));
  if (name != "http" && name != "https") {
    throw std::runtime_error("the address must begin with http:// or https://");
  }
  const std::size_t host = scheme + 3;
  const std::size_t end = std::min(text.find_first_of("/?#", host), text.size());
  const std::string_view authority = text.substr(host, end - host);
  if (authority.empty()) throw std::runtime_error("the address has no host");
  if (authority.find('@') != std::string_view::npos) {
    throw std::runtime_error("the address must not hold a user or a password");
  }
  const std::string_view rest = text.substr(end, text.find('#') - end);
  std::string target(1, '/');
  target += rest.substr(rest.starts_with('/') ? 1 : 0);
  return {std::string(text.substr(0, end)), target};
}

httplib::Client make_client(const http_url& to, const http_client_options& options) {
  httplib::Client made(to.server);
  if (!made.is_valid()) throw std::runtime_error("not an address: " + to.server);
  made.set_keep_alive(true);
  made.set_tcp_nodelay(true);
  made.set_connection_timeout(options.timeout);
  made.set_read_timeout(options.timeout);
  made.set_write_timeout(options.timeout);
  made.enable_server_certificate_verification(true);
  if (!options.ca_file.empty()) made.set_ca_cert_path(options.ca_file);
  return made;
}
