// SPDX-License-Identifier: BSL-1.0
#include "http/url.hpp"

#include <signhook/detail/http/token.hpp>
#include <signhook/detail/http/uri.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <stdexcept>

namespace {

using signhook::detail::is_digit;
using signhook::detail::is_letter;

[[noreturn]] void reject(const char* why) { throw std::runtime_error(why); }

// Numbers are hosts only as four octets: inet_aton(3) would take 127.1 and 0x7f000001 for addresses too.
bool is_number(std::string_view label) {
  return is_digit(label.front()) &&
         (label.starts_with("0x") || label.starts_with("0X") ||
          std::all_of(label.begin(), label.end(), [](char c) { return is_digit(c); }));
}

bool is_address(int family, const std::string& text) {
  in6_addr address{};
  return inet_pton(family, text.c_str(), &address) == 1;
}

// RFC 1123, section 2.1, and underscores, which names inside of networks have.
bool is_label(std::string_view label) {
  const auto is_name = [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_'; };
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), is_name);
}

bool is_name(std::string_view host) {
  if (host.size() > 253) return false;
  std::string_view rest = host.ends_with('.') ? host.substr(0, host.size() - 1) : host;
  for (;;) {
    const std::string_view label = rest.substr(0, rest.find('.'));
    if (!is_label(label)) return false;
    if (label.size() == rest.size())
      return !is_number(label) || is_address(AF_INET, std::string(host));
    rest.remove_prefix(label.size() + 1);
  }
}

// An IP-literal without its brackets. A zone, which names an interface of this machine, follows %25
// (RFC 6874) or a bare percent sign, as curl takes it too.
bool is_literal(std::string_view text) {
  const std::size_t zone = std::min(text.find('%'), text.size());
  if (zone != text.size()) {
    std::string_view name = text.substr(zone + 1);
    if (name.size() > 2 && name.starts_with("25")) name.remove_prefix(2);
    if (name.empty() || !std::all_of(name.begin(), name.end(), signhook::detail::is_unreserved)) {
      return false;
    }
  }
  return is_address(AF_INET6, std::string(text.substr(0, zone)));
}

// No port is the scheme's default (RFC 3986, section 3.2.3). Port 0 is reserved (RFC 6335, section 6).
bool is_port(std::string_view digits) {
  if (digits.empty()) return true;
  std::uint16_t port = 0;
  const char* const end = digits.data() + digits.size();
  const auto [after, error] = std::from_chars(digits.data(), end, port);
  return error == std::errc() && after == end && port != 0;
}

void check_authority(std::string_view authority) {
  if (authority.find('@') != std::string_view::npos) {
    reject("the address must not contain a user or password");
  }
  std::size_t host_end = authority.find(':');
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos || !is_literal(authority.substr(1, close - 1))) {
      reject("the address has a host in brackets that is not an IPv6 address");
    }
    host_end = close + 1;
  } else {
    const std::string_view host = authority.substr(0, host_end);
    if (host.empty()) reject("the address has no host");
    if (!is_name(host)) reject("the address has a host that is neither a name nor an IP address");
  }
  const std::string_view rest = authority.substr(std::min(host_end, authority.size()));
  if (rest.empty()) return;
  if (!rest.starts_with(':') || !is_port(rest.substr(1))) {
    reject("the address has a port that is not a number from 1 to 65535");
  }
}

}  // namespace

http_url http_url::from(std::string_view text) {
  const std::size_t scheme = text.find("://");
  const std::string_view name = text.substr(0, std::min(scheme, text.size()));
  using signhook::detail::equal_without_case;
  if (scheme == std::string_view::npos ||
      (!equal_without_case(name, "http") && !equal_without_case(name, "https"))) {
    reject("the address must begin with http:// or https://");
  }
  const std::size_t host = scheme + 3;
  const std::size_t end = std::min(text.find_first_of("/?#", host), text.size());
  check_authority(text.substr(host, end - host));
  // A fragment is never sent (RFC 9110, section 7.1).
  const std::string_view rest = text.substr(end, std::min(text.find('#', end), text.size()) - end);
  if (!std::all_of(rest.begin(), rest.end(), [](char c) { return c > ' ' && c < '\x7f'; })) {
    reject("the address contains a space or another character that must be percent-encoded");
  }
  std::string target(rest.starts_with('/') ? "" : "/");
  target += rest;
  return {std::string(text.substr(0, end)), target};
}

std::string http_url::below(std::string_view path) const {
  if (target.find('?') != std::string::npos) reject("the base address must not have a query");
  std::string_view base = target;
  while (base.ends_with('/')) base.remove_suffix(1);
  return std::string(base).append(path);
}
