// SPDX-License-Identifier: BSL-1.0
#include "http/client.hpp"

#include <httplib.h>

#include <algorithm>
#include <cstddef>
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
    throw std::runtime_error("the address must not contain a user or password");
  }
  const std::string_view rest = text.substr(end, text.find('#') - end);
  std::string target(1, '/');
  target += rest.substr(rest.starts_with('/') ? 1 : 0);
  return {std::string(text.substr(0, end)), target};
}

class http_client::implementation {
 public:
  implementation(const http_url& to, const http_client_options& options,
                 const http_headers& headers)
      : client_(to.server), headers_(headers.begin(), headers.end()) {
    if (!client_.is_valid()) throw std::runtime_error("invalid address: " + to.server);
    client_.set_keep_alive(true);
    client_.set_tcp_nodelay(true);
    client_.set_connection_timeout(options.timeout);
    client_.set_read_timeout(options.timeout);
    client_.set_write_timeout(options.timeout);
    client_.enable_server_certificate_verification(true);
    if (!options.ca_file.empty()) client_.set_ca_cert_path(options.ca_file);
  }

  http_answer send(std::string_view method, const std::string& target, const std::string& body) {
    const httplib::Result result = request(method, target, body);
    if (!result) return {0, {}, to_string(result.error())};
    return {result->status, result->body, {}};
  }

 private:
  httplib::Result request(std::string_view method, const std::string& target,
                          const std::string& body) {
    constexpr const char* json = "application/json";
    if (method == "POST") return client_.Post(target, headers_, body, json);
    if (method == "PUT") return client_.Put(target, headers_, body, json);
    if (method == "GET") return client_.Get(target, headers_);
    return client_.Delete(target, headers_);
  }

  httplib::Client client_;
  httplib::Headers headers_;
};

http_client::http_client(const http_url& to, const http_client_options& options,
                         const http_headers& headers)
    : implementation_(std::make_unique<implementation>(to, options, headers)) {}

http_client::~http_client() = default;

http_answer http_client::send(std::string_view method, const std::string& target,
                              const std::string& body) {
  return implementation_->send(method, target, body);
}
