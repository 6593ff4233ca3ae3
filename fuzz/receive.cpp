// SPDX-License-Identifier: BSL-1.0
// Requests, each with its headers: what must hold of every receipt, by what can be told of the request
// without a receiver.
//   cmake --workflow --preset fuzz && build/fuzz/fuzz/receive -dict=build/fuzz/fuzz/receive.dict build/fuzz/fuzz/seeds/receive
#include "../tests/allocations.hpp"
#include "request.hpp"
#include "target.hpp"
#include <signhook/format.hpp>
#include <signhook/signhook.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace signhook;

struct checked {
  std::string name;
  answer_policy policy;
  receiver with;
};

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

// The value of the header, unless there is none or more than one.
std::optional<std::string_view> only(const fuzz::request& of, std::string_view name) {
  std::optional<std::string_view> found;
  for (const header& one : of.headers) {
    if (in_lower_case(one.name) != name) continue;
    if (found) return std::nullopt;
    found = one.value;
  }
  return found;
}

bool knows_secret(const fuzz::request& of) {
  const auto sent = only(of, "x-secret");
  return sent &&
         std::find(fuzz::secrets.begin(), fuzz::secrets.end(), *sent) != fuzz::secrets.end();
}

int status_of(const answer_policy& policy, const receipt& of) {
  switch (of.verdict) {
    case verdict::accepted: return policy.accepted;
    case verdict::duplicate: return policy.duplicate;
    case verdict::unauthenticated: return policy.unauthenticated;
    case verdict::failed: return policy.failed;
    case verdict::quarantine:
    case verdict::refused: break;
  }
  return policy.of(of.fault);
}

void check(checked& one, decoder& alone, std::string_view input, const fuzz::request& of) {
  const auto stop = [&](const char* why) { fuzz::stop(input, one.name + ": " + why); };
  constexpr std::chrono::sys_days now;

  const std::size_t before = allocations::count();
  const receipt got = one.with.receive(of.method, of.headers, of.body, now);
  const receipt again = one.with.receive(of.method, of.headers, of.body, now);
  const receipt failed = one.with.failed(got);
  const receipt retried = one.with.receive(of.method, of.headers, of.body, now);
  if (allocations::count() != before) stop("something was allocated");

  if (got.status != status_of(one.policy, got)) stop("a status that is not the policy's");
  if (got.then != outcome_of(got.status)) stop("a receipt that does not know what it does");
  if ((got.verdict == verdict::unauthenticated) != !knows_secret(of))
    stop("the wrong one was let in");
  if (fmt::format("{}", got).find_first_of("\n\x1b") != std::string::npos) stop("not on one line");

  const auto type = only(of, "content-type");
  const bool is_json_post = of.method == "POST" && of.body.size() <= alone.options().max_bytes &&
                            type && in_lower_case(*type).starts_with("application/json");
  const result<event> decoded = alone.decode(of.body);
  switch (got.verdict) {
    case verdict::unauthenticated:
      if (got.event || got.error || got.fault != fault::none) stop("a stranger was told something");
      break;
    case verdict::accepted:
      if (!is_json_post || !decoded || got.event != *decoded) stop("no event was accepted");
      if (got.error || got.fault != fault::none) stop("a fault was accepted");
      if (again.verdict != verdict::duplicate || again.event != got.event) stop("accepted twice");
      if (failed.verdict != verdict::failed || failed.then.value != delivery_outcome::retried)
        stop("what failed does not come again");
      if (retried.verdict != verdict::accepted) stop("what failed is not accepted again");
      one.with.forget(std::visit([](const auto& event) { return event.id; }, *retried.event));
      break;
    case verdict::quarantine:
    case verdict::refused:
      if (got.event || got.fault == fault::none) stop("a refusal without a fault");
      if ((got.verdict == verdict::quarantine) != (got.then.value == delivery_outcome::delivered))
        stop("a body that nobody keeps and nobody sends again");
      if ((got.fault == fault::method) != (of.method != "POST")) stop("the method is right");
      if (got.fault == fault::size && of.body.size() <= alone.options().max_bytes)
        stop("the size is right");
      if ((got.fault == fault::json || got.fault == fault::schema) &&
          (!is_json_post || decoded || got.error != decoded.error())) {
        stop("another error than the decoder's");
      }
      if (again.verdict != got.verdict || again.error != got.error) stop("the second is another");
      break;
    default: stop("a verdict of its own");
  }
  if (one.with.remembered() != 0) stop("something was not forgotten");
}

decoder_options small() {
  decoder_options options;
  options.max_bytes = 1000;
  return options;
}

std::vector<checked> make_receivers() {
  receiver_options options;
  options.secret_header = "X-Secret";
  options.secrets = fuzz::secrets;
  options.decoding = small();
  options.remembered = 4;
  std::vector<checked> made;
  const auto add = [&](const char* name, const answer_policy& policy) {
    options.policy = policy;
    auto with = receiver::make(options);
    if (!with) std::abort();
    made.push_back({name, policy, std::move(*with)});
  };
  add("never_lose", never_lose);
  add("strict_http", strict_http);
  return made;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static std::vector<checked> receivers = make_receivers();
  static decoder alone(small());
  const std::string_view input = fuzz::input(data, size);
  const fuzz::request of = fuzz::read_request(input);
  for (checked& one : receivers) check(one, alone, input, of);
  return 0;
}
