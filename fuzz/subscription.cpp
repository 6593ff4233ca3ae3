// SPDX-License-Identifier: BSL-1.0
// Takes any bytes as each of the service's answers and as a request. The answers decode as the reference decodes
// them, and what is accepted is written and read back unchanged. A request is its URL, then its types and headers,
// each after the byte 1e; a header's value is after the byte 1f.
//   cmake --workflow --preset fuzz && build/fuzz/fuzz/subscription -dict=build/fuzz/fuzz/subscription.dict build/fuzz/fuzz/seeds/subscription
#include "../tests/reference/subscription.hpp"

#include "../tests/reference/json.hpp"
#include "target.hpp"
#include <signhook/signhook.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace signhook;

std::string text(errc code, std::size_t offset, std::string_view path) {
  return std::string(name(code)) + " at " + std::to_string(offset) + " '" + std::string(path) + "'";
}

// Returns the value on which the library and the reference agree.
template <class T>
std::optional<T> agreed(std::string_view input, const reference::answer<T>& expected,
                        const result<T>& got) {
  if (got) {
    if (!expected.value) {
      const reference::diagnostic& first = expected.first;
      fuzz::stop(input, "accepted, and should be " + text(first.code, first.offset, first.path));
    }
    if (*got != *expected.value) fuzz::stop(input, "accepted, and as another value");
    return *got;
  }
  const error& error = got.error();
  const std::string is = text(error.code, error.offset, error.path);
  if (expected.value) fuzz::stop(input, "should be accepted, and is " + is);
  if (error.offset > input.size()) fuzz::stop(input, "an offset after the end: " + is);
  const reference::diagnostic& first = expected.first;
  const std::string should = text(first.code, first.offset, first.path);
  if (is != should) fuzz::stop(input, "should be " + should + " and is " + is);
  return std::nullopt;
}

constexpr std::uint32_t max_depth = 32;

// Returns a body's tree; stops if it is not JSON.
reference::json_value tree_of(std::string_view input, std::string_view body) {
  if (reference::find_fault(body, max_depth)) {
    fuzz::stop(input, "a body that is not JSON: " + std::string(body));
  }
  return reference::read_tree(body);
}

const reference::json_value* find(const reference::json_value& object, std::string_view key) {
  for (const auto& member : object.members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

// Stops unless the body, read by the reference, has exactly these members.
void expect_body(std::string_view input, std::string_view body, std::string_view url,
                 const std::vector<event_name>* types, const std::vector<custom_header>* headers,
                 std::optional<bool> disabled) {
  const reference::json_value tree = tree_of(input, body);
  const std::size_t count =
      1U + (types != nullptr ? 1U : 0U) + (headers != nullptr ? 1U : 0U) + (disabled ? 1U : 0U);
  if (tree.members.size() != count) fuzz::stop(input, "other members: " + std::string(body));

  const reference::json_value* const found = find(tree, "url");
  if (found == nullptr || found->text.substr(0, 8) != "https://" ||
      found->text.substr(8) != url.substr(8) || validate(subscription_request{found->text})) {
    fuzz::stop(input, "another address: " + std::string(body));
  }
  if (types != nullptr) {
    const reference::json_value* const events = find(tree, "events");
    const auto is_same = [](const reference::json_value& one, std::string_view type) {
      return one.kind == '"' && one.text == type;
    };
    if (events == nullptr || !std::equal(events->elements.begin(), events->elements.end(),
                                         types->begin(), types->end(), is_same)) {
      fuzz::stop(input, "other types: " + std::string(body));
    }
  }
  if (headers != nullptr) {
    const reference::json_value* const object = find(tree, "headers");
    const auto is_same = [](const reference::json_value::member& one, const auto& header) {
      return one.key == header.name && one.value.kind == '"' && one.value.text == header.value;
    };
    if (object == nullptr || !std::equal(object->members.begin(), object->members.end(),
                                         headers->begin(), headers->end(), is_same)) {
      fuzz::stop(input, "other headers: " + std::string(body));
    }
  }
  if (disabled) {
    const reference::json_value* const value = find(tree, "disabled");
    if (value == nullptr || value->kind != (*disabled ? 't' : 'f')) {
      fuzz::stop(input, "another `disabled`: " + std::string(body));
    }
  }
}

request_options keeping() {
  request_options options;
  options.types = unknown::keep;
  return options;
}

void run_subscription(std::string_view input, const subscription& of) {
  std::string written;
  encode_to(of, std::back_inserter(written));
  const auto again = decode_subscription(written);
  if (!again || *again != of) fuzz::stop(input, "comes back as another: " + written);

  event_type_set handled;
  for (std::size_t i = 0; i < std::variant_size_v<event>; ++i) {
    if (i < input.size() && (static_cast<unsigned char>(input[i]) & 1U) != 0) handled.insert(i);
  }
  const subscription repaired = repair(of, handled);
  audit_report left = audit(repaired, handled);
  if (left.unauthenticated != audit(of, handled).unauthenticated) {
    fuzz::stop(input, "a repaired secret");
  }
  left.unauthenticated = false;
  if (!left.is_clean()) fuzz::stop(input, "repaired, but not clean");

  for (const subscription* const one : {&of, &repaired}) {
    std::string body;
    if (encode_update_to(*one, std::back_inserter(body), keeping())) {
      expect_body(input, body, one->url, one->events ? &*one->events : nullptr, &one->headers,
                  one->disabled);
    } else if (!body.empty()) {
      fuzz::stop(input, "a part of an update");
    }
  }
}

void run_answers(std::string_view input) {
  for (const subscription_options& options :
       {subscription_options(), subscription_options::strict()}) {
    if (const auto one = agreed(input, reference::read_subscription(input, options),
                                decode_subscription(input, options))) {
      run_subscription(input, *one);
    }
    agreed(input, reference::read_subscriptions(input, options),
           decode_subscriptions(input, options));
    if (const auto one = agreed(input, reference::read_api_error(input, options),
                                decode_api_error(input, options))) {
      std::string written;
      encode_to(*one, std::back_inserter(written));
      const auto again = decode_api_error(written);
      if (!again || *again != *one) fuzz::stop(input, "comes back as another: " + written);
    }
  }
}

std::string_view take_until(std::string_view& rest, char end) {
  const std::size_t at = std::min(rest.find(end), rest.size());
  const std::string_view taken = rest.substr(0, at);
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return taken;
}

// Returns the text that has the fault.
std::string_view item_of(const subscription_request& request, const request_error& error) {
  if (error.code <= request_errc::url_with_fragment) return request.url;
  if (error.code <= request_errc::repeated_event_type) return request.events[error.item];
  if (error.code <= request_errc::repeated_header_name) return request.headers[error.item].name;
  return request.headers[error.item].value;
}

void run_request(std::string_view input) {
  std::string_view rest = input;
  const std::string_view url = take_until(rest, '\x1e');
  subscription_request request{std::string(url)};
  while (!rest.empty()) {
    std::string_view field = take_until(rest, '\x1e');
    if (field.find('\x1f') == std::string_view::npos) {
      request.events.emplace_back(std::string(field));
    } else {
      const std::string_view name = take_until(field, '\x1f');
      request.headers.push_back({std::string(name), std::string(field)});
    }
  }
  const auto wrong = validate(request, keeping());
  std::string body;
  const auto end = encode_create_to(request, std::back_inserter(body), keeping());
  if (end.has_value() == wrong.has_value()) fuzz::stop(input, "writing and validating disagree");
  if (wrong) {
    if (end.error() != *wrong || !body.empty()) fuzz::stop(input, "another fault when writing");
    if (wrong->offset > item_of(request, *wrong).size())
      fuzz::stop(input, "an offset after the end");
    return;
  }
  expect_body(input, body, url, request.events.empty() ? nullptr : &request.events,
              request.headers.empty() ? nullptr : &request.headers, {});
  std::string buffer(body.size(), '?');
  if (encode_create(request, std::span(buffer).first(body.size() - 1), keeping())) {
    fuzz::stop(input, "a body that fits into too small a buffer");
  }
  const auto same = encode_create(request, buffer, keeping());
  if (!same || *same != body) fuzz::stop(input, "two bodies of one request");
}

void run_path(std::string_view input) {
  std::string path;
  if (!create_path_to(input, std::back_inserter(path))) {
    if (!input.empty() && input != "." && input != "..") fuzz::stop(input, "a client id rejected");
    return;
  }
  const std::string address = std::string(production_base) + path;
  request_options options;
  options.max_url_bytes = address.size();
  if (validate(subscription_request{address}, options))
    fuzz::stop(input, "an invalid path: " + path);
  if (std::count(path.begin(), path.end(), '/') != 3) fuzz::stop(input, "other segments: " + path);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::input(data, size);
  run_answers(input);
  run_request(input);
  run_path(input);
  return 0;
}
