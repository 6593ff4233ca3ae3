// SPDX-License-Identifier: BSL-1.0
#include "http/request_rules.hpp"

#include "http/field_lists.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>

namespace {

using signhook::detail::equal_without_case;
using signhook::detail::is_digit;
using signhook::detail::is_letter;

bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// RFC 3986, section 3.2.2: unreserved characters, sub-delimiters and percent-encoded bytes.
bool is_registered_name(std::string_view text) {
  constexpr std::string_view others = "-._~!$&'()*+,;=";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_letter(c) || is_digit(c) || others.find(c) != std::string_view::npos) continue;
    if (c != '%' || i + 2 >= text.size()) return false;
    if (!is_hex_digit(text[i + 1]) || !is_hex_digit(text[i + 2])) return false;
    i += 2;
  }
  return true;
}

bool is_literal_address(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == ':' || c == '.';
  });
}

struct host_and_port {
  std::string_view host;
  std::string_view port;
};

// RFC 9110, section 7.2: Host = uri-host [ ":" port ]
std::optional<host_and_port> split_host(std::string_view text) {
  host_and_port made;
  std::size_t end = 0;
  if (text.starts_with('[')) {
    end = text.find(']');
    if (end == std::string_view::npos || !is_literal_address(text.substr(1, end - 1))) {
      return std::nullopt;
    }
    ++end;
  } else {
    end = std::min(text.find(':'), text.size());
    if (!is_registered_name(text.substr(0, end))) return std::nullopt;
  }
  made.host = text.substr(0, end);
  if (end == text.size()) return made;
  made.port = text.substr(end + 1);
  const bool is_port =
      text[end] == ':' && std::all_of(made.port.begin(), made.port.end(), is_digit);
  return is_port ? std::optional(made) : std::nullopt;
}

// Returns the part of an absolute target after the scheme and "//"; empty if it is not one.
std::string_view after_scheme(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (equal_without_case(target.substr(0, scheme.size()), scheme)) {
      return target.substr(scheme.size());
    }
  }
  return {};
}

// RFC 9112, section 3.2.
bool is_target_of(std::string_view method, std::string_view target) {
  if (method == "CONNECT") {
    const auto to = split_host(target);
    return to && !to->host.empty() && !to->port.empty();
  }
  if (target.starts_with('/')) return true;
  if (target == "*") return method == "OPTIONS";
  const std::string_view rest = after_scheme(target);
  const auto to = split_host(rest.substr(0, rest.find_first_of("/?")));
  return to &&
         !to->host.empty();  // an http URI without a host is invalid (RFC 9110, section 4.2.1)
}

std::optional<http_rejection> check_host(const request_head& head) {
  const std::size_t count = count_fields(head.headers, "host");
  if (count == 0 && head.minor_version >= 1) return http_rejection{400, "no Host"};
  if (count > 1) return http_rejection{400, "more than one Host"};
  if (!split_host(first_value(head.headers, "host"))) return http_rejection{400, "invalid Host"};
  return std::nullopt;
}

// RFC 9112, sections 6.1 and 7.1.
std::optional<http_rejection> check_transfer_coding(const request_head& head) {
  if (head.minor_version == 0) return http_rejection{400, "Transfer-Encoding in HTTP/1.0"};
  if (count_fields(head.headers, "content-length") != 0) {
    return http_rejection{400, "Content-Length and Transfer-Encoding"};
  }
  std::size_t codings = 0;
  std::size_t chunked = 0;
  bool ends_chunked = false;
  for_each_element(head.headers, "transfer-encoding", [&](std::string_view coding) {
    ++codings;
    ends_chunked = equal_without_case(coding, "chunked");
    chunked += ends_chunked ? 1U : 0U;
  });
  if (!ends_chunked || chunked > 1) return http_rejection{400, "invalid Transfer-Encoding"};
  if (codings > 1) return http_rejection{501, "unknown Transfer-Encoding"};
  return std::nullopt;
}

// RFC 9112, section 6.3. A list of equal lengths may be rejected, too (RFC 9110, section 8.6).
signhook::result<std::uint64_t, http_rejection> content_length(const http_headers& headers) {
  const std::size_t count = count_fields(headers, "content-length");
  if (count == 0) return std::uint64_t{0};
  if (count > 1) return signhook::unexpected(http_rejection{400, "more than one Content-Length"});
  const std::string_view text = first_value(headers, "content-length");
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) {
    return signhook::unexpected(http_rejection{400, "invalid Content-Length"});
  }
  std::uint64_t made = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), made).ec != std::errc()) {
    return signhook::unexpected(http_rejection{413, "body too large"});
  }
  return made;
}

bool has_option(const http_headers& headers, std::string_view option) {
  bool found = false;
  for_each_element(headers, "connection",
                   [&](std::string_view one) { found = found || equal_without_case(one, option); });
  return found;
}

}  // namespace

signhook::result<request_plan, http_rejection> plan_of(const request_head& head) {
  if (!is_target_of(head.method, head.target)) {
    return signhook::unexpected(http_rejection{400, "invalid target"});
  }
  if (const auto wrong = check_host(head)) return signhook::unexpected(*wrong);
  request_plan made;
  made.is_chunked = count_fields(head.headers, "transfer-encoding") != 0;
  if (made.is_chunked) {
    if (const auto wrong = check_transfer_coding(head)) return signhook::unexpected(*wrong);
  } else {
    const auto length = content_length(head.headers);
    if (!length) return signhook::unexpected(length.error());
    made.content_length = *length;
  }
  made.keeps_alive = !has_option(head.headers, "close") &&
                     (head.minor_version >= 1 || has_option(head.headers, "keep-alive"));
  std::optional<http_rejection> unmet;
  for_each_element(head.headers, "expect", [&](std::string_view expectation) {
    if (head.minor_version == 0) return;  // ignored (RFC 9110, section 10.1.1)
    if (equal_without_case(expectation, "100-continue")) {
      made.expects_continue = made.has_body();
    } else {
      unmet = http_rejection{417, "unknown expectation"};
    }
  });
  if (unmet) return signhook::unexpected(*unmet);
  // A 2xx would make the connection a tunnel (RFC 9110, section 9.3.6).
  if (head.method == "CONNECT") {
    return signhook::unexpected(http_rejection{501, "CONNECT is not supported"});
  }
  return made;
}

std::string_view path_of(std::string_view target) {
  const std::string_view rest = after_scheme(target);
  if (!rest.empty()) target = rest.substr(std::min(rest.find_first_of("/?"), rest.size()));
  target = target.substr(0, target.find('?'));
  return target.empty() ? "/" : target;
}
