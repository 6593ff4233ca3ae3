// SPDX-License-Identifier: BSL-1.0
// Requests, each with its headers: the properties of every result, by what can be said of the request
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
  decoder_options decoding;
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

int status_of(const answer_policy& policy, const receive_result& of) {
  return of.verdict == verdict::unauthenticated ? policy.unauthenticated : policy.of(of.fault);
}

void check(const checked& one, decoder& alone, std::string_view input, const fuzz::request& of) {
  const auto stop = [&](const char* why) { fuzz::stop(input, one.name + ": " + why); };
  static decoder decoding(alone.options());
  const request received{.method = of.method, .headers = of.headers, .body = of.body};

  const std::size_t before = allocations::count();
  const receive_result got = one.with.receive(decoding, received);
  if (allocations::count() != before) stop("something was allocated");

  if (got.status != status_of(one.policy, got)) stop("a status that is not the policy's");
  if ((got.verdict == verdict::unauthenticated) != !knows_secret(of))
    stop("the wrong one was let in");
  if (fmt::format("{}", got).find_first_of("\n\x1b") != std::string::npos) stop("not on one line");

  const auto type = only(of, "content-type");
  const bool is_json_post = of.method == "POST" && of.body.size() <= alone.options().max_bytes &&
                            type && in_lower_case(*type).starts_with("application/json");
  const result<event> decoded = alone.decode(of.body);
  switch (got.verdict) {
    case verdict::unauthenticated:
      if (got.event || got.error || got.fault != fault::none)
        stop("an unauthenticated request got details");
      break;
    case verdict::accepted:
      if (!is_json_post || !decoded || got.event != *decoded) stop("no event was accepted");
      if (got.error || got.fault != fault::none) stop("a fault was accepted");
      break;
    case verdict::quarantine:
    case verdict::rejected:
      if (got.event || got.fault == fault::none) stop("a rejection without a fault");
      if ((got.verdict == verdict::quarantine) !=
          (got.sender_reaction().value == delivery_outcome::delivered))
        stop("a body that nobody keeps and nobody sends again");
      if ((got.fault == fault::method) != (of.method != "POST")) stop("the method is right");
      if (got.fault == fault::size && of.body.size() <= alone.options().max_bytes)
        stop("the size is right");
      if ((got.fault == fault::json || got.fault == fault::schema) &&
          (!is_json_post || decoded || got.error != decoded.error())) {
        stop("another error than the decoder's");
      }
      break;
  }
}

// An event is handled once, and one that failed again; nothing else is handled.
void check_process(const checked& one, std::string_view input, const fuzz::request& of) {
  const auto stop = [&](const char* why) { fuzz::stop(input, one.name + ": " + why); };
  static decoder decoding(one.decoding);
  memory_inbox_options options;
  options.capacity = 4;
  memory_inbox box(options);
  const request received{.method = of.method, .headers = of.headers, .body = of.body};
  const bool is_event = one.with.receive(decoding, received).verdict == verdict::accepted;
  int handled_times = 0;
  for (const bool is_done : {false, true, true}) {
    const auto got = process(one.with, decoding, box, received, [&](const event&) {
      ++handled_times;
      return is_done;
    });
    const bool is_delivered = got.sender_reaction().value == delivery_outcome::delivered;
    if (is_delivered != (is_event && is_done)) stop("answered as delivered, or not");
  }
  if (handled_times != (is_event ? 2 : 0)) stop("handled another number of times");
  if (box.size() != (is_event ? 1U : 0U)) stop("another number of events is known");
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
  std::vector<checked> made;
  const auto add = [&](const char* name, const answer_policy& policy) {
    options.policy = policy;
    auto with = receiver::make(options);
    if (!with) std::abort();
    made.push_back({name, policy, std::move(*with), small()});
  };
  add("always_acknowledge", always_acknowledge);
  add("http_semantics", http_semantics);
  add("secret_rotation", secret_rotation);
  return made;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<checked> receivers = make_receivers();
  static decoder alone(small());
  const std::string_view input = fuzz::input(data, size);
  const fuzz::request of = fuzz::read_request(input);
  for (const checked& one : receivers) {
    check(one, alone, input, of);
    check_process(one, input, of);
  }
  return 0;
}
