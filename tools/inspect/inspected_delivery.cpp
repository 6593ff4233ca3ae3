// SPDX-License-Identifier: BSL-1.0
#include "inspect/inspected_delivery.hpp"

#include "text/base64.hpp"
#include "text/json_text.hpp"
#include "text/latin1.hpp"
#include <signhook/detail/http/token.hpp>
#include <signhook/detail/text/utf8.hpp>
#include <signhook/encoder.hpp>
#include <signhook/error/message.hpp>

#include <algorithm>
#include <array>
#include <iterator>

namespace {

using signhook::detail::equal_without_case;

bool contains_without_case(std::string_view text, std::string_view part) {
  for (std::size_t i = 0; i + part.size() <= text.size(); ++i) {
    if (equal_without_case(text.substr(i, part.size()), part)) return true;
  }
  return false;
}

// A value that is hidden without need costs little.
bool speaks_of_credentials(std::string_view name) {
  constexpr std::array words = std::to_array<std::string_view>(
      {"auth", "cookie", "credential", "key", "pass", "secret", "session", "signature", "token"});
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return contains_without_case(name, word); });
}

bool is_hidden(const secret_rule& by, std::string_view name, std::string_view value) {
  return equal_without_case(name, by.header) || speaks_of_credentials(name) || by.is_secret(value);
}

std::string without_secrets(std::string_view target, const secret_rule& hidden) {
  const std::size_t query = std::min(target.find('?'), target.size());
  std::string made(target.substr(0, query));
  std::string_view rest = target.substr(query);
  while (!rest.empty()) {
    made += rest.front();  // '?' or '&'
    rest.remove_prefix(1);
    const std::string_view one = rest.substr(0, rest.find('&'));
    const std::size_t name = std::min(one.find('='), one.size());
    const std::string_view value = one.substr(std::min(name + 1, one.size()));
    made += one.substr(0, std::min(name + 1, one.size()));
    made += is_hidden(hidden, one.substr(0, name), value) ? "hidden" : value;
    rest.remove_prefix(one.size());
  }
  return made;
}

void write_headers(json_text_writer& to, const std::vector<inspected_delivery::header>& headers) {
  to.key("headers");
  to.begin_array();
  for (const auto& one : headers) {
    to.begin_array();
    to.string(one.name);
    if (one.value) {
      to.string(as_utf8(*one.value));
    } else {
      to.null();
    }
    to.end_array();
  }
  to.end_array();
}

void write_error(json_text_writer& to, const inspected_delivery::body_error& of) {
  to.key("error");
  to.begin_object();
  to.member("code", of.code);
  to.member("path", of.path);
  to.member("message", of.message);
  to.member("offset", of.offset);
  to.member("line", of.at.line);
  to.member("column", of.at.column);
  to.end_object();
}

}  // namespace

std::size_t inspected_delivery::bytes() const {
  std::size_t sum = sizeof *this + body.size() + target.size();
  for (const header& one : headers) {
    sum += sizeof one + one.name.size() + (one.value ? one.value->size() : 0);
  }
  return sum;
}

void inspected_delivery::set_error(const signhook::error& error_of_body) {
  const signhook::error_message text = message(error_of_body, body);
  error = body_error{name(error_of_body.code), error_of_body.path, std::string(text.view()),
                     error_of_body.offset, locate(body, error_of_body)};
}

inspected_delivery inspected(const http_request& request, const secret_rule& hidden) {
  inspected_delivery made;
  made.received = std::chrono::system_clock::now();
  made.remote = request.remote;
  made.method = request.method;
  made.target = without_secrets(request.target, hidden);
  for (const auto& [name, value] : request.headers) {
    made.headers.push_back(
        {name, is_hidden(hidden, name, value) ? std::nullopt : std::optional(value)});
  }
  made.body_bytes = request.body.size();
  made.body = request.body.substr(0, inspected_delivery::max_body_bytes);
  return made;
}

http_request request_of(const inspected_delivery& again, std::string_view secret_header,
                        const std::string& secret) {
  http_request made;
  made.begin = std::chrono::steady_clock::now();
  made.remote = "127.0.0.1";  // as the inspector listens there only
  made.method = again.method;
  made.target = again.target;
  for (const auto& one : again.headers) {
    const bool is_secret = equal_without_case(one.name, secret_header);
    made.headers.emplace_back(one.name, is_secret ? secret : one.value.value_or(""));
  }
  made.body = again.body;
  return made;
}

std::string to_json(const inspected_delivery& of) {
  return json_object([&](json_text_writer& to) {
    write_count(to, "number", of.number);
    if (of.again_of != 0) write_count(to, "again_of", of.again_of);
    to.member("received", time_text(of.received));
    write_decimal(to, "took_ms", std::chrono::duration<double, std::milli>(of.took).count(), 3);
    to.member("remote", of.remote);
    to.member("method", of.method);
    to.member("target", as_utf8(of.target));
    write_headers(to, of.headers);
    to.member("verdict", of.verdict);
    to.member("status", of.status);
    if (!of.reason.empty()) to.member("reason", of.reason);
    if (of.error) write_error(to, *of.error);
    if (of.event) {
      std::string event;
      signhook::encode_to(*of.event, std::back_inserter(event));
      to.key("event");
      to.raw(event);
    }
    to.member("repeatable", of.is_repeatable());
    to.member("arrived", of.has_arrived);
    to.member("body_bytes", of.body_bytes);
    if (signhook::detail::is_utf8(of.body)) {
      to.member("body", of.body);
    } else {
      to.member("body_base64", to_base64(of.body));
    }
  });
}
