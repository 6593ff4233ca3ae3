// SPDX-License-Identifier: BSL-1.0
#include "listen/listener.hpp"

#include "http/content_coding.hpp"
#include "http/request_rules.hpp"
#include "http/server.hpp"
#include "listen/forwarder.hpp"
#include "listen/metrics.hpp"
#include "listen/request_entry.hpp"
#include "system/open_files.hpp"
#include "system/output.hpp"
#include "system/stop_signal.hpp"
#include "text/json_text.hpp"
#include <signhook/detail/http/token.hpp>
#include <signhook/encoder.hpp>
#include <signhook/enumeration.hpp>
#include <signhook/format.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace {

// Returns whether only this machine can reach the address.
bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::string_view name_of(request_verdict verdict) { return signhook::name(verdict); }

bool is_conflict(const signhook::process_result& of) {
  return of.outcome == signhook::process_outcome::conflict;
}

std::string json_of(const request_store::received& of) {
  const signhook::process_result& result = of.result;
  return json_object([&](json_text_writer& to) {
    to.member("verdict", name_of(of.verdict));
    to.member("status", result.status);
    if (result.fault != signhook::fault::none) to.member("fault", fmt::format("{}", result.fault));
    if (is_conflict(result)) to.member("reason", "conflict");
    if (result.error) {
      to.key("error");
      to.begin_object();
      to.member("code", name(result.error->code));
      to.member("offset", result.error->offset);
      to.member("path", result.error->path);
      to.end_object();
    }
    if (of.event) {
      std::string event;
      signhook::encode_to(*of.event, std::back_inserter(event));
      to.key("event");
      to.raw(event);
    }
  });
}

std::string text_of(const request_store::received& of) {
  const signhook::process_result& result = of.result;
  std::string text = fmt::format("{}, answered {}", name_of(of.verdict), result.status);
  const auto out = std::back_inserter(text);
  if (result.fault != signhook::fault::none) fmt::format_to(out, ": {}", result.fault);
  if (is_conflict(result)) fmt::format_to(out, ": conflict, another event had this id");
  if (result.error) fmt::format_to(out, ": {}", *result.error);
  if (of.event) fmt::format_to(out, ": {}", *of.event);
  return text;
}

std::string json_of(const http_rejection& why, bool is_authenticated) {
  return json_object([&](json_text_writer& to) {
    to.member("verdict", name_of(request_verdict::rejected));
    to.member("status", why.status);
    to.member("reason", why.reason);
    to.key("authenticated");
    to.raw(is_authenticated ? "true" : "false");
  });
}

std::string text_of(const http_rejection& why, bool is_authenticated) {
  return fmt::format("rejected, answered {}: {}{}", why.status, why.reason,
                     is_authenticated ? ", with the secret" : "");
}

// Returns the fields that RFC 9110 wants with a status (sections 15.5.2, 15.5.6 and 12.5.3).
http_headers fields_for(int status) {
  switch (status) {
    case 401: return {{"WWW-Authenticate", "Secret realm=\"webhooks\""}};
    case 405: return {{"Allow", "POST"}};
    case 415: return {{"Accept-Encoding", "gzip"}};
    default: return {};
  }
}

std::chrono::nanoseconds time_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::steady_clock::now() - begin;
}

http_response response_to(const request_store::received& of) {
  return {of.result.status, fmt::format("{}\n", name_of(of.verdict)), fields_for(of.result.status)};
}

// Returns limits with no more connections than this process may open files.
connection_limits within_open_files(connection_limits limits) {
  constexpr std::size_t others = 64;  // the archive, pipes, what the libraries open
  const std::size_t allowed = raise_open_files(limits.connections + others);
  if (allowed < limits.connections + others) {
    limits.connections = std::max(allowed, others + 1) - others;
    fmt::print(stderr, "signhook: at most {} connections, as the limit on open files is {}\n",
               limits.connections, allowed);
  }
  return limits;
}

class listener final : private http_service {
 public:
  explicit listener(const listen_request& request)
      : request_(request),
        store_(request.with),
        limits_(within_open_files(request.limits)),
        server_(limits_, *this) {
    if (!request.forward.empty()) forwarder_.emplace(request.forward);
    if (!request.certificate.empty()) server_.use_tls(request.certificate, request.key);
  }

  exit_code run() {
    const int port = server_.bind(request_.host, request_.port);
    announce(port);
    bool is_well = false;
    {
      const stop_signal on_signal([this] { server_.stop(); });
      is_well = server_.run();
    }
    if (!is_well) fmt::print(stderr, "signhook: the server stopped accepting connections\n");
    if (forwarder_ && !forwarder_->finish()) {
      fmt::print(stderr, "signhook: the command did not take all events\n");
      is_well = false;
    }
    return out_.finish() && is_well ? exit_code::accepted : exit_code::failed;
  }

 private:
  void announce(int port) const {
    const bool has_tls = !request_.certificate.empty();
    const bool is_v6 = request_.host.find(':') != std::string::npos;
    fmt::print(stderr, "signhook: listening on {}://{}{}{}:{}\n", has_tls ? "https" : "http",
               is_v6 ? "[" : "", request_.host, is_v6 ? "]" : "", port);
    const archive* const kept = store_.kept_in();
    if (kept == nullptr) {
      fmt::print(stderr, "signhook: no --archive: requests are not kept\n");
      return;
    }
    const auto& found = store_.found_at_start();
    fmt::print(stderr, "signhook: {} holds {} events and {} others\n", request_.with.archive,
               found.events, found.others);
    if (found.damaged != 0) {
      fmt::print(stderr, "signhook: {} lines are damaged and were left unchanged\n", found.damaged);
    }
    if (kept->was_torn()) {
      fmt::print(stderr, "signhook: an incomplete line was quarantined in {}\n",
                 kept->quarantine());
    }
  }

  std::optional<http_response> answer_head(const http_request& head) override {
    if (head.method == "GET" || head.method == "HEAD") {
      const std::string_view path = path_of(head.target);
      if (path == "/healthz") return healthz();
      if (request_.metrics && path == "/metrics")
        return http_response{200, metrics_.text(store_, server_.counted(), limits_)};
    }
    if (store_.is_authenticated(head.headers)) return std::nullopt;
    request_store::received of;
    of.verdict = request_verdict::unauthenticated;
    of.result.outcome = signhook::process_outcome::unauthenticated;
    of.result.status = store_.unauthenticated();
    record(of, head.begin);
    return response_to(of);
  }

  void answer(http_request request, http_reply reply) override {
    const auto begin = request.begin;
    signhook::fault found = signhook::fault::none;
    auto decoded = decode_content(request.headers, request.body, request_.limits.body_bytes);
    if (decoded.as == decoded_as::content) {
      request.body = std::move(decoded.body);
      // It describes a body that is not kept.
      std::erase_if(request.headers, [](const auto& field) {
        return signhook::detail::equal_without_case(field.first, "content-encoding");
      });
    } else if (decoded.as == decoded_as::too_large) {
      found = signhook::fault::size;
    }
    store_.receive(entry_of(std::move(request)), found,
                   [this, begin, reply = std::move(reply)](const request_store::received& of) {
                     if (forwarder_ && of.verdict == request_verdict::accepted) forward(*of.event);
                     record(of, begin);
                     reply(response_to(of));
                   });
  }

  void rejected(const http_rejection& why, const http_request& request) override {
    const bool is_authenticated = store_.is_authenticated(request.headers);
    metrics_.add(why, time_since(request.begin));
    if (request_.quiet) return;
    print(request_.json ? json_of(why, is_authenticated) : text_of(why, is_authenticated));
  }

  void forward(const signhook::event& event) {
    std::string line;
    signhook::encode_to(event, std::back_inserter(line));
    forwarder_->push(std::move(line));
  }

  void record(const request_store::received& of, std::chrono::steady_clock::time_point begin) {
    metrics_.add(of, time_since(begin));
    if (!request_.quiet) print(request_.json ? json_of(of) : text_of(of));
  }

  [[nodiscard]] http_response healthz() const {
    const bool is_well = store_.kept_in() == nullptr || store_.kept_in()->is_working();
    return is_well ? http_response{200, "ok\n"}
                   : http_response{503, "the archive cannot be written\n"};
  }

  void print(const std::string& line) {
    const std::lock_guard lock(printing_);
    out_.line(line);
    out_.flush();
  }

  const listen_request& request_;
  metrics metrics_;
  std::optional<forwarder> forwarder_;
  std::mutex printing_;
  output out_;
  request_store store_;
  const connection_limits limits_;
  http_server server_;
};

}  // namespace

exit_code listen(const listen_request& request) {
  if (request.certificate.empty() && !request.plain && !is_loopback(request.host)) {
    throw std::runtime_error(
        "CM.com delivers to https only: expected --cert and --key, or --plain-http behind a proxy "
        "that terminates TLS");
  }
  return listener(request).run();
}
