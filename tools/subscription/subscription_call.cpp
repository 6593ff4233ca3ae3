// SPDX-License-Identifier: BSL-1.0
#include "subscription/subscription_call.hpp"

#include "http/request_headers.hpp"
#include "system/output.hpp"
#include "system/report.hpp"
#include "text/json_text.hpp"
#include <signhook/format.hpp>
#include <signhook/subscription.hpp>

#include <fmt/format.h>

#include <iterator>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace {

template <class T>
T checked(const signhook::request_result<T>& made) {
  if (!made) throw std::runtime_error(fmt::format("{}", made.error()));
  return *made;
}

signhook::event_type_set handled_of(const std::vector<std::string>& types) {
  return types.empty() ? signhook::event_type_set::from_names(signhook::event_types)
                       : signhook::event_type_set::from_names(types);
}

class webhook_caller {
 public:
  explicit webhook_caller(const webhook_call_request& request)
      : request_(request), base_(http_url::from(request.base)) {}

  exit_code run() {
    const std::string target = base_.below(path());
    const std::string body = content();
    if (request_.dry_run) return show_request(target, body);
    check_secret("token", request_.token);
    http_client client(
        base_, request_.client,
        {{"Authorization", "Bearer " + request_.token}, {"Accept", "application/json"}});
    const http_answer answer = client.send(method(), target, body);
    if (answer.status == 0) {
      throw std::runtime_error(fmt::format("no answer from {}: {} ({})", base_.server,
                                           describe(answer.error), answer.detail));
    }
    return show_answer(answer.status, answer.body);
  }

 private:
  [[nodiscard]] bool has_content() const {
    return request_.call == webhook_call::create || request_.call == webhook_call::update ||
           request_.call == webhook_call::enable;
  }

  [[nodiscard]] std::string_view method() const {
    switch (request_.call) {
      case webhook_call::create: return "POST";
      case webhook_call::list:
      case webhook_call::show: return "GET";
      case webhook_call::update:
      case webhook_call::enable: return "PUT";
      case webhook_call::remove: break;
    }
    return "DELETE";
  }

  [[nodiscard]] std::string path() const {
    std::string path;
    if (request_.call == webhook_call::create || request_.call == webhook_call::list) {
      static_cast<void>(
          checked(signhook::create_path_to(request_.client_id, std::back_inserter(path))));
      return path;
    }
    const auto id = signhook::subscription_id::parse(request_.id);
    if (!id) throw std::runtime_error("expected a UUID as the id of a webhook");
    static_cast<void>(
        checked(signhook::subscription_path_to(request_.client_id, *id, std::back_inserter(path))));
    return path;
  }

  [[nodiscard]] std::string content() const {
    if (request_.call == webhook_call::enable) return std::string(signhook::reenable_body);
    if (!has_content()) return {};
    signhook::subscription_request request{
        request_.url, {request_.events.begin(), request_.events.end()}, {}};
    for (const auto& [name, value] : request_.headers) request.headers.push_back({name, value});
    std::string body;
    const auto out = std::back_inserter(body);
    static_cast<void>(request_.call == webhook_call::create
                          ? checked(signhook::encode_create_to(request, out))
                          : checked(signhook::encode_update_to(request, out)));
    return body;
  }

  // Prints the request without the values of secrets.
  exit_code show_request(const std::string& target, std::string body) {
    body = escape_controls(std::move(body));
    for (const auto& [name, value] : request_.headers) {
      const std::string member = json_string(value);
      const auto place = body.rfind(member);
      if (place != std::string::npos) body.replace(place, member.size(), json_string("..."));
    }
    out_.line(fmt::format("{} {}{}\nAuthorization: Bearer ...", method(), base_.server, target));
    if (has_content()) out_.line("Content-Type: application/json\n\n" + body);
    return out_.finish() ? exit_code::accepted : exit_code::failed;
  }

  exit_code show_answer(int status, const std::string& body) {
    if (status < 200 || status > 299) {
      const auto error = signhook::decode_api_error(body);
      report("CM.com answered {}{}", status, error ? fmt::format(": {}", *error) : std::string());
      return exit_code::rejected;
    }
    std::vector<signhook::subscription> webhooks;
    if (request_.call == webhook_call::list) {
      const auto all = signhook::decode_subscriptions(body);
      if (!all) return not_understood(all.error());
      webhooks = *all;
    } else if (request_.call != webhook_call::remove) {
      const auto one = signhook::decode_subscription(body);
      if (!one) return not_understood(one.error());
      webhooks.push_back(*one);
    }
    for (const signhook::subscription& one : webhooks) show(one);
    return out_.finish() ? exit_code::accepted : exit_code::failed;
  }

  static exit_code not_understood(const signhook::error& why) {
    report("unexpected answer of CM.com: {}", why);
    return exit_code::failed;
  }

  void show(const signhook::subscription& one) {
    const auto report = signhook::audit(one, handled_of(request_.handled));
    if (!request_.json) {
      out_.line(fmt::format("{}\n  {}", one, report));
      return;
    }
    signhook::subscription shown = one;
    for (auto& header : shown.headers) header.value = "...";
    std::string webhook;
    signhook::encode_to(shown, std::back_inserter(webhook));
    out_.line(json_object([&](json_text_writer& to) {
      to.key("webhook");
      to.raw(webhook);
      to.member("audit", fmt::format("{}", report));
      to.member("clean", report.is_clean());
    }));
  }

  const webhook_call_request& request_;
  http_url base_;
  output out_;
};

}  // namespace

exit_code call_webhooks(const webhook_call_request& request) {
  return webhook_caller(request).run();
}
