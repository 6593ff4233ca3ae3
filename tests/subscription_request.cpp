// SPDX-License-Identifier: BSL-1.0
// The rules of the RFCs on URLs, names and values are tested in conformance/rfc3986.cpp and rfc9110.cpp.
#include "catch.hpp"
#include <signhook/subscription/request.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace signhook;

const std::string good_url = "https://example.com";

std::vector<event_name> names(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

std::optional<request_error> check_types(const std::vector<std::string>& types,
                                         const request_options& options = {}) {
  return validate({good_url, names(types), {}}, options);
}

std::optional<request_error> check_headers(const std::vector<custom_header>& headers,
                                           const request_options& options = {}) {
  return validate({good_url, {}, headers}, options);
}

request_options keeping_types() {
  request_options options;
  options.types = unknown::keep;
  return options;
}

// URLs and header names are validated in constant expressions too.
static_assert(!detail::validate_url("https://example.com/hook?tenant=1", {}));
static_assert(detail::validate_url("http://example.com", {}) ==
              request_error{request_errc::url_not_https, 0, 4});
static_assert(is_reserved_header("HOST") && !is_reserved_header("X-Secret"));

}  // namespace

TEST_CASE("a request owns what it holds") {
  const auto make = [] {
    const std::string long_text(100, 'x');
    return subscription_request{"https://example.com/" + long_text,
                                event_type_set::of<invite_viewed, dossier_prepared>(),
                                {{"X-Secret", long_text}}};
  };
  const subscription_request request = make();
  CHECK_FALSE(validate(request));
  CHECK(request.url == "https://example.com/" + std::string(100, 'x'));
  CHECK(request.events == names({"dossier.invite.viewed", "dossier.prepared"}));
  CHECK(request.headers == std::vector<custom_header>{{"X-Secret", std::string(100, 'x')}});
  subscription_request copy = request;
  CHECK(copy == request);
  copy.headers.clear();
  CHECK(copy != request);
}

TEST_CASE("the default event types are those of the service's page") {
  CHECK(std::vector<std::string_view>(default_event_types.begin(), default_event_types.end()) ==
        std::vector<std::string_view>{"dossier.state.updated", "dossier.prepared",
                                      "dossier.invite.undelivered"});
}

TEST_CASE("an empty request is rejected") {
  CHECK(validate(subscription_request{}) == request_error{request_errc::url_not_https, 0, 0});
  CHECK_FALSE(validate({good_url}));
}

TEST_CASE("the length of a URL is limited") {
  std::string longest(good_url);
  longest.resize(request_options().max_url_bytes, '/');
  CHECK_FALSE(validate({longest}));
  longest += '/';
  CHECK(validate({longest}) == request_error{request_errc::url_too_long, 0, 8000});
  request_options options;
  options.max_url_bytes = good_url.size();
  CHECK_FALSE(validate({good_url}, options));
  options.max_url_bytes -= 1;
  CHECK(validate({good_url}, options) ==
        request_error{request_errc::url_too_long, 0, good_url.size() - 1});
}

TEST_CASE("event types are known and unique, unless unknown ones are kept") {
  CHECK_FALSE(validate({good_url, event_type_set::from_names(event_types), {}}));
  const std::string known = "dossier.prepared";
  CHECK(check_types({known, "dossier.Prepared"}) ==
        request_error{request_errc::unknown_event_type, 1, 0});
  CHECK(check_types({""}) == request_error{request_errc::unknown_event_type, 0, 0});
  CHECK(check_types({known, "dossier.state.updated", known}) ==
        request_error{request_errc::repeated_event_type, 2, 0});

  CHECK_FALSE(
      check_types({known, "dossier.Prepared", "new", "caf\xc3\xa9\n\x01"}, keeping_types()));
  CHECK(check_types({"new", known, "new"}, keeping_types()) ==
        request_error{request_errc::repeated_event_type, 2, 0});
  CHECK(check_types({known, "ne\xffw"}, keeping_types()) ==
        request_error{request_errc::event_type_not_utf8, 1, 2});
  CHECK(check_types({known, "n\xe2\x82"}, keeping_types()) ==
        request_error{request_errc::event_type_not_utf8, 1, 3});
  const std::string longest(type_text::capacity, 'x');
  CHECK_FALSE(check_types({longest}, keeping_types()));
  CHECK(check_types({known, longest + "x"}, keeping_types()) ==
        request_error{request_errc::event_type_too_long, 1, 79});
}

TEST_CASE("headers are unique without regard to case") {
  CHECK_FALSE(check_headers({{"X-A", "1"}, {"X-B", "1"}, {"X-AB", ""}}));
  CHECK(check_headers({{"X-A", "1"}, {"X-B", "2"}, {"x-a", "3"}}) ==
        request_error{request_errc::repeated_header_name, 2, 0});
  // Only ASCII letters have two cases: "^" and "~", which differ by the same bit, are different names.
  CHECK_FALSE(check_headers({{"X^", "1"}, {"X~", "2"}}));
  CHECK_FALSE(check_headers({{"K", "1"}, {"K1", "2"}}));
}

TEST_CASE("the numbers of types and headers are limited") {
  std::vector<std::string> texts;
  for (int i = 0; i <= 100; ++i) texts.push_back("N" + std::to_string(i));
  std::vector<std::string> some(texts.begin(), texts.end() - 1);
  std::vector<custom_header> headers;
  for (const std::string& name : some) headers.push_back({name, "v"});
  CHECK_FALSE(check_types(some, keeping_types()));
  CHECK_FALSE(check_headers(headers));
  some.push_back(texts.back());
  headers.push_back({texts.back(), "v"});
  CHECK(check_types(some, keeping_types()) ==
        request_error{request_errc::too_many_event_types, 100, 0});
  CHECK(check_headers(headers) == request_error{request_errc::too_many_headers, 100, 0});
  request_options options = keeping_types();
  options.max_event_types = 1;
  options.max_headers = 0;
  CHECK(check_types(some, options) == request_error{request_errc::too_many_event_types, 1, 0});
  CHECK(check_headers(headers, options) == request_error{request_errc::too_many_headers, 0, 0});
  CHECK_FALSE(validate({good_url}, options));
}

TEST_CASE("the first of several faults is reported: URL, types, headers, each in order") {
  const auto bad_types = names({"new", "newer"});
  const std::vector<custom_header> bad_headers = {{"Host", "\n"}, {"", ""}};
  CHECK(signhook::name(validate({"http://a", bad_types, bad_headers})->code) == "url_not_https");
  CHECK(validate({good_url, bad_types, bad_headers}) ==
        request_error{request_errc::unknown_event_type, 0, 0});
  CHECK(validate({good_url, {}, bad_headers}) ==
        request_error{request_errc::reserved_header_name, 0, 0});
}
