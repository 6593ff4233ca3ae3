// SPDX-License-Identifier: BSL-1.0
#include "inspect/inspector.hpp"

#include "http/field_lists.hpp"
#include "http/request_rules.hpp"
#include "inspect/assets.hpp"
#include "text/json_text.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace {

constexpr std::string_view again_path = "again/";

connection_limits limits_of_inspector() {
  connection_limits made;
  made.connections = 64;
  made.header_bytes = std::size_t{8} * 1024;
  made.body_bytes = 1024;
  made.idle = std::chrono::seconds(15);
  made.grace = std::chrono::seconds(1);
  return made;
}

std::string random_token() {
  std::array<unsigned char, 24> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw std::runtime_error("no random bytes for the token of the inspector");
  }
  std::string made;
  for (const unsigned char byte : bytes) fmt::format_to(std::back_inserter(made), "{:02x}", byte);
  return made;
}

std::string first_event(const inspector::options& of) {
  return fmt::format("retry: 1000\nevent: hello\ndata: {}\n\n",
                     json_object([&](json_text_writer& to) {
                       to.member("listens_on", of.listens_on);
                       to.member("secret_header", of.secret_header);
                       to.member("max_deliveries", delivery_log::max_deliveries);
                     }));
}

// A name that somebody else's server has may lead here, too (DNS rebinding), but a browser says which it asked for.
bool is_host_of_loopback(std::string_view host) {
  const std::size_t colon = host.rfind(':');
  const bool has_port = colon != std::string_view::npos && !host.ends_with(']');
  const std::string_view name = has_port ? host.substr(0, colon) : host;
  return name == "127.0.0.1" || name == "localhost" || name == "[::1]";
}

// Only a page of this server may change something, should its address become known.
bool is_from_own_page(const http_headers& headers) {
  if (const std::string_view origin = first_value(headers, "origin"); !origin.empty()) {
    if (origin != fmt::format("http://{}", first_value(headers, "host"))) return false;
  }
  const std::string_view site = first_value(headers, "sec-fetch-site");
  return site.empty() || site == "same-origin";
}

http_response secured(http_response made) {
  const http_headers fields = {
      {"Cache-Control", "no-store"},
      {"Content-Security-Policy",
       "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
       "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
       "require-trusted-types-for 'script'; trusted-types 'none'"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Referrer-Policy", "no-referrer"},
      {"X-Content-Type-Options", "nosniff"},
      {"X-Frame-Options", "DENY"},
  };
  made.headers.insert(made.headers.end(), fields.begin(), fields.end());
  return made;
}

http_response failure(int status, std::string_view why) {
  return {status, fmt::format("{}\n", why)};
}

std::string type_of_asset(std::string_view name) {
  if (name.ends_with(".html")) return "text/html; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  return "image/svg+xml";
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t made = 0;
  const char* const end = text.data() + text.size();
  const auto [last, failed] = std::from_chars(text.data(), end, made);
  return failed == std::errc() && last == end ? std::optional(made) : std::nullopt;
}

}  // namespace

inspector::inspector(const options& of, repeater repeat)
    : token_(random_token()),
      first_event_(first_event(of)),
      repeat_(std::move(repeat)),
      server_(limits_of_inspector(), *this),
      port_(server_.bind("127.0.0.1", of.port)) {
  serving_ = std::thread([this] { static_cast<void>(server_.run()); });
}

inspector::~inspector() { stop(); }

void inspector::stop() {
  if (!serving_.joinable()) return;
  server_.stop();
  serving_.join();
}

std::string inspector::url() const { return fmt::format("http://127.0.0.1:{}/{}/", port_, token_); }

std::optional<http_response> inspector::answer_head(const http_request& head) {
  if (!head.target.starts_with('/') || !is_host_of_loopback(first_value(head.headers, "host"))) {
    return secured(failure(421, "this server is 127.0.0.1 only"));
  }
  std::string_view path = path_of(head.target).substr(1);
  const std::string_view token = path.substr(0, path.find('/'));
  if (token.size() != token_.size() ||
      CRYPTO_memcmp(token.data(), token_.data(), token.size()) != 0) {
    return secured(failure(403, "open the address that 'signhook listen' printed at its start"));
  }
  path.remove_prefix(token.size());
  if (path.empty()) return secured({308, "\n", {{"Location", fmt::format("/{}/", token_)}}});
  path.remove_prefix(1);
  if (path.starts_with(again_path)) {
    if (head.method != "POST") return secured({405, "\n", {{"Allow", "POST"}}});
    if (!is_from_own_page(head.headers)) return secured(failure(403, "from another page"));
    return std::nullopt;
  }
  if (head.method != "GET" && head.method != "HEAD") {
    return secured({405, "\n", {{"Allow", "GET, HEAD"}}});
  }
  return secured(get(head, path.empty() ? "index.html" : path));
}

http_response inspector::get(const http_request& head, std::string_view name) const {
  if (name == "stream") return stream_of(head);
  for (const asset& one : inspect_assets()) {
    if (name == one.name) return {200, std::string(one.text), {}, type_of_asset(name)};
  }
  return failure(404, "not found");
}

http_response inspector::stream_of(const http_request& head) const {
  const auto last = parse_number(first_value(head.headers, "last-event-id"));
  auto stream = log_->open_stream(first_event_, last.value_or(0));
  if (!stream) return failure(503, "too many pages are open");
  return {200, "", {}, "text/event-stream", std::move(stream)};
}

void inspector::answer(http_request request, http_reply reply) {
  const std::string_view path = path_of(request.target);
  const auto number = parse_number(path.substr(path.rfind('/') + 1));
  const auto again = number ? log_->find(*number) : nullptr;
  if (!again) return reply(secured(failure(404, "this delivery is forgotten")));
  if (!again->is_repeatable()) {
    return reply(secured(failure(409, "the body of this delivery is not known completely")));
  }
  const auto why_not = repeat_(*again, [reply](const http_response& of) {
    reply(secured({200,
                   json_object([&](json_text_writer& to) {
                     to.member("status", of.status);
                     to.member("answer", of.text);
                   }),
                   {},
                   "application/json"}));
  });
  if (why_not) reply(secured(failure(409, *why_not)));
}

void inspector::rejected(const http_rejection&, const http_request&) {}
