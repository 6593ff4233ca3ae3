// SPDX-License-Identifier: BSL-1.0
#include "listen_command.hpp"

#include "forwarder.hpp"
#include "http_server.hpp"
#include "json_text.hpp"
#include "metrics.hpp"
#include "output.hpp"
#include "request_entry.hpp"
#include "stop_signal.hpp"
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

// Whether only this machine can reach the address.
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
        server_(request.limits, [this](const httplib::Request& one, std::string_view body) {
          return answer(one, body);
        }) {
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
    if (!is_well) fmt::print(stderr, "signhook: no more connections can be accepted\n");
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
      fmt::print(stderr, "signhook: without --archive nothing is kept\n");
      return;
    }
    const auto& found = intake_.found_at_start();
    fmt::print(stderr, "signhook: {} holds {} events and {} others\n", request_.with.archive,
               found.events, found.others);
    if (found.damaged != 0) {
      fmt::print(stderr, "signhook: {} of its lines are not understood, and left\n", found.damaged);
    }
    if (kept->was_torn()) {
      fmt::print(stderr, "signhook: a line without an end was set aside in {}\n",
                 kept->set_aside());
    }
  }

  http_answer answer(const httplib::Request& request, std::string_view body) {
    if (request.method == "GET" || request.method == "HEAD") {
      if (request.target == "/healthz") return healthz();
      if (request_.metrics && request.target == "/metrics") return {200, metrics_.text(intake_)};
    }
    const intake::taken taken = intake_.take(entry_of(request, body));
    metrics_.add(taken);
    if (forwarder_ && taken.verdict == request_verdict::accepted) {
      std::string line;
      signhook::encode_to(*taken.event, std::back_inserter(line));
      forwarder_->put(std::move(line));
    }
    if (!request_.quiet) print(taken);
    return {taken.result.status, fmt::format("{}\n", name_of(taken.verdict))};
  }

  [[nodiscard]] http_answer healthz() const {
    const bool is_well = intake_.kept_in() == nullptr || intake_.kept_in()->is_working();
    return is_well ? http_answer{200, "ok\n"} : http_answer{503, "the archive takes no lines\n"};
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
        "a webhook is delivered by https only: give --cert and --key, or --plain-http behind what "
        "takes the TLS off");
  }
  return listener(request).run();
}
