// SPDX-License-Identifier: BSL-1.0
#include "listen/listener.hpp"

#include "http/server.hpp"
#include "listen/forwarder.hpp"
#include "listen/metrics.hpp"
#include "listen/request_entry.hpp"
#include "system/output.hpp"
#include "system/stop_signal.hpp"
#include "text/json_text.hpp"
#include <signhook/detail/text/enumerators.hpp>
#include <signhook/encoder.hpp>
#include <signhook/format.hpp>

#include <fmt/format.h>

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

std::string_view name_of(request_verdict verdict) {
  return signhook::detail::enumerator_names<request_verdict>[static_cast<std::size_t>(verdict)];
}

std::string json_of(const intake::taken& taken) {
  const signhook::process_result& result = taken.result;
  std::string text;
  const auto out = std::back_inserter(text);
  fmt::format_to(out, R"({{"verdict":"{}","status":{})", name_of(taken.verdict), result.status);
  if (result.fault != signhook::fault::none) {
    fmt::format_to(out, R"(,"fault":"{}")", result.fault);
  }
  if (result.error) {
    fmt::format_to(out, R"(,"error":{{"code":"{}","offset":{},"path":)", name(result.error->code),
                   result.error->offset);
    write_json_string(text, result.error->path);
    text += '}';
  }
  if (taken.event) {
    text += R"(,"event":)";
    signhook::encode_to(*taken.event, out);
  }
  text += '}';
  return text;
}

std::string text_of(const intake::taken& taken) {
  const signhook::process_result& result = taken.result;
  std::string text = fmt::format("{}, answered {}", name_of(taken.verdict), result.status);
  const auto out = std::back_inserter(text);
  if (result.fault != signhook::fault::none) fmt::format_to(out, ": {}", result.fault);
  if (result.error) fmt::format_to(out, ": {}", *result.error);
  if (taken.event) fmt::format_to(out, ": {}", *taken.event);
  return text;
}

class listener {
 public:
  explicit listener(const listen_request& request)
      : request_(request),
        intake_(request.with),
        server_(request.limits, [this](http_request one) { return answer(std::move(one)); }) {
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
    const archive* const kept = intake_.kept_in();
    if (kept == nullptr) {
      fmt::print(stderr, "signhook: no --archive: requests are not kept\n");
      return;
    }
    const auto& found = intake_.found_at_start();
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

  http_response answer(http_request request) {
    if (request.method == "GET" || request.method == "HEAD") {
      if (request.target == "/healthz") return healthz();
      if (request_.metrics && request.target == "/metrics") return {200, metrics_.text(intake_)};
    }
    const intake::taken taken = intake_.take(entry_of(std::move(request)));
    metrics_.add(taken);
    if (forwarder_ && taken.verdict == request_verdict::accepted) {
      std::string line;
      signhook::encode_to(*taken.event, std::back_inserter(line));
      forwarder_->push(std::move(line));
    }
    if (!request_.quiet) print(taken);
    return {taken.result.status, fmt::format("{}\n", name_of(taken.verdict))};
  }

  [[nodiscard]] http_response healthz() const {
    const bool is_well = intake_.kept_in() == nullptr || intake_.kept_in()->is_working();
    return is_well ? http_response{200, "ok\n"}
                   : http_response{503, "the archive cannot be written\n"};
  }

  void print(const intake::taken& taken) {
    const std::string line = request_.json ? json_of(taken) : text_of(taken);
    const std::lock_guard lock(printing_);
    out_.line(line);
    out_.flush();
  }

  const listen_request& request_;
  intake intake_;
  metrics metrics_;
  std::optional<forwarder> forwarder_;
  std::mutex printing_;
  output out_;
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
