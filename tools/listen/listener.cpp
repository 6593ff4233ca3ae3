// SPDX-License-Identifier: BSL-1.0
#include "listen/listener.hpp"

#include "http/content_coding.hpp"
#include "http/request_rules.hpp"
#include "http/server.hpp"
#include "inspect/inspector.hpp"
#include "listen/delivery_store.hpp"
#include "listen/forwarder.hpp"
#include "listen/inbox_store.hpp"
#include "listen/metrics.hpp"
#include "listen/request_entry.hpp"
#include "listen/request_store.hpp"
#include "system/inherited_socket.hpp"
#include "system/line_writer.hpp"
#include "system/open_files.hpp"
#include "system/report.hpp"
#include "system/signal_thread.hpp"
#include "text/json_text.hpp"
#include <signhook/detail/http/token.hpp>
#include <signhook/encoder.hpp>
#include <signhook/enumeration.hpp>
#include <signhook/format.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace {

constexpr std::size_t max_unprinted = std::size_t{64} << 20U;

// Returns whether only this machine can reach the address.
bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::string_view name_of(request_verdict verdict) { return signhook::name(verdict); }

bool is_conflict(const signhook::process_result& of) {
  return of.outcome == signhook::process_outcome::conflict;
}

std::string json_of(const delivery_store::received& of) {
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

std::string text_of(const delivery_store::received& of) {
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

http_response response_to(const delivery_store::received& of) {
  return {of.result.status, fmt::format("{}\n", name_of(of.verdict)), fields_for(of.result.status)};
}

// Returns limits with no more connections than this process may open files.
connection_limits within_open_files(connection_limits limits) {
  constexpr std::size_t others = 64;  // the archive, pipes, what the libraries open
  const std::size_t allowed = raise_open_files(limits.connections + others);
  if (allowed < limits.connections + others) {
    limits.connections = std::max(allowed, others + 1) - others;
    report("at most {} connections, as the limit on open files is {}", limits.connections, allowed);
  }
  return limits;
}

class listener final : private http_service {
 public:
  explicit listener(const listen_request& request)
      : request_(request),
        store_(make_store(request)),
        limits_(within_open_files(request.limits)),
        server_(limits_, *this) {
    if (!request.forward.to.empty()) forwarder_ = make_forwarder(request.forward);
    if (!request.certificate.empty()) server_.use_tls(request.certificate, request.key);
  }

  exit_code run() {
    const std::optional<int> inherited = inherited_socket();
    const int port =
        inherited ? server_.adopt(*inherited) : server_.bind(request_.host, request_.port);
    if (request_.inspect) start_inspector(port);
    bool is_well = false;
    {
      // Before it is announced, so that a signal that follows is not lost.
      const signal_thread on_stop({SIGTERM, SIGINT}, [this, is_first = true]() mutable {
        if (std::exchange(is_first, false)) stop();  // a second signal gives no more time
      });
      const signal_thread on_hangup({SIGHUP}, [this] { reload(); });
      announce(port);
      is_well = server_.run();
    }
    if (!is_well) report("the server stopped accepting connections");
    if (inspector_) inspector_->stop();  // before the forwarder, which may get what it repeats
    if (forwarder_ && !forwarder_->finish(last_)) {
      report("{} did not take all events: {} are left",
             request_.forward.is_url() ? "the target of --forward" : "the command",
             forwarder_->counted().lost);
      is_well = false;
    }
    if (!printer_.finish()) {
      const auto printed = printer_.counted();
      report("cannot write: {}: {} lines are not printed",
             std::generic_category().message(printed.error), printed.lost);
      is_well = false;
    }
    return is_well ? exit_code::accepted : exit_code::failed;
  }

 private:
  [[nodiscard]] static std::unique_ptr<delivery_store> make_store(const listen_request& request) {
    if (request.inbox) {
      return std::make_unique<inbox_store>(inbox_store_options{
          request.with.secret_header, request.with.secrets, request.with.policy, *request.inbox});
    }
    return std::make_unique<request_store>(request.with);
  }
  // Each is null where the other one keeps the requests.
  [[nodiscard]] request_store* in_file() const {
    return request_.inbox ? nullptr : static_cast<request_store*>(store_.get());
  }
  [[nodiscard]] const inbox_store* in_inbox() const {
    return request_.inbox ? static_cast<const inbox_store*>(store_.get()) : nullptr;
  }
  [[nodiscard]] bool is_kept() const {
    return in_inbox() != nullptr || in_file()->kept_in() != nullptr;
  }

  // Accepts the secrets that are in their files now, and those alone.
  void reload() {
    if (in_file() != nullptr) in_file()->reopen();
    try {
      const std::vector<std::string> secrets = request_.read_secrets();
      store_->secrets().accept(secrets);
      report("accepts {} {}", secrets.size(), secrets.size() == 1 ? "secret" : "secrets");
    } catch (const std::runtime_error& error) {
      report("accepts the secrets that it had: {}", error.what());
    }
  }

  // A load balancer that asks whether it is ready has the time of `drain` to send requests elsewhere.
  void stop() {
    is_draining_ = true;
    if (request_.drain.count() != 0) {
      report("not ready, stops in {} s", request_.drain.count());
      std::this_thread::sleep_for(request_.drain);
    }
    last_ = line_writer::clock::now() + limits_.grace;
    printer_.end_by(last_);
    server_.stop();
  }

  [[nodiscard]] std::string url_of(std::string_view host, int port) const {
    const bool is_v6 = host.find(':') != std::string::npos;
    return fmt::format("{}://{}{}{}:{}", request_.certificate.empty() ? "http" : "https",
                       is_v6 ? "[" : "", host, is_v6 ? "]" : "", port);
  }

  void start_inspector(int port) {
    // All addresses together are none to connect to.
    const std::string_view host = request_.host == "0.0.0.0" ? "127.0.0.1"
                                  : request_.host == "::"    ? "::1"
                                                             : std::string_view(request_.host);
    inspector_ = std::make_unique<inspector>(
        inspector::options{*request_.inspect, url_of(host, port), request_.with.secret_header},
        [this](const inspected_delivery& again, const http_reply& reply) {
          return repeat(again, reply);
        });
  }

  void announce(int port) const {
    if (inspector_) report("inspect deliveries at {}", inspector_->url());
    report("listening on {}", url_of(request_.host, port));
    if (in_inbox() != nullptr) return;
    const archive* const kept = in_file()->kept_in();
    if (kept == nullptr) {
      report("no --archive: requests are not kept");
      return;
    }
    const auto& found = in_file()->found_at_start();
    const auto& read = kept->read_at_start();
    const std::string files = read.rotated == 0 ? request_.with.archive
                                                : fmt::format("{} and {} rotated files",
                                                              request_.with.archive, read.rotated);
    if (read.bytes_read == read.bytes) {
      report("{} {} {} events and {} others", files, read.rotated == 0 ? "holds" : "hold",
             found.events, found.others);
    } else {
      const auto days = std::chrono::floor<std::chrono::days>(request_store::window);
      report("the last {} of {} bytes of {} hold {} events and {} others; {}", read.bytes_read,
             read.bytes, files, found.events, found.others,
             found.is_full ? "--remember has no room for more"
                           : fmt::format("what is before is older than {} days", days.count()));
    }
    if (found.damaged != 0) {
      report("{} lines are damaged and were left unchanged", found.damaged);
    }
    if (found.doubled != 0) {
      report("{} lines have an event that another line has too", found.doubled);
    }
    if (kept->was_torn()) {
      report("an incomplete line was quarantined in {}", kept->quarantine());
    }
  }

  std::optional<http_response> answer_head(const http_request& head) override {
    if (head.method == "GET" || head.method == "HEAD") {
      const std::string_view path = path_of(head.target);
      if (path == "/healthz") return healthz();
      if (path == "/readyz") return readyz();
      if (request_.metrics && path == "/metrics") return http_response{200, metrics_text()};
    }
    if (store_->secrets().is_authenticated(head.headers)) return std::nullopt;
    delivery_store::received of;
    of.verdict = request_verdict::unauthenticated;
    of.result.outcome = signhook::process_outcome::unauthenticated;
    of.result.status = store_->unauthenticated();
    if (inspector_) show(seen(head), of, head.begin);
    record(of, head.begin);
    return response_to(of);
  }

  void answer(http_request request, http_reply reply) override {
    receive(std::move(request), 0, std::move(reply));
  }

  // `again_of` is the number of the inspected delivery that is repeated, or 0.
  void receive(http_request request, std::uint64_t again_of, http_reply reply) {
    if (forwarder_ && !is_kept()) {
      if (const std::string_view why = forwarder_->trouble(); !why.empty()) {
        rejected({503, why}, request);
        return reply({503, fmt::format("{}\n", why)});
      }
    }
    const auto begin = request.begin;
    std::shared_ptr<inspected_delivery> to_show;
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
    if (inspector_) {
      to_show = std::make_shared<inspected_delivery>(seen(request));
      to_show->again_of = again_of;
      to_show->has_arrived = true;
    }
    store_->receive(entry_of(std::move(request)), found,
                    [this, begin, to_show = std::move(to_show),
                     reply = std::move(reply)](const delivery_store::received& of) {
                      if (to_show) show(std::move(*to_show), of, begin);
                      end(of, begin, reply);
                    });
  }

  // Delivers a request again with a secret that is accepted now, or returns why it does not.
  std::optional<std::string> repeat(const inspected_delivery& again, const http_reply& reply) {
    try {
      for (const std::string& secret : request_.read_secrets()) {
        http_request made = request_of(again, request_.with.secret_header, secret);
        if (!store_->secrets().is_authenticated(made.headers)) continue;
        receive(std::move(made), again.number, reply);
        return std::nullopt;
      }
      return "the secrets in the files are not accepted yet: send SIGHUP to signhook";
    } catch (const std::runtime_error& error) {
      return error.what();
    }
  }

  [[nodiscard]] inspected_delivery seen(const http_request& request) const {
    const std::string& header = request_.with.secret_header;
    return inspected(request,
                     {header, [this, &header](std::string_view value) {
                        return store_->secrets().is_authenticated({{header, std::string(value)}});
                      }});
  }

  void show(inspected_delivery what, const delivery_store::received& of,
            std::chrono::steady_clock::time_point begin) {
    const signhook::process_result& result = of.result;
    what.took = time_since(begin);
    what.verdict = name_of(of.verdict);
    what.status = result.status;
    if (result.fault != signhook::fault::none) what.reason = fmt::format("{}", result.fault);
    if (is_conflict(result)) what.reason = "conflict: another event had this id";
    if (of.verdict == request_verdict::unauthenticated) what.reason = "no accepted secret";
    if (result.error) what.set_error(*result.error);
    what.event = of.event;
    inspector_->push(std::move(what));
  }

  // Replies last: once all are answered the listener may end.
  void end(const delivery_store::received& of, std::chrono::steady_clock::time_point begin,
           const http_reply& reply) {
    if (forwarder_ && of.verdict == request_verdict::accepted) {
      forwarder_->push(*of.event, of.body);
    }
    if (request_.quiet || is_kept()) {
      record(of, begin);
      reply(response_to(of));
    } else {
      // Without an archive the printed line is the only record.
      record(of, begin, [reply, to_send = response_to(of)] { reply(to_send); });
    }
  }

  void rejected(const http_rejection& why, const http_request& request) override {
    const bool is_authenticated = store_->secrets().is_authenticated(request.headers);
    metrics_.add(why, time_since(request.begin));
    if (inspector_ && !request.method.empty()) {
      inspected_delivery what = seen(request);
      what.took = time_since(request.begin);
      what.verdict = name_of(request_verdict::rejected);
      what.status = why.status;
      what.reason = why.reason;
      inspector_->push(std::move(what));
    }
    if (request_.quiet) return;
    printer_.push(request_.json ? json_of(why, is_authenticated) : text_of(why, is_authenticated));
  }

  // Counts and prints an answer, and calls `printed` afterwards.
  void record(const delivery_store::received& of, std::chrono::steady_clock::time_point begin,
              std::function<void()> printed = {}) {
    metrics_.add(of, time_since(begin));
    if (request_.quiet) return;
    printer_.push(request_.json ? json_of(of) : text_of(of), std::move(printed));
  }

  [[nodiscard]] http_response healthz() const {
    // A restart heals no database.
    const std::string_view why = in_inbox() != nullptr ? std::string_view() : trouble();
    return why.empty() ? http_response{200, "ok\n"} : http_response{503, fmt::format("{}\n", why)};
  }

  [[nodiscard]] http_response readyz() const {
    const std::string_view why = is_draining_ ? "it stops" : trouble();
    return why.empty() ? http_response{200, "ready\n"}
                       : http_response{503, fmt::format("{}\n", why)};
  }

  [[nodiscard]] std::string_view trouble() const {
    const std::string_view why = store_->trouble();
    return why.empty() && forwarder_ ? forwarder_->trouble() : why;
  }

  [[nodiscard]] std::string metrics_text() const {
    std::string text = metrics_.text(server_.counted(), limits_, printer_.counted());
    text += in_inbox() != nullptr ? metrics::storing(*in_inbox()) : metrics::keeping(*in_file());
    if (forwarder_) text += metrics::forwarding(forwarder_->counted());
    return text;
  }

  const listen_request& request_;
  metrics metrics_;
  std::unique_ptr<forwarder> forwarder_;
  line_writer printer_{STDOUT_FILENO, max_unprinted};
  const std::unique_ptr<delivery_store> store_;
  std::atomic<bool> is_draining_ = false;
  const connection_limits limits_;
  line_writer::clock::time_point last_;  // for what waits when it stops
  http_server server_;
  std::unique_ptr<inspector> inspector_;
};

}  // namespace

exit_code listen(const listen_request& request) {
  const std::optional<int> inherited = inherited_socket();
  const bool is_near = inherited ? is_loopback_socket(*inherited) : is_loopback(request.host);
  if (request.certificate.empty() && !request.plain && !is_near) {
    throw std::runtime_error(
        "CM.com delivers to https only: expected --cert and --key, or --plain-http behind a proxy "
        "that terminates TLS");
  }
  return listener(request).run();
}
