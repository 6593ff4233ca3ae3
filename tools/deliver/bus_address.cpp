// SPDX-License-Identifier: BSL-1.0
#include "deliver/bus_address.hpp"

#include <signhook/detail/http/token.hpp>
#include <signhook/detail/http/uri.hpp>
#include <signhook/detail/text/hex.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <stdexcept>

namespace {

using signhook::detail::equal_without_case;
using signhook::detail::hex_value;
using signhook::detail::is_digit;
using signhook::detail::is_letter;

constexpr std::size_t max_short_string = 255;  // AMQP 0-9-1, section 4.2.5.3

[[noreturn]] void reject_address(const char* why) { throw std::runtime_error(why); }

std::string_view scheme_of(std::string_view text) {
  const std::size_t end = text.find("://");
  return end == std::string_view::npos ? std::string_view() : text.substr(0, end);
}

// Takes the text up to the first of `marks` off, and the mark too if `with_mark`.
std::string_view take_until(std::string_view& text, std::string_view marks, bool with_mark) {
  const std::size_t end = std::min(text.find_first_of(marks), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(with_mark ? std::min(end + 1, text.size()) : end);
  return taken;
}

// RFC 3986, section 2.1.
std::string percent_decoded(std::string_view text) {
  std::string made;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      made += text[i];
      continue;
    }
    const bool is_whole = i + 2 < text.size();
    const unsigned high = is_whole ? hex_value(text[i + 1]) : 0xffU;
    const unsigned low = is_whole ? hex_value(text[i + 2]) : 0xffU;
    if (high > 0x0f || low > 0x0f) {
      reject_address("the address has a percent sign without two hexadecimal digits");
    }
    // The client library takes C strings.
    if (high + low == 0) reject_address("the address has a character of the value 0");
    made += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return made;
}

std::string short_string(std::string_view text) {
  std::string made = percent_decoded(text);
  if (made.size() > max_short_string)
    reject_address("the address has a name of more than 255 bytes");
  return made;
}

// Returns nothing where it is empty.
std::optional<int> port_of(std::string_view digits) {
  if (digits.empty()) return std::nullopt;
  int port = 0;
  const char* const end = digits.data() + digits.size();
  const auto [after, error] = std::from_chars(digits.data(), end, port);
  if (error != std::errc() || after != end || port < 1 || port > 65535) {
    reject_address("the address has a port that is not a number from 1 to 65535");
  }
  return port;
}

struct broker_address {
  std::string_view host;  // without the brackets of an IPv6 address
  std::optional<int> port;
};

broker_address parse_server(std::string_view text) {
  broker_address made;
  std::string_view rest = text;
  if (text.starts_with('[')) {
    rest.remove_prefix(1);
    made.host = take_until(rest, "]", false);
    if (rest.empty()) reject_address("the address has a bracket that is not closed");
    rest.remove_prefix(1);
  } else {
    made.host = take_until(rest, ":", false);
  }
  if (made.host.empty()) reject_address("the address has no host");
  const bool is_plain = std::all_of(made.host.begin(), made.host.end(),
                                    [](char c) { return c > ' ' && c < '\x7f' && c != '@'; });
  if (!is_plain || (!rest.empty() && rest.front() != ':')) {
    reject_address("the address has a host that is neither a name nor an IP address");
  }
  made.port = port_of(rest.empty() ? rest : rest.substr(1));
  return made;
}

}  // namespace

address_kind kind_of(std::string_view address) {
  const std::string_view scheme = scheme_of(address);
  if (equal_without_case(scheme, "amqp") || equal_without_case(scheme, "amqps")) {
    return address_kind::amqp;
  }
  return equal_without_case(scheme, "kafka") ? address_kind::kafka : address_kind::http;
}

amqp_address amqp_address::parse(std::string_view text) {
  if (kind_of(text) != address_kind::amqp) {
    reject_address("the address must begin with amqp:// or amqps://");
  }
  amqp_address made;
  made.is_secure = equal_without_case(scheme_of(text), "amqps");
  std::string_view rest = text.substr(text.find("://") + 3);
  std::string_view authority = take_until(rest, "/?#", false);
  const std::size_t at = authority.rfind('@');
  if (at != std::string_view::npos) {
    std::string_view user = authority.substr(0, at);
    authority.remove_prefix(at + 1);
    const bool has_password = user.find(':') != std::string_view::npos;
    made.user = short_string(take_until(user, ":", true));
    if (has_password) made.password = percent_decoded(user);
  }
  const broker_address server = parse_server(authority);
  made.host = server.host;
  made.port = server.port.value_or(made.is_secure ? 5671 : 5672);
  const std::string_view path = take_until(rest, "?#", false);
  if (path.size() > 1) made.vhost = short_string(path.substr(1));
  if (rest.find('#') != std::string_view::npos) reject_address("the address has a fragment");
  if (!rest.empty()) rest.remove_prefix(1);
  while (!rest.empty()) {
    std::string_view value = take_until(rest, "&", true);
    const std::string_view name = take_until(value, "=", true);
    if (name == "exchange") {
      made.exchange = short_string(value);
    } else if (name == "routing_key") {
      made.routing_key = short_string(value);
    } else {
      reject_address("the address has a parameter that is neither exchange nor routing_key");
    }
  }
  if (made.exchange.empty() && made.routing_key.empty()) {
    reject_address(
        "the address must name where messages go: ?exchange=NAME, or ?routing_key=QUEUE for a "
        "queue of "
        "that name");
  }
  return made;
}

kafka_address kafka_address::parse(std::string_view text) {
  constexpr std::size_t max_topic = 249;  // Kafka's Topic.java
  if (kind_of(text) != address_kind::kafka) reject_address("the address must begin with kafka://");
  std::string_view rest = text.substr(text.find("://") + 3);
  std::string_view servers = take_until(rest, "/", true);
  kafka_address made{std::string(servers), std::string(rest)};
  for (bool is_last = false; !is_last;) {
    is_last = servers.find(',') == std::string_view::npos;
    static_cast<void>(parse_server(take_until(servers, ",", true)));
  }
  const auto is_named = [](char c) {
    return is_letter(c) || is_digit(c) || c == '.' || c == '_' || c == '-';
  };
  if (rest.empty() || rest.size() > max_topic || rest == "." || rest == ".." ||
      !std::all_of(rest.begin(), rest.end(), is_named)) {
    reject_address("the address must end with the name of a topic: kafka://HOST:PORT/TOPIC");
  }
  return made;
}
